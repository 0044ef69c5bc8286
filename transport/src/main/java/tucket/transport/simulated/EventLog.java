// Everything that happened in a simulation, in its order, with a hash over it.
package tucket.transport.simulated;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// For the simulating thread. The hash covers every entry with its time, and what is only mixed in; two runs are equal when their hashes are.
public final class EventLog {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final List<Entry> entries = new ArrayList<>();
  private long hash = FNV_OFFSET;

  /// One event; `hash` is that of everything until then. `data` are the bytes of a packet, empty where it is none.
  public record Entry(long atNanos, String text, byte[] data, long hash) {
    /// Whether it has to do with something that is known by that text, such as a Message-ID.
    public boolean isAbout(String what) {
      return text.contains(what) || data.length > 0 && new String(data, StandardCharsets.UTF_8).contains(what);
    }

    @Override
    public String toString() {
      String first = new String(data, StandardCharsets.UTF_8).lines().findFirst().orElse("");
      return String.format(java.util.Locale.ROOT, "%14.6f s  %s%s", atNanos / 1e9, text, first.isEmpty() ? "" : "  " + first);
    }
  }

  void note(long atNanos, String text, byte[] data) {
    mix(atNanos);
    mix(text.hashCode());
    mix(Arrays.hashCode(data));
    entries.add(new Entry(atNanos, text, data, hash));
  }

  /// Something that leaves no entry but must be the same in every run.
  void mix(long value) {
    hash = (hash ^ value) * FNV_PRIME;
    hash ^= hash >>> 29;
  }

  public long hash() {
    return hash;
  }

  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /// The last entries that have to do with `what`, at most `most`.
  public List<Entry> about(String what, int most) {
    List<Entry> found = entries.stream().filter(e -> e.isAbout(what)).toList();
    return found.subList(Math.max(0, found.size() - most), found.size());
  }

  /// Where two runs begin to differ, in words; empty where they do not.
  public static String difference(EventLog one, EventLog other) {
    int least = Math.min(one.entries.size(), other.entries.size());
    for (int i = 0; i < least; i++) {
      if (one.entries.get(i).hash != other.entries.get(i).hash) {
        return "event " + i + ": " + one.entries.get(i) + "\n     or: " + other.entries.get(i) + difference(one.entries.get(i), other.entries.get(i));
      }
    }
    if (one.entries.size() != other.entries.size()) {
      return one.entries.size() + " events or " + other.entries.size();
    }
    return one.hash == other.hash ? "" : "behind the last event";
  }

  private static String difference(Entry one, Entry other) {
    List<String> lines = new String(one.data, StandardCharsets.UTF_8).lines().toList();
    List<String> others = new String(other.data, StandardCharsets.UTF_8).lines().toList();
    for (int i = 0; i < Math.min(lines.size(), others.size()); i++) {
      if (!lines.get(i).equals(others.get(i))) {
        return "\n     at: " + lines.get(i) + "\n     or: " + others.get(i);
      }
    }
    return "";
  }
}
