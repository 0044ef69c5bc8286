// What the stack has seen and done, at one moment.
package tucket.transport.sip;

import java.util.Map;

/// A snapshot; all but the last three only ever grow. `retransmitted` and `repeated` are messages sent again and received again;
/// `malformed` counts what was no SIP or wrong; `stray` responses (and ACKs) that belong to nothing; `refused` requests and connections
/// over a limit; `timeouts` requests that nobody answered; `transportFailures` messages that could not be sent; `handlerFailures`
/// exceptions out of a handler.
public record SipCounters(
    long requestsReceived, long responsesReceived, long requestsSent, long responsesSent, long retransmitted, long repeated, long malformed,
    long stray, long refused, long timeouts, long transportFailures, long handlerFailures, long pending, long transactions,
    long connections) {
  /// Those that only grow, by names fit for a metric.
  public Map<String, Long> grown() {
    return Map.ofEntries(
        Map.entry("requests_received", requestsReceived), Map.entry("responses_received", responsesReceived), Map.entry("requests_sent", requestsSent),
        Map.entry("responses_sent", responsesSent), Map.entry("retransmitted", retransmitted), Map.entry("repeated", repeated),
        Map.entry("malformed", malformed), Map.entry("stray", stray), Map.entry("refused", refused), Map.entry("timeouts", timeouts),
        Map.entry("transport_failures", transportFailures), Map.entry("handler_failures", handlerFailures));
  }
}
