// The IM Server: leg and method lead to the function that serves a request.
package tucket.server.im;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.TooLarge;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.DurableTrace;
import tucket.server.Limits;
import tucket.server.documents.ListUris;
import tucket.server.documents.Lists;
import tucket.server.documents.Names;
import tucket.server.im.controlling.GroupDistribution;
import tucket.server.im.deferred.DeferredMessagingFunction;
import tucket.server.im.deferred.LargeMessagePush;
import tucket.server.im.deferred.Push;
import tucket.server.im.deferred.Retrieval;
import tucket.server.im.deferred.RetrievalSessions;
import tucket.server.im.deferred.SessionPush;
import tucket.server.im.deferred.StorageCharging;
import tucket.server.im.deferred.WaitingNotice;
import tucket.server.im.message.DisplayNames;
import tucket.server.im.message.EnvelopeReader;
import tucket.server.im.message.EnvelopeWriter;
import tucket.server.im.message.Fork;
import tucket.server.im.message.Reports;
import tucket.server.im.message.Responses;
import tucket.server.im.message.ServerNotifications;
import tucket.server.im.message.SessionMessages;
import tucket.server.im.message.SystemMessages;
import tucket.server.im.participating.Circumstances;
import tucket.server.im.participating.PagerMode;
import tucket.server.im.participating.ParticipatingFunction;
import tucket.server.im.participating.PresencePublisher;
import tucket.server.im.participating.ServiceSettings;
import tucket.server.im.participating.SessionMode;
import tucket.server.im.policy.Policies;
import tucket.server.im.settings.ImSettings;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.im.settings.SessionSettings;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im7ClientServer;
import tucket.server.reference.Invitation;
import tucket.server.reference.Leg;
import tucket.store.Engine;
import tucket.transport.Deadline;
import tucket.transport.Pending;
import tucket.transport.World;

