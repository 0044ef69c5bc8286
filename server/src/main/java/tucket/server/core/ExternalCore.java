// The IM Server behind somebody else's core: reference point IM-2 on a wire (ISC).
package tucket.server.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.AddressOfRecord;
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
import tucket.server.Schema;
import tucket.server.event.Notified;
import tucket.server.event.Notifier;
import tucket.server.event.OwnSubscriptions;
import tucket.server.event.Sender;
import tucket.server.reference.Delivery;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im1ClientCore;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Invitation;
import tucket.server.reference.Leg;
import tucket.server.reference.Reached;
import tucket.store.Engine;
import tucket.store.Partition;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Pending;
import tucket.transport.World;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// An application server of TS 24.229 section 5.7. Requests are taken from trusted peers alone and believed. The leg is told by `orig` in
/// the topmost Route or the Request-URI, or by P-Served-User (RFC 5502); after the function has run, the request goes on by the Route that
/// is left. The core counts as one device of each user who is registered there. What the listener hands on comes in by the face of
/// [Im1ClientCore], though no client is there. Thread-safe.
public final class ExternalCore implements Im1ClientCore, Im2ServerCore {
  private static final int MAX_FORWARDS = 70;
  private static final long USUAL_EXPIRES = 600_000; // what networks ask for: some days

  /// A request of the core on its way through a function: where it is to go on to.
  private record Passage(AddressOfRecord served, Leg leg, List<String> route) {}

  private static final ScopedValue<Passage> PASSAGE = ScopedValue.newInstance();

  private final World world;
  private final CoreSettings settings;
  private final SipUri route;
  private final Limits limits;
  private final Engine engine;
  private final OwnAddresses addresses;
  private final Sender sender;
  private final Metrics metrics;
  private final Bindings bindings;
  private final Notifier notifier;
  private final OwnSubscriptions own = new OwnSubscriptions();
  private final Numbers numbers;
  private final Failing failing = new Failing();
  private final DeviceId device;
  private final AtomicReference<Application> application = new AtomicReference<>(new NobodyServes());
  private final Set<String> merged = ConcurrentHashMap.newKeySet();
  private final Set<String> pushes = ConcurrentHashMap.newKeySet();
  private final CallControl calls;
  private final Map<ServerTransaction, CallThrough> through = new ConcurrentHashMap<>();

  /// @param settings of which domains, hosts, region, services and peers count
  /// @param route the core that requests are sent to, such as `sip:scscf.example.com;lr`
  public ExternalCore(World world, CoreSettings settings, SipUri route, Limits limits, Engine engine, OwnAddresses addresses, Sender sender,
      Metrics metrics) {
    this.world = world;
    this.settings = settings;
    this.route = route.isLoose() ? route : route.withParam("lr");
    this.limits = limits;
    this.engine = engine;
    this.addresses = addresses;
    this.sender = sender;
    this.metrics = metrics;
    this.bindings = new Bindings(world, engine, limits);
    this.calls = new CallControl(world, addresses, metrics);
    this.notifier = new Notifier(world, limits, sender, metrics);
    this.numbers = new Numbers(settings.region());
    this.device = new DeviceId(this.route.toString());
    bindings.watch((user, what, live) -> {
      failing.clear(user, device);
      if (live == 0) {
        application.get().deregistered(user);
      }
    });
    metrics.gauge("tucket_registered_users", "Users with a live registration", bindings::size);
    metrics.gauge("tucket_subscriptions", "Event subscriptions", notifier::size);
  }

  /// The functions that requests are taken to from now on; until then they get a 503.
  public void serve(Application functions) {
    application.set(functions);
  }

  /// From now on sessions are served too; until then an INVITE is answered 405.
  public void serveCalls(SipStack stack) {
    calls.open(stack);
  }

  /// Hears NOTIFYs of subscriptions of our own, which come by way of the core.
  public void watch(Notified watcher) {
    own.add(watcher);
  }

  /// For event packages.
  public Notifier notifier() {
    return notifier;
  }

