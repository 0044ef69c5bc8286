// A presence server that knows what tests tell it.
package tucket.server.im;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.reference.Presence;

/// Keeps what the IM Server has reported.
public final class FakePresence implements Presence {
  private final Map<AddressOfRecord, Boolean> said = new ConcurrentHashMap<>();
  private final List<Consumer<AddressOfRecord>> watchers = new CopyOnWriteArrayList<>();
  private volatile Predicate<AddressOfRecord> source = user -> false;
  public final List<String> reported = new CopyOnWriteArrayList<>();

  /// The user is open or closed for messages from now on.
  public void says(AddressOfRecord user, boolean open) {
    said.put(user, open);
    watchers.forEach(w -> w.accept(user));
  }

  @Override
  public Optional<Boolean> isOpenForIm(AddressOfRecord user) {
    return Optional.ofNullable(said.get(user));
  }

  @Override
  public void watch(Consumer<AddressOfRecord> changed) {
    watchers.add(changed);
  }

  @Override
  public void source(Predicate<AddressOfRecord> isOpen) {
    source = isOpen;
  }

  @Override
  public void changed(AddressOfRecord user) {
    reported.add(user + (source.test(user) ? " open" : " closed"));
  }
}
