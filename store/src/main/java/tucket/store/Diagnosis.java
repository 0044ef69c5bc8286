// Turns what RocksDB says went wrong into a sentence that says what to do.
package tucket.store;

import java.nio.file.Path;
import java.util.Locale;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// The sentences behind [Unavailable]. RocksDB gives a code, a subcode and the system's own words; disk full and read-only are known
/// by the words where the subcode is missing.
final class Diagnosis {
  private Diagnosis() {}

  /// For a commit that failed, or an opening: the engine will try again by itself.
  static Unavailable ofWrite(Path folder, RocksDBException failure) {
    String words = words(failure);
    if (isLocked(words)) {
      return new Unavailable(
          "The folder " + folder + " is in use by another server: stop that one, or give this one a folder of its own.", failure);
    }
    if (subcode(failure) == Status.SubCode.NoSpace || words.contains("no space left") || words.contains("quota exceeded")) {
      return new Unavailable("The disk under " + folder + " is full: free some space, then storing goes on by itself.", failure);
    }
    if (words.contains("read-only file system") || words.contains("permission denied") || words.contains("not permitted")) {
      return new Unavailable(
          "The folder " + folder + " cannot be written to: make it writable for this user, then storing goes on by itself.", failure);
    }
    if (code(failure) == Status.Code.Corruption) {
      return new Unavailable(
          "The data in " + folder + " is damaged (" + failure.getMessage() + "): stop the server and bring back a checkpoint.", failure);
    }
    return new Unavailable(
        "The disk under " + folder + " fails (" + failure.getMessage() + "): see the system's log; storing is tried again by itself.",
        failure);
  }

  /// For a read that failed.
  static Unavailable ofRead(RocksDBException failure) {
    if (code(failure) == Status.Code.Corruption) {
      return new Unavailable(
          "Stored data is damaged (" + failure.getMessage() + "): stop the server and bring back a checkpoint.", failure);
    }
    return new Unavailable(
        "Stored data cannot be read (" + failure.getMessage() + "): look after the disk; see the system's log.", failure);
  }

  static boolean isLocked(RocksDBException failure) {
    return isLocked(words(failure));
  }

  private static boolean isLocked(String words) {
    return words.contains("lock hold by current process") || words.contains("while lock file");
  }

  private static String words(RocksDBException failure) {
    Status status = failure.getStatus();
    String state = status == null || status.getState() == null ? "" : status.getState();
    return (state + " " + failure.getMessage()).toLowerCase(Locale.ROOT);
  }

  private static Status.Code code(RocksDBException failure) {
    Status status = failure.getStatus();
    return status == null ? Status.Code.Undefined : status.getCode();
  }

  private static Status.SubCode subcode(RocksDBException failure) {
    Status status = failure.getStatus();
    return status == null ? Status.SubCode.None : status.getSubCode();
  }
}
