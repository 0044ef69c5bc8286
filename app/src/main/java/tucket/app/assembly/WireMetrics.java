// What stack and sockets have counted, for those who watch the server.
package tucket.app.assembly;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tucket.server.Metrics;
import tucket.transport.net.NetworkFigures;
import tucket.transport.sip.SipStack;

/// `tucket_sip_events_total` ([tucket.transport.sip.SipCounters]) and `tucket_network_events_total` ([NetworkFigures]), each by its label `event`; and what is
/// pending now.
final class WireMetrics {
  private WireMetrics() {}

  static void of(Metrics metrics, SipStack stack, NetworkFigures network) {
    metrics.counts("tucket_sip_events_total", "What the SIP stack has received, sent, refused and missed", "event", () -> stack.counters().grown());
    metrics.counts("tucket_network_events_total", "What the sockets have taken, sent and cut", "event", () -> named(network.all()));
    metrics.gauge("tucket_sip_pending", "SIP requests received that have no final response yet", () -> stack.counters().pending());
    metrics.gauge("tucket_sip_transactions", "SIP transactions, those that are remembered among them", () -> stack.counters().transactions());
    metrics.gauge("tucket_sip_connections", "TCP and TLS connections of SIP", () -> stack.counters().connections());
  }

  private static Map<String, Long> named(Map<NetworkFigures.Figure, Long> figures) {
    return figures.entrySet().stream().collect(Collectors.toMap(e -> e.getKey().name().toLowerCase(Locale.ROOT), Map.Entry::getValue));
  }
}