/// Everything the Core asks of us arrives here, on a virtual thread that may block. A peer's fault becomes 400, the world's failure 503,
/// our own a 500 whose trace is in the log and never on the wire. Thread-safe.
public final class ImServer implements Im2ServerCore.Application, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImServer.class);

  private final Responses responses;
  private final DeferredMessagingFunction deferred;
  private final WaitingNotice waitingNotice;
  private final SystemMessages systemMessages;
  private final StorageCharging charging;
  private final Optional<SessionMode> sessionMode;
  private final Optional<RetrievalSessions> retrievals;
  private final Circumstances circumstances;
  private final PresencePublisher publisher;
  private final Map<Leg, Map<String, Function>> functions;

  /// What serves a request of one leg and method.
  private interface Function {
    Pending<SipResponse> serve(SipRequest request, AddressOfRecord served, Deadline by);
  }

  /// What the server stands on. `trace` must be of the same engine.
  public record Parts(World world, Im2ServerCore core, Engine engine, DurableTrace trace, Circumstances.Sources sources, Limits limits,
      Optional<Im7ClientServer> media) {
    /// Without media, documents and presence: sessions are refused.
    public Parts(World world, Im2ServerCore core, Engine engine, DurableTrace trace, ServiceSettings settings, Limits limits) {
      this(world, core, engine, trace, Circumstances.Sources.of(settings), limits, Optional.empty());
    }
  }

  public ImServer(Parts parts, ImSettings operator) {
    World world = parts.world();
    Im2ServerCore core = parts.core();
    ServiceAddresses services = ServiceAddresses.of(operator.domain());
    EnvelopeReader reader = new EnvelopeReader(services, operator.messageLife(), parts.limits().inflatedBytes());
    EnvelopeWriter writer = new EnvelopeWriter(operator, world.chance());
    ServerNotifications notifications = new ServerNotifications(writer, world.chance());
    Fork fork = new Fork(core, world.threads(), world.clock(), parts.limits().settle());
    Push.Delivering delivering = new Push.Delivering(reader, writer, fork);
    circumstances = new Circumstances(core, world.clock(), parts.sources());
    Predicate<AddressOfRecord> keepsForRetrieval = user -> parts.sources().settings().of(user).storePagerMessages();
    responses = new Responses(operator.domain(), world.chance());
    charging = new StorageCharging(parts.engine());
    deferred = new DeferredMessagingFunction(
        new DeferredMessagingFunction.Parts(world, core, parts.engine(), parts.trace(), operator, parts.limits(), delivering, notifications,
            circumstances::holdsBack),
        charging);
    waitingNotice = new WaitingNotice(world, core, deferred.queue(), services, writer, keepsForRetrieval);
    deferred.onAvailable(waitingNotice);
    systemMessages = new SystemMessages(core, world, services, notifications);
    Retrieval retrieval = new Retrieval(core, deferred, waitingNotice, responses);
    boolean anonymity = operator.anonymity() == ImSettings.Anonymity.BY_RULES;
    PagerMode pager = new PagerMode(
        new PagerMode.Parts(world, core, delivering, responses, Policies.standard(parts.limits().messageBytes(), operator.acceptedTypes(), anonymity),
            Policies.standard(Integer.MAX_VALUE, operator.acceptedTypes(), anonymity), notifications, deferred, circumstances, operator, parts.trace()),
        parts.limits());
    Circumstances.Sources users = parts.sources();
    DisplayNames names = new DisplayNames(users.shared().map(x -> new Names(x, users.canonical())), operator.domain(), responses);
    Optional<ListUris> listUris = users.shared().map(x -> new ListUris(x, users.canonical()));
    GroupDistribution groups = new GroupDistribution(new GroupDistribution.Parts(world, responses, listUris,
        users.shared().map(x -> new Lists(x, users.canonical())), users.canonical(), parts.limits().messageBytes()));
    Reports reports = new Reports();
    pager.reportTo(reports);
    SessionSettings sessions = operator.sessions();
    SessionMessages inSession = new SessionMessages(reader, writer);
    parts.media().ifPresent(media -> deferred.pushInSessions(new SessionPush(new SessionPush.Parts(world, core, media, inSession, reports, sessions,
        operator.domain(), parts.limits().pushTimeout()))));
    ParticipatingFunction participating = new ParticipatingFunction(core, services, pager, retrieval, responses, groups, names);
    sessionMode = parts.media().map(media -> new SessionMode(new SessionMode.Parts(world, core, media, inSession, responses,
        Policies.standard(sessions.messageBytes(), operator.acceptedTypes()), circumstances, names, deferred, operator, sessions, services,
        reports, parts.trace()), participating));
    retrievals = parts.media().map(media -> new RetrievalSessions(new RetrievalSessions.Parts(world, core, media, inSession, responses, retrieval,
        deferred, sessions, services)));
    parts.media().ifPresent(media -> deferred.pushByMsrp(
        new LargeMessagePush(new LargeMessagePush.Parts(world, core, media, inSession, sessions, services)), retrievals.orElseThrow()));
    publisher = new PresencePublisher(parts.sources().presence(), circumstances::isOpen);
    parts.sources().presence().watch(deferred::settingChanged);
    functions = table(participating);
  }

  /// The dispatch table: OMA-TS-SIMPLE_IM sections 6.1.1 and 6.1.2.
  private static Map<Leg, Map<String, Function>> table(ParticipatingFunction participating) {
    return Map.of(
        Leg.ORIGINATING, Map.of("MESSAGE", participating::originate, "OPTIONS", (request, served, by) -> participating.passOn(request, by)),
        Leg.TERMINATING, Map.of("MESSAGE", participating::terminate, "OPTIONS", participating::passToDevices));
  }

  /// Finds again what waits, in the background.
  public void start() {
    deferred.start();
  }

  @Override
  public Pending<SipResponse> handle(SipRequest request, Leg leg, AddressOfRecord served, Deadline by) {
    Function function = functions.getOrDefault(leg, Map.of()).get(request.method());
    if (function == null) {
      return Pending.of(responses.notAllowed(request));
    }
    return Pending.recovering(() -> function.serve(request, served, by), failure -> status(failure, request, served));
  }

  private SipResponse status(Throwable failure, SipRequest request, AddressOfRecord served) {
    switch (failure) {
      case TooLarge e -> {
        return responses.of(request, Status.REQUEST_ENTITY_TOO_LARGE, String.valueOf(e.getMessage()));
      }
      case Malformed e -> {
        return responses.of(request, Status.BAD_REQUEST, String.valueOf(e.getMessage()));
      }
      case tucket.store.Unavailable e -> {
        return later(e, request, served);
      }
      case tucket.transport.Unavailable e -> {
        return later(e, request, served);
      }
      default -> {
        LOG.error("{} for {}, Call-ID {}", request.method(), served, request.first(Header.CALL_ID).orElse(""), failure);
        return responses.of(request, Status.SERVER_INTERNAL_ERROR);
      }
    }
  }

  private SipResponse later(RuntimeException unavailable, SipRequest request, AddressOfRecord served) {
    LOG.warn("{} to {} is refused for now: {}", request.method(), served, unavailable.getMessage());
    return responses.later(request, Status.SERVICE_UNAVAILABLE, Status.reason(Status.SERVICE_UNAVAILABLE), 10);
  }

  @Override
  public void invited(Invitation invitation, Leg leg, AddressOfRecord served) {
    if (leg == Leg.ORIGINATING && retrievals.filter(r -> r.isMeant(invitation.request())).isPresent()) {
      retrievals.get().invited(invitation, served);
    } else if (sessionMode.isPresent()) {
      sessionMode.get().invited(invitation, leg, served);
    } else {
      invitation.refuse(responses.notAllowed(invitation.request()));
    }
  }

  @Override
  public void registered(AddressOfRecord user) {
    deferred.registered(user);
    publisher.look(user);
  }

  @Override
  public void deregistered(AddressOfRecord user) {
    publisher.look(user);
  }

  /// The user's service settings have changed: what was kept for retrieval may be due now.
  public void settingsChanged(AddressOfRecord user) {
    deferred.settingChanged(user);
    publisher.look(user);
  }

  /// The identities of some user are others: rules may name him otherwise.
  public void identitiesChanged() {
    circumstances.identitiesChanged();
  }

  /// The event package that tells users what waits for them.
  public WaitingNotice waitingNotice() {
    return waitingNotice;
  }

  /// Who is told that what waits for a user has changed: the notifier of the event package. Must return at once.
  public void onWaitingChanged(Consumer<AddressOfRecord> listener) {
    deferred.onChange(listener);
  }

  /// Messages from the operator.
  public SystemMessages systemMessages() {
    return systemMessages;
  }

  /// The deferred function, for administration and metrics.
  public DeferredMessagingFunction deferred() {
    return deferred;
  }

  /// The storage charging records.
  public StorageCharging charging() {
    return charging;
  }

  /// The methods that are served.
  public static List<String> methods() {
    return List.of("MESSAGE", "OPTIONS");
  }

  /// Starts nothing new; what is under way comes to its end. The engine stays open.
  @Override
  public void close() {
    circumstances.close();
    deferred.close();
  }
}
