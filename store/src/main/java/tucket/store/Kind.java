// What sort of thing a partition holds: a user, a room, the system.
package tucket.store;

/// The first part of a partition's name, such as `user` or `room`. It is 1 to 16 letters from `a` to `z`, so that it needs no escaping in
/// any engine (a file name, a table name, a key prefix).
public record Kind(String name) {
  /// The longest name, in letters.
  public static final int MAX_NAME = 16;

  public Kind {
    boolean letters = name.chars().allMatch(c -> c >= 'a' && c <= 'z');
    if (name.isEmpty() || name.length() > MAX_NAME || !letters) {
      throw new IllegalArgumentException("a kind is 1 to " + MAX_NAME + " letters a-z: " + name);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
