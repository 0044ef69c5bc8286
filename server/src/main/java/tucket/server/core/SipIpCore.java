// The embedded SIP/IP Core: reference points IM-1 and IM-2 inside one process.
package tucket.server.core;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.CSeq;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.FeatureSet;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.server.event.Notified;
import tucket.server.event.Notifier;
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
import tucket.transport.Deadline;
import tucket.transport.Flow;
import tucket.transport.Pending;
import tucket.transport.World;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipStack;

/// Takes a client's request to its authentication, to the functions of its sender and of its target, and to devices or other domains;
/// registers devices; answers for itself. Thread-safe; all calls block.
public final class SipIpCore implements Im1ClientCore, Im2ServerCore {
  private static final Reached NOBODY = new Reached.Refused(Map.of());
  // what another domain takes is shown by its answers
  private static final FeatureSet ELSEWHERE = FeatureSet.of(NameAddr.parse(
      "<sip:elsewhere.invalid>;+g.oma.sip-im;+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcse.im\""));

  private final CoreSettings settings;
  private final Limits limits;
  private final Subscribers subscribers;
  private final OwnAddresses addresses;
  private final Bindings bindings;
  private final Router router;
  private final Identity identity;
  private final Authentication authentication;
  private final Registrar registrar;
  private final Failing failing = new Failing();
  private final Fork fork;
  private final Interconnect interconnect;
  private final Capabilities capabilities;
  private final Notifier notifier;
  private final EventRouting events;
  private final Metrics metrics;
  private final AtomicReference<Application> application = new AtomicReference<>(new NobodyServes());
  private final CallControl calls;
  private final Set<Merging> merged = ConcurrentHashMap.newKeySet();
  private final World world;
  private final Share share;

  /// What tells a request from the same one by another way.
  private record Merging(String callId, CSeq cseq, String fromTag, String uri) {}