  @Override
  public Pending<SipResponse> handle(SipRequest arrived, Flow flow, Deadline by) {
    addresses.reachedBy(flow);
    if (!isTrusted(flow)) {
      return Pending.of(SipResponse.to(arrived, Status.FORBIDDEN, "Only the core may send here"));
    }
    Optional<SipResponse> refused = SipListener.CHECKS.afterAuthentication(arrived);
    if (refused.isPresent()) {
      return Pending.of(refused.get());
    }
    if (arrived.is("REGISTER")) {
      return Pending.of(register(arrived));
    }
    Optional<SipResponse> heard = own.notified(arrived);
    if (heard.isPresent()) {
      return Pending.of(heard.get());
    }
    Optional<SipUri> ours = ours(arrived);
    SipRequest request = ours.isPresent() ? arrived.withoutFirstValue(Header.ROUTE) : arrived;
    if (pushes.contains(transaction(request))) {
      return onward(request, by); // one of our own pushes, which the core's filter criteria led back to us
    }
    Leg leg = leg(request, ours);
    String key = leg + " " + transaction(request) + ' ' + request.from().tag().orElse("") + ' ' + request.uriText();
    if (!merged.add(key)) {
      return Pending.of(SipResponse.to(request, Status.LOOP_DETECTED)); // RFC 3261 section 8.2.2.2
    }
    return Pending.lastly(() -> function(request, leg, flow, by), () -> merged.remove(key));
  }

  @Override
  public boolean call(ServerTransaction tx) {
    return calls.serve(tx, serving -> {
      if (isTrusted(tx.flow())) {
        invited(serving, tx);
      } else {
        tx.respond(SipResponse.to(tx.request(), Status.FORBIDDEN, "Only the core may send here"));
      }
    });
  }

  private boolean isTrusted(Flow flow) {
    return settings.peers().stream().anyMatch(p -> p.trusted() && p.isAt(flow));
  }

  private void invited(Calls serving, ServerTransaction tx) {
    Optional<SipUri> ours = ours(tx.request());
    SipRequest request = ours.isPresent() ? tx.request().withoutFirstValue(Header.ROUTE) : tx.request();
    if (pushes.contains(transaction(request))) {
      through(serving, tx, request);
      return;
    }
    Optional<Uri> asserted = Identity.sender(request);
    if (asserted.isEmpty()) {
      tx.respond(SipResponse.to(request, Status.FORBIDDEN, "P-Asserted-Identity is missing"));
      return;
    }
    Leg leg = leg(request, ours);
    AddressOfRecord served = served(request, leg, identity(asserted.get()));
    signOfLife(leg, served);
    IncomingCall call = serving.open(tx, request.without(Header.P_SERVED_USER));
    ScopedValue.where(PASSAGE, new Passage(served, leg, request.values(Header.ROUTE))).run(() -> application.get().invited(call, leg, served));
  }

  // one of our own pushes, which the core's filter criteria led back to us
  private void through(Calls serving, ServerTransaction tx, SipRequest request) {
    if (request.has(Header.ROUTE)) {
      SipRequest onward = oneHopLess(request.edit().without(Header.VIA), request).request();
      CallThrough passing = new CallThrough(serving.stack(), tx, onward, () -> through.remove(tx));
      through.put(tx, passing);
      if (passing.isOver()) {
        through.remove(tx);
      }
    } else {
      tx.respond(SipResponse.to(request, Status.LOOP_DETECTED));
    }
  }

  @Override
  public void cancelled(ServerTransaction invite) {
    CallThrough passing = through.remove(invite);
    if (passing != null) {
      passing.cancel();
    }
    calls.cancelled(invite);
  }

  @Override
  public void acknowledged(SipRequest ack) {
    calls.acknowledged(ack);
  }

  @Override
  public void endCalls(Deadline by) {
    calls.end(by);
  }

  @Override
  public boolean pass(Invitation invitation) {
    AddressOfRecord to = identity(invitation.request().uri());
    boolean service = settings.services().contains(to);
    if (service) {
      application.get().invited(invitation, Leg.TERMINATING, to);
    }
    return service; // everybody else is reached by way of the core
  }

