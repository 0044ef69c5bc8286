// What the IM Server and a presence server want of each other.
package tucket.server.reference;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tucket.protocol.sip.AddressOfRecord;

/// The IM Server is a watcher, to deliver when a user is open for messages (OMA requirement S21), and a presence source (S22). Embedded the two meet in one
/// process; the presence server answers from memory. Thread-safe.
public interface Presence {
  /// What the user's own clients have published about his being open for instant messages; empty where they have said nothing. Quick.
  Optional<Boolean> isOpenForIm(AddressOfRecord user);

  /// Who is told that the answer may be another one now. Must return at once.
  void watch(Consumer<AddressOfRecord> changed);

  /// The IM Server as source: how it sees each of its users, open or closed.
  void source(Predicate<AddressOfRecord> isOpen);

  /// The IM Server sees that user otherwise than before. Returns at once.
  void changed(AddressOfRecord user);

  /// There is no presence server.
  static Presence none() {
    return new Presence() {
      @Override
      public Optional<Boolean> isOpenForIm(AddressOfRecord user) {
        return Optional.empty();
      }

      @Override
      public void watch(Consumer<AddressOfRecord> changed) {}

      @Override
      public void source(Predicate<AddressOfRecord> isOpen) {}

      @Override
      public void changed(AddressOfRecord user) {}
    };
  }
}
