// Hands a request to the devices of a user.
package tucket.server.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.CallerPreferences;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.server.event.Sender;
import tucket.server.reference.Delivery;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Pending;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Target;

/// RFC 3261 section 16.6 for the devices of one user, all at once, one branch a device, with the caller's preferences (RFC 3841). What each
/// device answers is kept apart: one phone's 200 says nothing about another. A device that says nothing within the push timeout counts as
/// silent; one that registers elsewhere meanwhile is not waited for.
final class Fork {
  private static final Logger LOG = LoggerFactory.getLogger(Fork.class);
  private static final int MAX_FORWARDS = 70;
  // What stands for the answer of a device that gave none needs a status alone.
  private static final SipRequest NOTHING = SipRequest.of("MESSAGE", SipUri.of("nobody", "invalid"));

  private final World world;
  private final Limits limits;
  private final Bindings bindings;
  private final Failing failing;
  private final Sender sender;
  private final Metrics metrics;
  private final UnderWay underWay = new UnderWay();

  Fork(World world, Limits limits, Bindings bindings, Failing failing, Sender sender, Metrics metrics) {
    this.world = world;
    this.limits = limits;
    this.bindings = bindings;
    this.failing = failing;
    this.sender = sender;
    this.metrics = metrics;
  }

  /// What each chosen device has answered when it has, or has failed or been silent too long. Where several are chosen it blocks until then.
  Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
    Map<DeviceId, List<Binding>> branches = branches(user, request, to);
    Deadline pushed = earlier(by, Deadline.in(limits.pushTimeout(), world.clock()));
    if (branches.size() == 1) {
      Map.Entry<DeviceId, List<Binding>> only = branches.entrySet().iterator().next();
      DeviceId device = only.getKey();
      return branch(user, device, only.getValue(), request, pushed).then(answer -> new Delivery(Map.of(device, answer)));
    }
    Map<DeviceId, SipResponse> answers = Collections.synchronizedMap(new LinkedHashMap<>());
    if (!branches.isEmpty()) {
      branches.keySet().forEach(device -> answers.put(device, SipResponse.to(request, Status.REQUEST_TIMEOUT))); // keeps the order
      inParallel(user, request, branches, answers, pushed);
    }
    return Pending.of(new Delivery(Collections.unmodifiableMap(new LinkedHashMap<>(answers))));
  }

  private void inParallel(AddressOfRecord user, SipRequest request, Map<DeviceId, List<Binding>> branches,
      Map<DeviceId, SipResponse> answers, Deadline by) {
    CountDownLatch open = new CountDownLatch(branches.size());
    branches.forEach((device, flows) -> world.threads().start("branch " + device, () -> {
      try {
        answers.put(device, branch(user, device, flows, request, by).await());
      } finally {
        open.countDown();
      }
    }));
    try {
      open.await(); // each branch has a deadline of its own
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static Deadline earlier(Deadline one, Deadline other) {
    return one.atNanos() - other.atNanos() <= 0 ? one : other;
  }

  Map<DeviceId, List<Binding>> branches(AddressOfRecord user, SipRequest request, Devices to) {
    List<Binding> live = bindings.live(user);
    List<Binding> chosen = switch (to) {
      case Devices.All all -> preferred(request, live);
      case Devices.Only only -> named(live, only.ids());
    };
    if (chosen.size() == 1) {
      return Map.of(chosen.getFirst().device(), chosen);
    }
    Map<DeviceId, List<Binding>> branches = new LinkedHashMap<>();
    chosen.forEach(b -> branches.computeIfAbsent(b.device(), d -> new ArrayList<>()).add(b));
    return branches;
  }

  private static List<Binding> named(List<Binding> live, Set<DeviceId> ids) {
    if (live.size() == 1) {
      return ids.contains(live.getFirst().device()) ? live : List.of();
    }
    return live.stream().filter(b -> ids.contains(b.device())).toList();
  }

  private static List<Binding> preferred(SipRequest request, List<Binding> live) {
    CallerPreferences preferences = CallerPreferences.of(request);
    List<Binding> ranked = preferences.rank(live, Binding::contact);
    return preferences.dispositions().contains("no-fork") && !ranked.isEmpty() ? ranked.subList(0, 1) : ranked;
  }

  // RFC 5626 section 7: of the flows of one instance one is used, the next only when that one has failed.
  private Pending<SipResponse> branch(AddressOfRecord user, DeviceId device, List<Binding> flows, SipRequest request, Deadline by) {
    Binding first = flows.getFirst();
    Target target = target(first);
    Pending<Optional<Outcome>> ended =
        underWay.run(user, first, target, () -> recheck(user, first), () -> sender.begin(towards(user, first, request), target, by));
    if (flows.size() == 1) { // then nobody holds the request while the device is waited for
      return ended.then(end -> {
        end.filter(outcome -> hasFailed(first, outcome)).ifPresent(outcome -> bindings.failed(user, first));
        return told(user, first, end);
      });
    }
    return ended.thenBegin(end -> {
      if (end.filter(outcome -> hasFailed(first, outcome)).isPresent()) {
        bindings.failed(user, first);
        return branch(user, device, flows.subList(1, flows.size()), request, by);
      }
      return Pending.of(told(user, first, end));
    });
  }

  private static boolean hasFailed(Binding flow, Outcome outcome) {
    boolean lost = outcome instanceof Outcome.Unreachable;
    boolean refused = outcome instanceof Outcome.Answered a && a.response().status() == Status.FLOW_FAILED;
    return flow.outbound() && (lost || refused);
  }

  // The device may have registered elsewhere between the look-up of its binding and now.
  private void recheck(AddressOfRecord user, Binding b) {
    if (!bindings.isCurrent(user, b)) {
      registered(user, b.device());
    }
  }

  /// A device has registered: what is on its way to a contact or over a flow by which it is no longer reached is given up at once and
  /// counts as not answered. The device tells a message that it gets a second time by its Message-ID (RFC 5438 section 6.3).
  void registered(AddressOfRecord user, DeviceId device) {
    underWay.giveUp(user, attempt -> attempt.binding.device().equals(device) && isSuperseded(user, attempt));
  }

  private boolean isSuperseded(AddressOfRecord user, UnderWay.Attempt attempt) {
    List<Binding> now = bindings.live(user).stream().filter(b -> b.device().equals(attempt.binding.device())).toList();
    return !now.isEmpty() && now.stream().noneMatch(b -> leadsAsBefore(b, attempt));
  }

  private boolean leadsAsBefore(Binding now, UnderWay.Attempt attempt) {
    Binding then = attempt.binding;
    return now.contact().uri().equals(then.contact().uri()) && now.path().equals(then.path()) && target(now).equals(attempt.target);
  }

  private SipResponse told(AddressOfRecord user, Binding to, Optional<Outcome> end) {
    DeviceId device = to.device();
    if (end.isEmpty()) {
      metrics.delivery("superseded");
      LOG.info("event=device_superseded user={} device={} contact={}", user, device, to.contact().uri());
      return SipResponse.to(NOTHING, Status.REQUEST_TIMEOUT);
    }
    switch (end.get()) {
      case Outcome.Answered answered -> {
        metrics.delivery(answered.response().status() / 100 + "xx");
        if (answered.response().isSuccess()) {
          failing.clear(user, device);
        }
      }
      case Outcome.Silent silent -> failed(user, device, "silent", "no answer");
      case Outcome.Unreachable unreachable -> failed(user, device, "unreachable", unreachable.why());
    }
    return end.get().asResponse(NOTHING);
  }

  void failed(AddressOfRecord user, DeviceId device, String outcome, String why) {
    metrics.delivery(outcome);
    if (bindings.live(user).stream().anyMatch(b -> b.device().equals(device))) {
      failing.mark(user, device);
    }
    LOG.info("event=device_{} user={} device={} why=\"{}\"", outcome, user, device, why);
  }

  /// The request as one device gets it: Request-URI its contact, Route its path, the one who was called in P-Called-Party-ID (RFC 7315
  /// section 4.2). The Via values end here: a device need not know by which way it came.
  static SipRequest towards(AddressOfRecord user, Binding b, SipRequest request) {
    Uri contact = b.contact().uri();
    Edit edit = request.edit().uri(contact instanceof SipUri sip ? sip.withoutHeaders() : contact);
    edit.without(Header.VIA).without(Header.ROUTE).without(Header.RECORD_ROUTE);
    b.path().forEach(hop -> edit.append(Header.ROUTE, hop));
    edit.with(Header.MAX_FORWARDS, Integer.toString(Math.max(0, request.number(Header.MAX_FORWARDS).orElse(MAX_FORWARDS + 1) - 1)));
    edit.with(Header.P_CALLED_PARTY_ID, "<" + user + ">");
    return Identity.towardsUser(request, edit).request();
  }

  Target target(Binding b) {
    Optional<Flow> open = b.link().flow().filter(Flow::isOpen);
    if (open.isPresent() && (b.onStream() || b.outbound() || b.nated())) {
      return new Target.Over(open.get());
    }
    if (!b.path().isEmpty()) {
      return new Target.Resolve(NameAddr.parse(b.path().getFirst()).uri());
    }
    Optional<Endpoint> source = b.source().filter(s -> s.protocol() == Protocol.UDP && (b.outbound() || b.nated()));
    return source.<Target>map(Target.To::new).orElseGet(() -> new Target.Resolve(b.contact().uri()));
  }
}