  /// Onward by the Route that the core gave.
  @Override
  public Reached invite(SipRequest invite, Reached.Ringing ringing, Deadline by) {
    List<String> way = PASSAGE.isBound() && !PASSAGE.get().route().isEmpty() ? PASSAGE.get().route() : List.of("<" + route + ">");
    return invite(invite.edit(), invite, way, new DeviceId(invite.uri().toString()), ringing, by);
  }

  private Reached invite(Edit edit, SipRequest invite, List<String> way, DeviceId place, Reached.Ringing ringing, Deadline by) {
    Optional<Calls> serving = calls.calls();
    if (serving.isEmpty()) {
      return new Reached.Refused(Map.of());
    }
    oneHopLess(edit.without(Header.VIA).without(Header.ROUTE).without(Header.RECORD_ROUTE), invite);
    way.forEach(hop -> edit.append(Header.ROUTE, hop));
    SipRequest sent = edit.request();
    return new CallFork(serving.get(), ringing)
        .run(List.of(new CallFork.Place(place, List.of(new CallFork.Way(sent, Target.nextHop(sent))))), by, by);
  }

  /// To a user who is registered with the core, past his functions.
  @Override
  public Reached invite(AddressOfRecord user, SipRequest invite, Devices to, Reached.Ringing ringing, Deadline by) {
    if (!isChosen(to) || bindings.live(user).isEmpty()) {
      return new Reached.Refused(Map.of());
    }
    List<String> way = onPassage(user).orElseGet(() -> List.of("<" + route + ">"));
    String key = transaction(invite);
    pushes.add(key);
    try {
      Reached reached = invite(invite.edit().uri(user.uri()), invite, way, device, ringing, by);
      if (reached instanceof Reached.Refused refused && refused.best().filter(a -> a.status() == 408 || a.status() == 503).isPresent()) {
        failing.mark(user, device);
      }
      return reached;
    } finally {
      pushes.remove(key);
    }
  }

  private boolean isChosen(Devices to) {
    return switch (to) {
      case Devices.All all -> true;
      case Devices.Only only -> only.ids().contains(device);
    };
  }

  private Optional<SipUri> ours(SipRequest arrived) {
    return arrived.addresses(Header.ROUTE).stream().findFirst().map(NameAddr::uri).filter(SipUri.class::isInstance).map(SipUri.class::cast)
        .filter(addresses::isHere);
  }

  private AddressOfRecord served(SipRequest request, Leg leg, AddressOfRecord from) {
    return servedUser(request).map(u -> identity(u.uri())).orElseGet(() -> leg == Leg.ORIGINATING ? from : identity(request.uri()));
  }

  private void signOfLife(Leg leg, AddressOfRecord served) {
    if (leg == Leg.ORIGINATING && failing.clear(served, device)) {
      application.get().registered(served);
    }
  }

  private static String transaction(SipRequest request) {
    return request.callId() + ' ' + request.cseq();
  }

  // TS 24.229 section 5.7.1.3A; RFC 5502 section 7.2
  private static Leg leg(SipRequest request, Optional<SipUri> ours) {
    Optional<String> session = servedUser(request).flatMap(u -> u.params().value("sescase"));
    if (session.isPresent()) {
      return session.get().equalsIgnoreCase("orig") ? Leg.ORIGINATING : Leg.TERMINATING;
    }
    boolean orig = ours.filter(u -> u.params().has("orig")).isPresent() || request.uri() instanceof SipUri uri && uri.params().has("orig");
    return orig ? Leg.ORIGINATING : Leg.TERMINATING;
  }

  private static Optional<NameAddr> servedUser(SipRequest request) {
    return request.first(Header.P_SERVED_USER).map(NameAddr::parse);
  }

