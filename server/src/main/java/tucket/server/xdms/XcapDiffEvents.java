// Tells subscribers what has become of documents.
package tucket.server.xdms;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.xcap.XcapDiff;
import tucket.server.event.EventPackage;
import tucket.server.event.Narration;
import tucket.server.xdms.usage.Asker;

/// The event package `xcap-diff` (RFC 5875) in its three modes, and under the name `ua-profile` the older form of OMA XDM 1.1. Who subscribes is
/// told only of what he may read; what he may not read, or what is not there yet, he simply hears nothing of. Thread-safe.
public final class XcapDiffEvents implements EventPackage {
  private static final MediaType TYPE = MediaType.parse(XcapDiff.TYPE);
  /// What is told of collections that hold more is cut.
  static final int MOST_WANTED = 100;

  private final String name;
  private final Duration leastInterval;
  private final EmbeddedXdms xdms;
  private final Function<AddressOfRecord, Asker> askers;
  private final Map<String, Set<DiffNarration>> byUser = new ConcurrentHashMap<>();

  /// @param name `xcap-diff` or `ua-profile`
  /// @param askers who it is that subscribes under that identity: a user, whom this server knows or another one vouches for, or a server of the
  ///     operator, who may watch everything
  /// @param changed called when somebody may have to be told: the name of the package and whose subscriptions
  public XcapDiffEvents(String name, Duration leastInterval, EmbeddedXdms xdms, Function<AddressOfRecord, Asker> askers,
      BiConsumer<String, AddressOfRecord> changed) {
    this.name = name;
    this.leastInterval = leastInterval;
    this.xdms = xdms;
    this.askers = askers;
    xdms.documents().watch(a -> true, change -> {
      for (String xui : new String[] {change.address().xui(), DiffNarration.ANYBODY}) {
        for (DiffNarration one : byUser.getOrDefault(xui, Set.of())) {
          if (one.touches(change)) {
            changed.accept(name, one.what());
          }
        }
      }
    });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public MediaType type() {
    return TYPE;
  }

  @Override
  public Duration leastInterval(AddressOfRecord who) {
    return askers.apply(who).trusted() ? Duration.ZERO : leastInterval;
  }

  /// Anybody; what he hears of is judged document by document.
  @Override
  public boolean mayWatch(AddressOfRecord who, AddressOfRecord what) {
    return true;
  }

  @Override
  public byte[] state(AddressOfRecord what, AddressOfRecord who, long version) {
    throw new IllegalStateException("told by a narration");
  }

  @Override
  public Narration begin(SipRequest subscribe, AddressOfRecord who, AddressOfRecord what) {
    return new DiffNarration(xdms, askers.apply(who), what, subscribe, this::register, this::forget);
  }

  private void register(DiffNarration one) {
    one.users().forEach(xui -> byUser.computeIfAbsent(xui, x -> ConcurrentHashMap.newKeySet()).add(one));
  }

  private void forget(DiffNarration one) {
    one.users().forEach(xui -> byUser.computeIfPresent(xui, (x, all) -> all.remove(one) && all.isEmpty() ? null : all));
  }

  /// How many subscriptions are followed, for tests.
  int followed() {
    return (int) byUser.values().stream().flatMap(Set::stream).distinct().count();
  }

}
