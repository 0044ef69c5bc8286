// The book of what was acknowledged and what was shown: the judge of the crash test.
package tucket.app.torture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// It trusts nothing but what crossed the wire. A device knows what it has by the Message-ID alone, as a real client does; order and
/// doubles are judged by what the bodies say, which the server does not read. Thread-safe; grows by some hundred bytes a message.
final class Ledger {
  private static final int EXAMPLES = 20;

  private final Map<String, Item> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, Screen> screens = new ConcurrentHashMap<>();
  private final Map<String, List<String>> devices = new ConcurrentHashMap<>();

  /// How and when an item reached a device first.
  private record Shown(Item item, String way, String at) {
    @Override
    public String toString() {
      return item.content() + " (" + item.messageId() + ", " + way + " at " + at + ")";
    }
  }

  /// One device and what it has shown. Guarded by itself.
  private static final class Screen {
    final Set<String> known = new HashSet<>();
    final Map<String, Integer> answeredIn = new HashMap<>();
    final Map<String, Integer> contents = new HashMap<>();
    final Map<String, Shown> newest = new HashMap<>();
    final List<String> wrong = new ArrayList<>();
    long twice;
    long outOfOrder;
    long repeats;
    long unprovoked;

    void wrong(String what) {
      if (wrong.size() < EXAMPLES) {
        wrong.add(what);
      }
    }
  }

  /// `person` has a device: whatever is acknowledged for the person has to be shown there.
  void device(String person, String device) {
    screens.put(device, new Screen());
    devices.merge(person, List.of(device), (old, more) -> {
      List<String> all = new ArrayList<>(old);
      all.addAll(more);
      return List.copyOf(all);
    });
  }

  /// The server has answered 2xx: from now on the item is its responsibility.
  void acknowledged(Item item) {
    acknowledged.put(item.messageId(), item);
  }

  /// An item has reached a device that takes it, in that way and at that time; `life` counts the server's starts. Returns whether the device shows it:
  /// not where it knows the Message-ID.
  boolean arrived(String device, Item item, String way, String at, int life) {
    Screen screen = screen(device);
    synchronized (screen) {
      if (!screen.known.add(item.messageId())) {
        Integer answered = screen.answeredIn.get(item.messageId());
        if (answered != null) {
          screen.repeats++;
          screen.unprovoked += answered == life ? 1 : 0;
        }
        return false;
      }
      if (screen.contents.merge(item.content(), 1, Integer::sum) > 1) {
        screen.twice++;
        screen.wrong("shown twice on " + device + ": " + item);
      }
      if (item.kind() == Item.Kind.MESSAGE) {
        Shown shown = new Shown(item, way, at);
        Shown newest = screen.newest.merge(item.from(), shown, (old, now) -> now.item.number() < old.item.number() ? old : now);
        if (newest != shown) {
          screen.outOfOrder++;
          screen.wrong("out of order on " + device + ": " + shown + " after " + newest);
        }
      }
      return true;
    }
  }

  /// The device has sent its 200 for it.
  void answered(String device, String messageId, int life) {
    Screen screen = screen(device);
    synchronized (screen) {
      screen.answeredIn.put(messageId, life);
    }
  }

  private Screen screen(String device) {
    Screen screen = screens.get(device);
    if (screen == null) {
      throw new IllegalArgumentException("no such device: " + device);
    }
    return screen;
  }

  /// How many acknowledged items there are.
  int size() {
    return acknowledged.size();
  }

  /// How many acknowledged items some device still has to be shown.
  long outstanding() {
    return acknowledged.values().stream().filter(item -> missing(item) > 0).count();
  }

  private long missing(Item item) {
    return devices.getOrDefault(item.to(), List.of()).stream().filter(device -> !knows(device, item)).count();
  }

  private boolean knows(String device, Item item) {
    Screen screen = screen(device);
    synchronized (screen) {
      return screen.known.contains(item.messageId());
    }
  }

  /// The judgement, to be asked for when everything should have arrived.
  Findings findings() {
    List<String> examples = new ArrayList<>();
    long[] sent = new long[2];
    long[] lost = new long[2];
    for (Item item : acknowledged.values()) {
      long missing = missing(item);
      sent[item.kind().ordinal()]++;
      lost[item.kind().ordinal()] += missing;
      if (missing > 0 && examples.size() < EXAMPLES) {
        examples.add("lost on " + missing + " device(s): " + item);
      }
    }
    long twice = 0;
    long outOfOrder = 0;
    long repeats = 0;
    long unprovoked = 0;
    for (Screen screen : screens.values()) {
      synchronized (screen) {
        twice += screen.twice;
        outOfOrder += screen.outOfOrder;
        repeats += screen.repeats;
        unprovoked += screen.unprovoked;
        examples.addAll(screen.wrong);
      }
    }
    return new Findings(sent[0], sent[1], lost[0], lost[1], twice, outOfOrder, repeats, unprovoked, examples.stream().limit(EXAMPLES).toList());
  }
}