  private Pending<SipResponse> function(SipRequest request, Leg leg, Flow flow, Deadline by) {
    if (request.is("OPTIONS")) { // is the server alive?
      return Pending.of(SipResponse.to(request, Status.OK).with(Header.ALLOW, String.join(", ", SipListener.METHODS)));
    }
    Optional<Uri> asserted = Identity.sender(request);
    if (asserted.isEmpty()) {
      return Pending.of(SipResponse.to(request, Status.FORBIDDEN, "P-Asserted-Identity is missing"));
    }
    AddressOfRecord from = identity(asserted.get());
    AddressOfRecord served = served(request, leg, from);
    return switch (request.method()) {
      case "MESSAGE", "PUBLISH" -> run(request.without(Header.P_SERVED_USER), leg, served, by);
      case "SUBSCRIBE" -> Pending.of(notifier.subscribe(request, from, served, flow, addresses.at(flow, Router.EVENTS)));
      case "INVITE" ->
          Pending.of(SipResponse.to(request, Status.METHOD_NOT_ALLOWED).with(Header.ALLOW, String.join(", ", SipListener.PAGING)));
      default -> Pending.of(SipResponse.to(request, Status.CALL_DOES_NOT_EXIST));
    };
  }

  private Pending<SipResponse> run(SipRequest request, Leg leg, AddressOfRecord served, Deadline by) {
    signOfLife(leg, served);
    Passage passage = new Passage(served, leg, request.values(Header.ROUTE));
    return ScopedValue.where(PASSAGE, passage).call(() -> application.get().handle(request, leg, served, by));
  }

  private AddressOfRecord identity(Uri uri) {
    return numbers.canonical(uri).filter(n -> !(uri instanceof SipUri)).orElseGet(() -> AddressOfRecord.of(uri));
  }

  private Pending<SipResponse> onward(SipRequest request, Deadline by) {
    return request.has(Header.ROUTE)
        ? sent(oneHopLess(request.edit(), request).request(), request, by)
        : Pending.of(SipResponse.to(request, Status.LOOP_DETECTED));
  }

  private Pending<SipResponse> sent(SipRequest onward, SipRequest request, Deadline by) {
    return sender.begin(onward, Target.nextHop(onward), by).outcome().then(outcome -> outcome.asResponse(request));
  }

  private static Edit oneHopLess(Edit edit, SipRequest request) {
    return edit.with(Header.MAX_FORWARDS, Integer.toString(Math.max(0, request.number(Header.MAX_FORWARDS).orElse(MAX_FORWARDS + 1) - 1)));
  }

  private SipResponse register(SipRequest request) {
    ThirdPartyRegister told = ThirdPartyRegister.of(request, USUAL_EXPIRES, limits.inflatedBytes());
    AddressOfRecord user = identity(told.user());
    if (told.seconds() == 0) {
      bindings.change(user, before -> bindings.end(before, b -> true, Bindings.Event.UNREGISTERED));
    } else if (bindings.size() >= limits.registrationsTotal() && bindings.live(user).isEmpty()) {
      return SipResponse.to(request, Status.SERVICE_UNAVAILABLE, "Too many registrations").with(Header.RETRY_AFTER, "60");
    } else {
      bindings.change(user, before -> registered(told, request, before));
    }
    Edit edit = SipResponse.to(request, Status.OK).edit().with(Header.EXPIRES, Long.toString(told.seconds()));
    return edit.copy(Header.CONTACT, request).response();
  }

  private Bindings.Step<Boolean> registered(ThirdPartyRegister told, SipRequest request, List<Binding> before) {
    Optional<Binding> old = before.stream().filter(b -> !b.link().over()).findFirst();
    Params features = told.features().isEmpty() ? old.map(b -> b.contact().params()).orElse(Params.NONE) : told.features();
    var now = world.clock().now();
    long until = world.clock().nanos() + told.seconds() * 1_000_000_000L;
    Binding.Link link = Binding.Link.of(Optional.empty(), 0, until);
    Binding fresh = new Binding(device, true, 0, new NameAddr("", route, features), 1000, List.of(), request.callId(),
        request.cseq().number(), "", old.map(Binding::since).orElse(now), now.plusSeconds(told.seconds()), "", Optional.empty(), false,
        link);
    Map<Binding, Bindings.Event> reasons = new LinkedHashMap<>();
    reasons.put(fresh, old.isPresent() ? Bindings.Event.REFRESHED : Bindings.Event.CREATED);
    return new Bindings.Step<>(true, List.of(fresh), reasons);
  }

