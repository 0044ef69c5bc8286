// One user on one device: registers, keeps the registration alive, sends requests with proof of identity, takes what comes in.
package tucket.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// Opening one listens at once; [#register] makes the user reachable. Thread-safe: calls block their own (virtual) thread only. A lost
/// connection and a
/// registration that runs out are mended by registering again, first soon, then ever more slowly.
public final class ImClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImClient.class);
  static final String ALLOW = "INVITE, ACK, BYE, CANCEL, UPDATE, MESSAGE, OPTIONS, NOTIFY";
  private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
  private static final Duration RETRY_MOST = Duration.ofMinutes(1);
  private static final Duration LEAVING = Duration.ofSeconds(2);

  private final World world;
  private final ClientSettings settings;
  private final SipStack stack;
  private final Endpoint here;
  private final String instance;
  private final Login login;
  private final Pager pager;
  private final Sessions sessions;
  private final String registerCallId;
  private final AtomicLong sequence = new AtomicLong(1);
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final Map<String, Watcher> watchers = new ConcurrentHashMap<>();
  private volatile boolean wanted;
  private volatile Optional<Registration> registration = Optional.empty();
  private final ReentrantLock registering = new ReentrantLock();
  private Clock.@Nullable Alarm refresh;
  private Clock.@Nullable Alarm keepAlive;
  private Duration retry = RETRY_FIRST;

  /// Throws [Unavailable] where it can't listen.
  public ImClient(World world, ClientSettings settings) {
    this.world = world;
    this.settings = settings;
    this.instance = settings.instance().isEmpty() ? "urn:uuid:" + uuid(world) : settings.instance();
    this.login = new Login(settings.account(), world.chance());
    this.registerCallId = world.chance().token(12);
    this.pager = new Pager(this, world);
    this.sessions = new Sessions(this, world);
    this.stack = new SipStack(world, settings.stack(), ImClient::noLookup, new Arrivals());
    // A listener for TLS would want a certificate: the server reaches us over the connection that we open (RFC 5626).
    this.here = settings.local().protocol().secure() ? settings.local() : stack.listen(settings.local());
  }

  /// All requests go to the one server of the settings.
  private static List<Endpoint> noLookup(SipUri uri) {
    throw new Unavailable("a client sends everything to its server, not to " + uri);
  }

  public Pager pager() {
    return pager;
  }

  public Sessions sessions() {
    return sessions;
  }

  public ClientSettings settings() {
    return settings;
  }

  /// Where it listens; port 0 where it can only be reached over the connection that it opens (TLS).
  public Endpoint local() {
    return here;
  }

  /// The URN of this device.
  public String instance() {
    return instance;
  }

  /// The registration in force.
  public Optional<Registration> registration() {
    return registration;
  }

  /// Registers this device and keeps it registered until [#unregister] or [#close]. Throws [Refused] where the registrar says no and
  /// [Unavailable] where it
  /// does not answer.
  public Registration register() {
    wanted = true;
    Registration granted = bind(settings.expires());
    keep(granted);
    return granted;
  }

  /// Takes this device out of the registrar (RFC 3261 section 10.2.2).
  public void unregister() {
    wanted = false;
    stopRefreshing();
    registration = Optional.empty();
    bind(Duration.ZERO);
  }

  /// Sends a request that has a method and a Request-URI, and whatever else the caller set, and blocks for its final response. From, To,
  /// Call-ID, CSeq,
  /// Max-Forwards and User-Agent are filled in where they are missing; a challenge is answered once. Silence gives 408 and a broken path
  /// 503.
  public SipResponse request(SipRequest request) {
    return request(request, settings.patience());
  }

  SipResponse request(SipRequest request, Duration patience) {
    SipRequest ready = login.prove(complete(request));
    SipResponse response = exchange(ready, patience);
    if (login.answers(response)) {
      SipRequest again = login.prove(complete(request.edit().with(Header.CSEQ, sequence.incrementAndGet() + " " + request.method()).request()));
      response = exchange(again.with(Header.CALL_ID, ready.callId()), patience);
    }
    return response;
  }

  SipResponse exchange(SipRequest request) {
    return exchange(request, settings.patience());
  }

  void acknowledge(SipRequest ack) {
    stack.acknowledge(ack, new Target.To(settings.server()));
  }

  private SipResponse exchange(SipRequest request, Duration patience) {
    Outcome outcome = stack.send(request, new Target.To(settings.server()), Deadline.in(patience, world.clock()));
    if (outcome instanceof Outcome.Unreachable(String why)) {
      LOG.debug("{} did not reach {}: {}", request.method(), settings.server(), why);
    }
    return outcome.asResponse(request);
  }

  String token() {
    return world.chance().token(12);
  }

  /// Who is told of NOTIFYs with that Call-ID; nobody any more where it is null.
  void watching(String callId, @Nullable Watcher watcher) {
    if (watcher == null) {
      watchers.remove(callId);
    } else {
      watchers.put(callId, watcher);
    }
  }

  private SipRequest complete(SipRequest request) {
    Edit edit = request.edit();
    NameAddr self = NameAddr.of(settings.account().address());
    if (!request.has(Header.FROM)) {
      edit.with(Header.FROM, self.withTag(world.chance().token(6)).toString());
    }
    if (!request.has(Header.TO)) {
      edit.with(Header.TO, NameAddr.of(request.uri()).toString());
    }
    if (!request.has(Header.CALL_ID)) {
      edit.with(Header.CALL_ID, world.chance().token(12));
    }
    if (!request.has(Header.CSEQ)) {
      edit.with(Header.CSEQ, sequence.incrementAndGet() + " " + request.method());
    }
    if (!request.has(Header.MAX_FORWARDS)) {
      edit.with(Header.MAX_FORWARDS, "70");
    }
    edit.with(Header.USER_AGENT, settings.userAgent());
    if (!request.is("REGISTER")) {
      registration.ifPresent(r -> r.serviceRoute().forEach(hop -> edit.append(Header.ROUTE, NameAddr.of(hop).toString())));
    }
    return edit.request();
  }

  // One REGISTER after the other (RFC 3261 section 10.2): else a later CSeq may overtake an earlier one, which the registrar then refuses.
  private Registration bind(Duration life) {
    registering.lock();
    try {
      return bound(life);
    } finally {
      registering.unlock();
    }
  }

  private Registration bound(Duration life) {
    SipUri registrar = SipUri.of("", settings.account().address().host());
    NameAddr self = NameAddr.of(settings.account().address());
    SipRequest request =
        SipRequest.of("REGISTER", registrar)
            .edit()
            .with(Header.FROM, self.withTag(world.chance().token(6)).toString())
            .with(Header.TO, self.toString())
            .with(Header.CALL_ID, registerCallId)
            .with(Header.CONTACT, contact() + ";expires=" + life.toSeconds())
            .with(Header.EXPIRES, String.valueOf(life.toSeconds()))
            .with(Header.SUPPORTED, "path, outbound, gruu")
            .with(Header.ALLOW, ALLOW)
            .request();
    SipResponse response = request(request);
    if (response.status() == Status.INTERVAL_TOO_BRIEF && response.number(Header.MIN_EXPIRES).isPresent() && !life.isZero()) {
      // RFC 3261 section 10.2.8: ask again for what the registrar wants at least.
      Duration least = Duration.ofSeconds(response.number(Header.MIN_EXPIRES).getAsInt());
      if (least.compareTo(life) > 0) {
        return bound(least);
      }
    }
    if (response.status() == Status.REQUEST_TIMEOUT || response.status() == Status.SERVICE_UNAVAILABLE && !response.has(Header.VIA)) {
      throw new Unavailable("No answer from " + settings.server() + ": is the server running there?");
    }
    if (!response.isSuccess()) {
      throw new Refused(response.status(), response.reason());
    }
    return granted(response, life);
  }

  /// `<sip:alice@127.0.0.1:40000;transport=tcp;ob>;+sip.instance="<urn:uuid:...>";reg-id=1;+g.oma.sip-im`.
  String contact() {
    String host = here.host().indexOf(':') >= 0 ? "[" + here.host() + "]" : here.host();
    SipUri uri = SipUri.of(settings.account().address().user(), host).withHostPort(host, here.port() == 0 ? -1 : here.port());
    if (here.protocol() != Protocol.UDP) {
      uri = uri.withParam("transport", here.protocol().name().toLowerCase(Locale.ROOT));
    }
    StringBuilder out = new StringBuilder(NameAddr.of(uri).toString());
    out.append(";+sip.instance=\"<").append(instance).append(">\";reg-id=1");
    settings.features().forEach(f -> out.append(';').append(f));
    return out.toString();
  }

  private Registration granted(SipResponse response, Duration asked) {
    Duration life = asked;
    Optional<Uri> gruu = Optional.empty();
    if (response.has(Header.CONTACT)) {
      for (NameAddr contact : response.addresses(Header.CONTACT)) {
        Params params = contact.params();
        if (params.value("+sip.instance").filter(i -> i.equals("<" + instance + ">")).isPresent()) {
          life = params.value("expires").map(ImClient::seconds).orElse(life);
          gruu = params.value("pub-gruu").map(Uri::parse);
        }
      }
    }
    Optional<Duration> flowTimer = response.first(Header.FLOW_TIMER).map(ImClient::seconds);
    return new Registration(life, uris(response, Header.SERVICE_ROUTE), gruu, uris(response, Header.P_ASSOCIATED_URI), flowTimer);
  }

  private static List<Uri> uris(SipResponse response, Header header) {
    return response.has(header) ? response.addresses(header).stream().map(NameAddr::uri).toList() : List.of();
  }

  private static Duration seconds(String text) {
    try {
      return Duration.ofSeconds(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new Malformed("REGISTER response: a time is no number");
    }
  }

  private synchronized void keep(Registration granted) {
    registration = Optional.of(granted);
    retry = RETRY_FIRST;
    stopRefreshing();
    if (open.get() && wanted) {
      // Well before the end, as RFC 5626 section 4.5 wants it for long registrations; never more often than once a second.
      long millis = Math.max(1000, Math.min(granted.expires().toMillis() * 4 / 5, granted.expires().toMillis() - 30_000));
      if (granted.expires().toSeconds() < 60) {
        millis = Math.max(1000, granted.expires().toMillis() / 2);
      }
      refresh = world.clock().after(Duration.ofMillis(millis), () -> world.threads().start("refresh", this::again));
      keepAliveLater();
    }
  }

  /// RFC 5626 section 4.4: at 80 % of what the registrar wants, or as the settings have it.
  private synchronized void keepAliveLater() {
    Duration span = registration.flatMap(Registration::flowTimer).map(t -> t.multipliedBy(4).dividedBy(5)).orElse(settings.keepAlive());
    if (keepAlive != null) {
      keepAlive.cancel();
    }
    if (open.get() && wanted && span.isPositive()) {
      keepAlive =
          world
              .clock()
              .after(
                  span,
                  () -> {
                    stack.keepAlive(settings.server());
                    keepAliveLater();
                  });
    }
  }

  private synchronized void stopRefreshing() {
    if (refresh != null) {
      refresh.cancel();
      refresh = null;
    }
    if (keepAlive != null) {
      keepAlive.cancel();
      keepAlive = null;
    }
  }

  private void again() {
    registering.lock();
    try {
      if (open.get() && wanted) { // and not left while another REGISTER was under way
        keep(bind(settings.expires()));
      }
    } catch (Refused | Unavailable | Malformed e) {
      LOG.info("registration of {} failed: {}", settings.account().address(), e.getMessage());
      againLater();
    } finally {
      registering.unlock();
    }
  }

  private synchronized void againLater() {
    stopRefreshing();
    if (open.get() && wanted) {
      refresh = world.clock().after(retry, () -> world.threads().start("register again", this::again));
      retry = retry.multipliedBy(2).compareTo(RETRY_MOST) > 0 ? RETRY_MOST : retry.multipliedBy(2);
    }
  }

  /// Unregisters where it is registered, lets requests that came in get their answers, and closes. A server that does not answer is left all the same.
  public void leave() {
    if (open.get() && registration.isPresent()) {
      try {
        unregister();
      } catch (Refused | Unavailable | Malformed e) {
        LOG.info("{} could not be unregistered: {}", settings.account().address(), e.getMessage());
      }
    }
    if (open.compareAndSet(true, false)) {
      wanted = false;
      stopRefreshing();
      stack.drain(Deadline.in(LEAVING, world.clock()));
    }
  }

  /// Closes the sockets at once without unregistering, as a phone does that loses its network; [#leave] is the polite way.
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      wanted = false;
      stopRefreshing();
      sessions.close();
      stack.close();
    }
  }

  private static String uuid(World world) {
    byte[] bytes = new byte[16];
    world.chance().fill(bytes);
    bytes[6] = (byte) (bytes[6] & 0x0f | 0x40); // RFC 9562 section 5.4: version 4
    bytes[8] = (byte) (bytes[8] & 0x3f | 0x80);
    String hex = HexFormat.of().formatHex(bytes);
    return hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-" + hex.substring(16, 20) + "-" + hex.substring(20);
  }

  /// What comes in.
  private final class Arrivals implements SipStack.Handler {
    @Override
    public void request(ServerTransaction tx) {
      SipRequest request = tx.request();
      try {
        if (!sessions.arrived(tx)) {
          tx.respond(answer(request));
        }
      } catch (Malformed e) {
        tx.respond(SipResponse.to(request, Status.BAD_REQUEST, String.valueOf(e.getMessage())));
      }
    }

    private SipResponse answer(SipRequest request) {
      return switch (request.method()) {
        case "MESSAGE" -> pager.arrived(request);
        case "OPTIONS" ->
            SipResponse.to(request, Status.OK).with(Header.ALLOW, ALLOW).with(Header.ACCEPT, Pager.ACCEPT).with(Header.ACCEPT_ENCODING, Pager.ENCODINGS);
        case "NOTIFY" -> {
          Watcher watcher = watchers.get(request.callId());
          yield watcher == null ? pager.noticed(request) : watcher.notified(request);
        }
        default -> SipResponse.to(request, Status.METHOD_NOT_ALLOWED).with(Header.ALLOW, ALLOW);
      };
    }

    @Override
    public void ack(SipRequest ack, Flow flow) {
      sessions.acknowledged(ack);
    }

    @Override
    public void closed(Flow flow) {
      InetSocketAddress server = settings.server().address();
      if (wanted && open.get() && flow.remote().equals(server)) {
        againLater(); // the registrar can reach us over this connection only: RFC 5626 section 4.2.1
      }
    }
  }
}
