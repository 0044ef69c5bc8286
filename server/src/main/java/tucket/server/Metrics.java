// What the server counts, for Prometheus.
package tucket.server;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Handed to every part that counts something; the registry is the caller's, so that two servers in one process do not mix. Labels take
/// values from small fixed sets only, never from the wire. Thread-safe.
public final class Metrics {
  private static final List<String> CLASSES = List.of("0xx", "1xx", "2xx", "3xx", "4xx", "5xx", "6xx");

  private final PrometheusRegistry registry;
  private final Counter requests;
  private final Histogram requestSeconds;
  private final Map<String, Answered> ofMethod = new ConcurrentHashMap<>();
  private final Counter authentications;
  private final Counter registrations;
  private final Counter deliveries;
  private final Counter notifies;
  private final Counter messages;
  private final Counter xcap;

  public Metrics(PrometheusRegistry registry) {
    this.registry = registry;
    this.requests = counter("tucket_sip_requests_total", "Requests answered, by method and class of the response", "method", "status");
    this.requestSeconds = Histogram.builder().withoutExemplars().name("tucket_sip_request_seconds").help("Time from a request to its final response")
        .labelNames("method").classicOnly().classicUpperBounds(0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 30).register(registry);
    this.authentications = counter("tucket_authentications_total", "Outcomes of authentication", "outcome");
    this.registrations = counter("tucket_registration_changes_total", "Bindings by what happened to them", "event");
    this.deliveries = counter("tucket_deliveries_total", "Requests handed to devices, by class of what came back", "outcome");
    this.notifies = counter("tucket_notifies_total", "NOTIFY requests by package and outcome", "package", "outcome");
    this.messages = counter("tucket_messages_total", "Messages and notifications by kind and what became of them", "kind", "outcome");
    this.xcap = counter("tucket_xcap_requests_total", "XCAP requests answered, by method and status", "method", "status");
  }

  private Counter counter(String name, String help, String... labels) {
    // Exemplars would be kept by a thread of the library's own, which request threads wait for at a lock.
    return Counter.builder().withoutExemplars().name(name).help(help).labelNames(labels).register(registry);
  }

  public PrometheusRegistry registry() {
    return registry;
  }

  /// A value that is read when somebody asks.
  public void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder().name(name).help(help).callback(c -> c.call(value.getAsDouble())).register(registry);
  }

  /// Counts that somebody else keeps, read when somebody asks; `label` tells them apart.
  public void counts(String name, String help, String label, Supplier<Map<String, Long>> values) {
    CounterWithCallback.builder().name(name).help(help).labelNames(label).callback(c -> values.get().forEach((which, n) -> c.call(n, which)))
        .register(registry);
  }

  /// A request of ours to answer got its final response. An unknown method counts as `other`.
  public void answered(String method, int status, Duration took) {
    String known = switch (method) {
      case "REGISTER", "MESSAGE", "OPTIONS", "SUBSCRIBE", "NOTIFY", "PUBLISH", "INVITE", "BYE", "REFER", "INFO", "UPDATE" -> method;
      default -> "other";
    };
    ofMethod.computeIfAbsent(known, Answered::new).add(status, took);
  }

  /// The series of one method, each looked up when it is first wanted.
  private final class Answered {
    private final String method;
    private final DistributionDataPoint seconds;
    private final @Nullable CounterDataPoint[] byClass = new CounterDataPoint[CLASSES.size()]; // two threads may find the same one

    Answered(String method) {
      this.method = method;
      this.seconds = requestSeconds.labelValues(method);
    }

    void add(int status, Duration took) {
      int number = Math.clamp(status / 100, 0, CLASSES.size() - 1);
      CounterDataPoint count = byClass[number];
      if (count == null) {
        count = requests.labelValues(method, CLASSES.get(number));
        byClass[number] = count;
      }
      count.inc();
      seconds.observe(took.toNanos() / 1e9);
    }
  }

  /// An XCAP request was answered. An unknown method counts as `other`.
  public void xcap(String method, int status) {
    String known = switch (method) {
      case "GET", "HEAD", "PUT", "DELETE", "POST" -> method;
      default -> "other";
    };
    xcap.labelValues(known, Integer.toString(status)).inc();
  }

  /// @param outcome one of challenged, proved, stale, wrong, slowed, disabled
  public void authentication(String outcome) {
    authentications.labelValues(outcome).inc();
  }

  /// @param event one of created, refreshed, expired, unregistered, deactivated
  public void registration(String event) {
    registrations.labelValues(event).inc();
  }

  /// @param outcome `2xx` to `6xx`, `silent`, `unreachable`, or `superseded` where the device registered elsewhere meanwhile
  public void delivery(String outcome) {
    deliveries.labelValues(outcome).inc();
  }

  /// @param eventPackage name of a package that is served
  public void notified(String eventPackage, String outcome) {
    notifies.labelValues(eventPackage, outcome).inc();
  }

  /// @param kind message, notification or system
  /// @param outcome a word of the IM Server such as relayed, stored, pushed, expired, refused
  public void message(String kind, String outcome) {
    messages.labelValues(kind, outcome).inc();
  }
}