  /// @param sender the stack's way to send, [tucket.transport.sip.SipStack#send]
  public SipIpCore(World world, CoreSettings settings, Limits limits, Engine engine, Subscribers subscribers, OwnAddresses addresses,
      Sender sender, Metrics metrics) {
    this.world = world;
    this.settings = settings;
    this.limits = limits;
    this.share = new Share(world.clock(), limits);
    this.subscribers = subscribers;
    this.addresses = addresses;
    this.metrics = metrics;
    Gruus gruus = new Gruus(Secrets.load(engine, world.chance()), world.chance());
    this.bindings = new Bindings(world, engine, limits);
    this.router = new Router(settings, addresses, subscribers, bindings, gruus);
    this.identity = new Identity(router, settings.realm());
    this.authentication = new Authentication(world, settings, limits, subscribers, bindings, router, addresses, identity, metrics);
    this.registrar = new Registrar(world, settings, limits, bindings, addresses, gruus);
    this.fork = new Fork(world, limits, bindings, failing, sender, metrics);
    this.interconnect = new Interconnect(settings, sender);
    this.calls = new CallControl(world, addresses, metrics);
    this.notifier = new Notifier(world, limits, sender, metrics);
    this.events = new EventRouting(notifier, router, addresses);
    this.capabilities = new Capabilities(router, fork, interconnect, notifier);
    notifier.add(new RegEvent(world.clock(), subscribers, bindings));
    bindings.watch(this::changed);
    subscribers.onChange(this::changed);
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

  /// For further event packages.
  public Notifier notifier() {
    return notifier;
  }

  /// Hears NOTIFYs of subscriptions of our own.
  public void watch(Notified watcher) {
    events.add(watcher);
  }

  /// For look-ups by administration.
  public Router router() {
    return router;
  }

  @Override
  public Pending<SipResponse> handle(SipRequest arrived, Flow flow, Deadline by) {
    addresses.reachedBy(flow);
    SipRequest request = unrouted(arrived);
    // RFC 3261 section 8.2.2.2: the same request by another way, a loop too (section 16.3 step 4)
    Merging key = new Merging(request.callId(), request.cseq(), request.from().tag().orElse(""), request.uriText());
    if (!merged.add(key)) {
      return Pending.of(SipResponse.to(request, Status.LOOP_DETECTED));
    }
    return Pending.lastly(() -> notMerged(request, flow, by), () -> merged.remove(key));
  }

  private Pending<SipResponse> notMerged(SipRequest request, Flow flow, Deadline by) {
    Optional<Peer> peer = interconnect.at(flow);
    Optional<SipResponse> notified = events.notified(request);
    if (notified.isPresent()) {
      return Pending.of(notified.get());
    }
    return peer.isPresent() ? fromPeer(request, peer.get(), flow, by) : fromClient(request, flow, by);
  }

  // RFC 3261 section 16.4. A client's further Route values are not followed: the way through the core is the core's affair.
  private SipRequest unrouted(SipRequest request) {
    if (!request.has(Header.ROUTE)) {
      return request;
    }
    List<NameAddr> routes = request.addresses(Header.ROUTE);
    boolean strict = request.uri() instanceof SipUri uri && uri.isLoose() && addresses.isOurs(uri);
    Edit edit = request.edit().without(Header.ROUTE);
    return (strict ? edit.uri(routes.getLast().uri()) : edit).request();
  }

  @Override
  public boolean call(ServerTransaction tx) {
    return calls.serve(tx, serving -> {
      SipRequest request = unrouted(tx.request());
      Optional<Peer> peer = interconnect.at(tx.flow());
      if (peer.isPresent()) {
        callFromPeer(serving, tx, request, peer.get());
      } else {
        callFromClient(serving, tx, request);
      }
    });
  }

  private void callFromPeer(Calls serving, ServerTransaction tx, SipRequest arrived, Peer peer) {
    Optional<SipRequest> believed = identity.believed(arrived, peer.domains());
    if (believed.isEmpty()) {
      tx.respond(SipResponse.to(tx.request(), Status.FORBIDDEN, "P-Asserted-Identity is not of the peer's domain"));
      return;
    }
    application.get().registered(AddressOfRecord.of(Identity.sender(believed.get()).orElseThrow())); // a sign of life
    IncomingCall call = serving.open(tx, believed.get());
    if (!pass(call)) {
      call.refuse(SipResponse.to(tx.request(), Status.FORBIDDEN, "No relaying between other domains"));
    }
  }

  private void callFromClient(Calls serving, ServerTransaction tx, SipRequest request) {
    switch (authentication.judge(request, tx.flow(), Authentication.As.PROXY)) {
      case Authentication.Verdict.Refused refused -> tx.respond(refused.response());
      case Authentication.Verdict.Admitted admitted -> {
        Subscriber user = admitted.user();
        Optional<SipResponse> refused = SipListener.CHECKS.afterAuthentication(request);
        if (refused.isPresent()) {
          tx.respond(refused.get());
          return;
        }
        if (!identity.mayBeFrom(request, user)) {
          tx.respond(SipResponse.to(request, Status.FORBIDDEN, "From is not an identity of yours"));
          return;
        }
        signOfLife(user, request, tx.flow());
        if (!user.mayUseIm()) {
          tx.respond(barred(request));
          return;
        }
        Optional<SipResponse> tooMuch = share.enter(user.id(), request);
        if (tooMuch.isPresent()) {
          tx.respond(tooMuch.get());
          return;
        }
        try {
          application.get().invited(serving.open(tx, identity.asserted(request, user)), Leg.ORIGINATING, user.id());
        } finally {
          share.leave(user.id());
        }
      }
    }
  }

  @Override
  public void cancelled(ServerTransaction invite) {
    calls.cancelled(invite);
  }

  @Override
  public void endCalls(Deadline by) {
    calls.end(by);
  }

  @Override
  public void acknowledged(SipRequest ack) {
    calls.acknowledged(ack);
  }

  @Override
  public boolean pass(Invitation invitation) {
    SipRequest request = invitation.request();
    switch (router.destination(request.uri())) {
      case Destination.User to when to.subscriber().enabled() && to.subscriber().mayUseIm() ->
          application.get().invited(invitation, Leg.TERMINATING, to.subscriber().id());
      case Destination.Service to -> application.get().invited(invitation, Leg.TERMINATING, to.identity());
      case Destination.Elsewhere to -> {
        return false;
      }
      default -> invitation.refuse(SipResponse.to(request, Status.NOT_FOUND));
    }
    return true;
  }

  @Override
  public Reached invite(SipRequest invite, Reached.Ringing ringing, Deadline by) {
    return router.destination(invite.uri()) instanceof Destination.Elsewhere
        ? routing().map(r -> r.elsewhere(invite, ringing, by)).orElse(NOBODY)
        : NOBODY;
  }

  @Override
  public Reached invite(AddressOfRecord user, SipRequest invite, Devices to, Reached.Ringing ringing, Deadline by) {
    if (isElsewhere(user)) {
      return invite(invite, ringing, by);
    }
    AddressOfRecord id = idOf(user);
    return routing().map(r -> r.devices(id, invite, chosen(id, invite, to), ringing, by)).orElse(NOBODY);
  }

  private Optional<CallRouting> routing() {
    return calls.calls().map(c -> new CallRouting(c, fork, interconnect, limits));
  }

  private Pending<SipResponse> fromClient(SipRequest request, Flow flow, Deadline by) {
    switch (authentication.judge(request, flow, isForUs(request) ? Authentication.As.SERVER : Authentication.As.PROXY)) {
      case Authentication.Verdict.Refused refused -> {
        return Pending.of(refused.response());
      }
      case Authentication.Verdict.Admitted admitted -> {
        return within(admitted.user(), request, flow, by);
      }
    }
  }

  private Pending<SipResponse> within(Subscriber user, SipRequest request, Flow flow, Deadline by) {
    Optional<SipResponse> tooMuch = share.enter(user.id(), request);
    if (tooMuch.isPresent()) {
      return Pending.of(tooMuch.get());
    }
    return Pending.lastly(() -> {
      Optional<SipResponse> refused = SipListener.CHECKS.afterAuthentication(request);
      if (refused.isPresent()) {
        return Pending.of(refused.get());
      }
      return request.is("REGISTER") ? Pending.of(register(user, request, flow)) : fromUser(user, request, flow, by);
    }, () -> share.leave(user.id()));
  }

  private SipResponse register(Subscriber user, SipRequest request, Flow flow) {
    if (!(request.uri() instanceof SipUri domain) || !addresses.isOurs(domain)) {
      return SipResponse.to(request, Status.NOT_FOUND, "Domain is not served here");
    }
    // RFC 3261 section 10.3 steps 4 and 5: only one's own identities
    boolean own = router.subscriber(request.to().uri()).filter(s -> s.id().equals(user.id())).isPresent();
    return own ? registrar.register(request, flow, user) : SipResponse.to(request, Status.FORBIDDEN, "To is not an identity of yours");
  }

  private Pending<SipResponse> fromUser(Subscriber user, SipRequest request, Flow flow, Deadline by) {
    if (!identity.mayBeFrom(request, user)) {
      return Pending.of(SipResponse.to(request, Status.FORBIDDEN, "From is not an identity of yours"));
    }
    signOfLife(user, request, flow);
    SipRequest asserted = identity.asserted(request, user);
    return switch (request.method()) {
      case "INVITE" ->
          Pending.of(SipResponse.to(request, Status.METHOD_NOT_ALLOWED).with(Header.ALLOW, String.join(", ", SipListener.PAGING)));
      case "MESSAGE", "PUBLISH" ->
          user.mayUseIm() ? application.get().handle(asserted, Leg.ORIGINATING, user.id(), by) : Pending.of(barred(request));
      case "SUBSCRIBE" -> Pending.of(events.subscribe(user, asserted, flow));
      case "OPTIONS" -> capabilities.options(asserted, by);
      default -> Pending.of(SipResponse.to(request, Status.CALL_DOES_NOT_EXIST)); // a NOTIFY that nobody subscribed to: RFC 6665 section 4.1.3
    };
  }

  private SipResponse barred(SipRequest request) {
    return SipResponse.to(request, Status.FORBIDDEN).with(Header.WARNING, "399 " + settings.domain() + " \"127 Service not authorised\"");
  }

  // 401 for what ends here, 407 for what is to go on (RFC 3261 section 22.1).
  private boolean isForUs(SipRequest request) {
    return switch (request.method()) {
      case "REGISTER", "SUBSCRIBE", "PUBLISH" -> true;
      default -> request.uri() instanceof SipUri uri
          && addresses.isOurs(uri)
          && (uri.user().isEmpty() || settings.services().contains(router.identity(uri)));
    };
  }

  private Pending<SipResponse> fromPeer(SipRequest arrived, Peer peer, Flow flow, Deadline by) {
    Optional<SipRequest> believed = identity.believed(arrived, peer.domains());
    if (believed.isEmpty()) {
      return Pending.of(SipResponse.to(arrived, Status.FORBIDDEN, "P-Asserted-Identity is not of the peer's domain"));
    }
    SipRequest request = believed.get();
    Optional<SipResponse> refused = SipListener.CHECKS.afterAuthentication(request);
    if (refused.isPresent()) {
      return Pending.of(refused.get());
    }
    if (request.is("SUBSCRIBE")) {
      return Pending.of(events.subscribe(peer, request, flow));
    }
    application.get().registered(AddressOfRecord.of(Identity.sender(request).orElseThrow())); // a sign of life
    Destination to = router.destination(request.uri());
    if (to instanceof Destination.Elsewhere) {
      return Pending.of(SipResponse.to(request, Status.FORBIDDEN, "No relaying between other domains"));
    }
    return switch (request.method()) {
      case "MESSAGE" -> send(request, by);
      case "OPTIONS" -> capabilities.options(request, by);
      default -> Pending.of(SipResponse.to(request, Status.FORBIDDEN, request.method() + " is not taken from other domains"));
    };
  }

  @Override
  public Pending<SipResponse> send(SipRequest request, Deadline by) {
    if (Identity.sender(request).isEmpty()) {
      return Pending.of(SipResponse.to(request, Status.FORBIDDEN, "P-Asserted-Identity is missing"));
    }
    return switch (router.destination(request.uri())) {
      case Destination.User to -> terminate(named(request, to), to.subscriber(), by);
      case Destination.Service to -> application.get().handle(request, Leg.TERMINATING, to.identity(), by);
      case Destination.Elsewhere to -> interconnect.send(request, to.uri(), by);
      case Destination.Ourselves here -> Pending.of(SipResponse.to(request, Status.METHOD_NOT_ALLOWED).with(Header.ALLOW, "OPTIONS, REGISTER"));
      case Destination.Nobody nobody -> Pending.of(SipResponse.to(request, Status.NOT_FOUND));
    };
  }

  // RFC 5627 section 5.1: from here on a temporary GRUU is the public one, which says which device is meant.
  private static SipRequest named(SipRequest request, Destination.User to) {
    return to.device().map(d -> request.withUri(Gruus.publicOf(to.subscriber().id(), d.value()))).orElse(request);
  }

  private Pending<SipResponse> terminate(SipRequest request, Subscriber to, Deadline by) {
    boolean reachable = to.enabled() && to.mayUseIm();
    return reachable ? application.get().handle(request, Leg.TERMINATING, to.id(), by) : Pending.of(SipResponse.to(request, Status.NOT_FOUND));
  }

  @Override
  public Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
    if (isElsewhere(user)) {
      return interconnect.send(request.withUri(user.uri()), user.uri(), by).then(answer -> new Delivery(Map.of(elsewhere(user).id(), answer)));
    }
    AddressOfRecord id = idOf(user);
    return fork.deliver(id, request, chosen(id, request, to), by);
  }

