// The unit that a transaction may touch: one user, one room.
package tucket.store;

/// One partition: everything stored about one user, one room or one corner of the system. It needs no creation and vanishes with its last
/// key. The id is any text that UTF-8 can carry, 1 to 512 bytes of it; ids are compared by their characters, so a caller brings them
/// into a canonical form first.
public record Partition(Kind kind, String id) {
  /// The longest id, in bytes of UTF-8.
  public static final int MAX_ID_BYTES = 512;

  public Partition {
    int bytes = Utf8.length(id);
    if (bytes == 0 || bytes > MAX_ID_BYTES) {
      throw new IllegalArgumentException("a partition's id is 1 to " + MAX_ID_BYTES + " bytes of UTF-8, not " + bytes);
    }
  }

  public static Partition of(Kind kind, String id) {
    return new Partition(kind, id);
  }

  @Override
  public String toString() {
    return kind + ":" + id;
  }
}
