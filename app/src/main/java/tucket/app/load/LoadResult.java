// What a run of the load generator came to.
package tucket.app.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// Times in nanoseconds.
///
/// @param nanos from the first message sent to the last final response
/// @param sent messages
/// @param statuses final responses by status; 0 where none came
/// @param latency from sending (with a rate: from when it was due) to the final response
/// @param arrived messages at devices, each counted once a device
/// @param lost acknowledged with 2xx, but missing on a device that was there
/// @param waiting acknowledged, and still kept for somebody who is away
/// @param doubled arrived once more, by another transaction
/// @param disordered arrived after a later message of the same lane
/// @param repeated retransmissions that arrived
/// @param notificationsSent delivered notifications that were acknowledged
/// @param notificationsArrived at their senders
/// @param notificationsLost acknowledged, but not arrived
/// @param notificationsDoubled arrived once more
/// @param cut connections that the server closed
public record LoadResult(
    long nanos,
    long sent,
    Map<Integer, Long> statuses,
    LatencyHistogram latency,
    long arrived,
    long lost,
    long waiting,
    long doubled,
    long disordered,
    long repeated,
    long notificationsSent,
    long notificationsArrived,
    long notificationsLost,
    long notificationsDoubled,
    long cut) {
  public LoadResult {
    statuses = new TreeMap<>(statuses);
  }

  /// Messages with a 2xx.
  public long acknowledged() {
    return statuses.entrySet().stream().filter(e -> e.getKey() / 100 == 2).mapToLong(Map.Entry::getValue).sum();
  }

  /// Acknowledged messages a second.
  public double rate() {
    return nanos == 0 ? 0 : acknowledged() * 1e9 / nanos;
  }

  /// Whether all was acknowledged and nothing was lost, doubled or out of order.
  public boolean isGood() {
    return sent > 0 && acknowledged() == sent && isFaithful();
  }

  /// Whether nothing that was acknowledged was lost, doubled or out of order, however much was turned away.
  public boolean isFaithful() {
    return lost == 0 && doubled == 0 && disordered == 0 && notificationsLost == 0 && notificationsDoubled == 0 && cut == 0;
  }

  /// For scripts: times in microseconds.
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("seconds", nanos / 1e9);
    fields.put("sent", sent);
    fields.put("acknowledged", acknowledged());
    fields.put("rate", rate());
    fields.put("statuses", statuses);
    Map<String, Object> times = new LinkedHashMap<>();
    times.put("mean", latency.mean() / 1000);
    for (double share : new double[] {0.5, 0.9, 0.99, 0.999}) {
      times.put("p" + Double.toString(share * 100).replaceAll("\\.0$", ""), latency.at(share) / 1000);
    }
    times.put("most", latency.most() / 1000);
    fields.put("latency", times);
    fields.put("arrived", arrived);
    fields.put("lost", lost);
    fields.put("waiting", waiting);
    fields.put("doubled", doubled);
    fields.put("disordered", disordered);
    fields.put("repeated", repeated);
    fields.put("notifications", notificationsSent);
    fields.put("notificationsArrived", notificationsArrived);
    fields.put("notificationsLost", notificationsLost);
    fields.put("notificationsDoubled", notificationsDoubled);
    fields.put("cut", cut);
    return fields;
  }
}