  private boolean isElsewhere(AddressOfRecord user) {
    return user.uri() instanceof SipUri uri && !addresses.isOurs(uri);
  }

  // the other domain, which is always worth a try
  private static Device elsewhere(AddressOfRecord user) {
    String domain = ((SipUri) user.uri()).host().toLowerCase(Locale.ROOT);
    return new Device(new DeviceId(domain), true, true, ELSEWHERE);
  }

  @Override
  public boolean defersElsewhere(AddressOfRecord user) {
    return !(user.uri() instanceof SipUri uri) || interconnect.defers(uri.host());
  }

  // a GRUU names one device (RFC 5627 section 5.1)
  private Devices chosen(AddressOfRecord id, SipRequest request, Devices to) {
    boolean one = to instanceof Devices.All && router.destination(request.uri()) instanceof Destination.User named
        && named.device().isPresent() && named.subscriber().id().equals(id);
    return one ? Capabilities.devices((Destination.User) router.destination(request.uri())) : to;
  }

  private AddressOfRecord idOf(AddressOfRecord identity) {
    return subscribers.resolve(identity).map(Subscriber::id).orElse(identity);
  }

  @Override
  public List<Device> devices(AddressOfRecord user) {
    return isElsewhere(user) ? List.of(elsewhere(user)) : bindings.devices(idOf(user));
  }