  @Override
  public void answered(SipRequest request, SipResponse response, Flow flow) {
    if (!response.isSuccess()) {
      return;
    }
    if (request.is("SUBSCRIBE")) {
      notifier.answered(response);
    } else if (request.is("REGISTER")) {
      AddressOfRecord user = identity(request.to().uri());
      if (!bindings.live(user).isEmpty()) {
        application.get().registered(user);
      }
    }
  }

  /// Onward by the Route that the core gave, or, for a request of the server's own, to the core.
  @Override
  public Pending<SipResponse> send(SipRequest request, Deadline by) {
    if (Identity.sender(request).isEmpty()) {
      return Pending.of(SipResponse.to(request, Status.FORBIDDEN, "P-Asserted-Identity is missing"));
    }
    if (settings.services().contains(identity(request.uri()))) {
      return application.get().handle(request, Leg.TERMINATING, identity(request.uri()), by);
    }
    if (request.number(Header.MAX_FORWARDS).orElse(1) == 0) {
      return Pending.of(SipResponse.to(request, Status.TOO_MANY_HOPS));
    }
    Edit edit = oneHopLess(request.edit(), request);
    if (!request.has(Header.ROUTE)) {
      edit.append(Header.ROUTE, "<" + route + ">");
    }
    return sent(edit.request(), request, by);
  }

  @Override
  public Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
    if (!isChosen(to) || bindings.live(user).isEmpty()) {
      return Pending.of(new Delivery(Map.of()));
    }
    List<String> way = onPassage(user).orElseGet(() -> List.of("<" + route + ">"));
    Edit edit = oneHopLess(request.edit().uri(user.uri()).without(Header.VIA).without(Header.ROUTE).without(Header.RECORD_ROUTE), request);
    way.forEach(hop -> edit.append(Header.ROUTE, hop));
    SipRequest push = edit.request();
    String key = transaction(push);
    pushes.add(key);
    return Pending.lastly(() -> {
      Deadline patience = Deadline.in(limits.pushTimeout(), world.clock());
      return sender.begin(push, Target.nextHop(push), patience.atNanos() - by.atNanos() < 0 ? patience : by).outcome().then(outcome -> {
        told(user, outcome);
        return new Delivery(Map.of(device, outcome.asResponse(request)));
      });
    }, () -> pushes.remove(key));
  }

  // While a request of the core for that user is in the function, what is delivered to him is that request going on.
  private static Optional<List<String>> onPassage(AddressOfRecord user) {
    Optional<Passage> passage = PASSAGE.isBound() ? Optional.of(PASSAGE.get()) : Optional.empty();
    return passage.filter(p -> p.leg() == Leg.TERMINATING && p.served().equals(user) && !p.route().isEmpty()).map(Passage::route);
  }

  private void told(AddressOfRecord user, Outcome outcome) {
    switch (outcome) {
      case Outcome.Answered answered -> metrics.delivery(answered.response().status() / 100 + "xx");
      case Outcome.Silent silent -> {
        metrics.delivery("silent");
        failing.mark(user, device);
      }
      case Outcome.Unreachable unreachable -> {
        metrics.delivery("unreachable");
        failing.mark(user, device);
      }
    }
  }

  @Override
  public List<Device> devices(AddressOfRecord user) {
    return bindings.devices(user);
  }

  /// Users of our domains, and those of whom the core has told us.
  @Override
  public boolean mayUseIm(AddressOfRecord user) {
    boolean ours = user.uri() instanceof SipUri uri && settings.domains().contains(uri.host()) && !settings.services().contains(user);
    return ours || !bindings.devices(user).isEmpty();
  }

  /// Only of those who have registered it is certain.
  @Override
  public boolean isUser(AddressOfRecord address) {
    return !bindings.devices(address).isEmpty();
  }

  @Override
  public Iterable<AddressOfRecord> users() {
    return () -> {
      List<AddressOfRecord> known = new ArrayList<>();
      for (Partition user : engine.partitions(Schema.USER)) {
        known.add(new AddressOfRecord(user.id()));
      }
      return known.iterator();
    };
  }
}
