// What the ledger found.
package tucket.app.torture;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `messages` and `notifications` are those the server acknowledged. `lost` counts each device of a recipient that was not shown one of
/// them; `shownTwice` each content that a device showed more than once though it knows messages by their Message-ID; `outOfOrder` each
/// message shown after a later one of the same sender. `repeats` are requests with a Message-ID that the device had acknowledged before:
/// allowed where the server was killed before it could commit the acknowledgement, and `repeatsUnprovoked` are those without a kill between.
/// `examples` names some of what is wrong.
record Findings(
    long messages, long notifications, long lostMessages, long lostNotifications, long shownTwice, long outOfOrder, long repeats,
    long repeatsUnprovoked, List<String> examples) {
  Findings {
    examples = List.copyOf(examples);
  }

  /// Whether the server kept its promises.
  boolean clean() {
    return lostMessages + lostNotifications + shownTwice + outOfOrder == 0;
  }

  /// The counts by name, in the order they are printed.
  Map<String, Object> counts() {
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("acknowledgedMessages", messages);
    counts.put("acknowledgedNotifications", notifications);
    counts.put("lost", lostMessages + lostNotifications);
    counts.put("lostMessages", lostMessages);
    counts.put("lostNotifications", lostNotifications);
    counts.put("shownTwice", shownTwice);
    counts.put("outOfOrder", outOfOrder);
    counts.put("repeatsOnTheWire", repeats);
    counts.put("repeatsWithoutKill", repeatsUnprovoked);
    return counts;
  }

  /// The last line for a person.
  String line() {
    return "acknowledged messages " + messages + ", notifications " + notifications + "; lost " + (lostMessages + lostNotifications) + "; shown twice "
        + shownTwice + "; out of order " + outOfOrder + "; repeats on the wire " + repeats + " (without a kill between: " + repeatsUnprovoked + ")";
  }
}