  @Override
  public boolean mayUseIm(AddressOfRecord user) {
    return subscribers.resolve(user).filter(s -> s.enabled() && s.mayUseIm()).isPresent();
  }

  @Override
  public Iterable<AddressOfRecord> users() {
    return () -> {
      var all = subscribers.list().iterator();
      return StreamSupport.stream(Spliterators.spliteratorUnknownSize(all, 0), false)
          .filter(s -> s.enabled() && s.mayUseIm())
          .map(Subscriber::id)
          .iterator();
    };
  }

  @Override
  public void answered(SipRequest request, SipResponse response, Flow flow) {
    if (!response.isSuccess()) {
      return;
    }
    if (request.is("SUBSCRIBE")) {
      notifier.answered(response);
    } else if (request.is("REGISTER") && request.has(Header.CONTACT)) {
      // third-party REGISTER: TS 24.229 section 5.4.1.7
      router.subscriber(request.to().uri())
          .filter(user -> user.mayUseIm() && !bindings.live(user.id()).isEmpty())
          .ifPresent(user -> application.get().registered(user.id()));
    }
  }

  // A device that was silent has sent something: its user is worth another try.
  private void signOfLife(Subscriber user, SipRequest request, Flow flow) {
    if (!failing.any(user.id())) {
      return;
    }
    Optional<DeviceId> device = bindings.over(flow, user.id()).map(Binding::device);
    if (device.isEmpty() && request.has(Header.CONTACT)) {
      device = request.addresses(Header.CONTACT).stream().findFirst().flatMap(Router::instance);
    }
    if (device.filter(d -> failing.clear(user.id(), d)).isPresent() && user.mayUseIm()) {
      application.get().registered(user.id());
    }
  }

  @Override
  public void closed(Flow flow) {
    bindings.closed(flow);
  }

  private void changed(AddressOfRecord user, List<Bindings.Happened> what, int live) {
    for (Bindings.Happened h : what) {
      metrics.registration(h.event().name().toLowerCase(Locale.ROOT));
      failing.clear(user, h.binding().device());
      if (h.event() == Bindings.Event.CREATED || h.event() == Bindings.Event.REFRESHED) {
        fork.registered(user, h.binding().device());
      }
    }
    notifier.changed("reg", user);
    if (live == 0) {
      application.get().deregistered(user);
    }
  }

  private void changed(AddressOfRecord user) {
    if (subscribers.find(user).filter(Subscriber::enabled).isEmpty()) {
      bindings.deactivate(user);
      notifier.terminate("reg", user, "rejected");
    }
  }
}
