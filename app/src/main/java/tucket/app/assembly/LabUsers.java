// The ready users of a server that is tried out on one machine.
package tucket.app.assembly;

import java.util.List;
import java.util.Optional;

/// Their passwords are no secret: they are made on loopback only, and shown.
public final class LabUsers {
  public static final List<String> NAMES = List.of("alice", "bob", "carol");

  private LabUsers() {}

  /// The password of a lab user.
  public static Optional<String> passwordOf(String name) {
    return NAMES.contains(name) ? Optional.of(name + "-lab") : Optional.empty();
  }
}
