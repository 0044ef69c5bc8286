// An MSRP session as it runs.
package tucket.transport.msrp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.msrp.ByteRange;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpResponse;
import tucket.protocol.msrp.MsrpSession;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionEvent;
import tucket.protocol.msrp.SessionOutput;
import tucket.protocol.msrp.SessionSettings;
import tucket.protocol.sdp.Fingerprint;
import tucket.transport.Clock;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Unavailable;

/// Events wait in a mailbox and are worked off by whichever thread finds it idle, so that two sessions which feed each other never hold a lock
/// of one while they wait for the other. What comes before [#start] is kept, up to a bound. Thread-safe.
public final class MsrpEnd {
  private static final Logger LOG = LoggerFactory.getLogger(MsrpEnd.class);
  private static final int TRANSACTION_BYTES = 8;

  private final MsrpStack stack;
  private final MsrpUri uri;
  private final Map<Long, MsrpConnection> connections = new ConcurrentHashMap<>();
  private final Deque<SessionEvent> mailbox = new ArrayDeque<>();
  private final Output output = new Output();
  private @Nullable MsrpSession session;
  private @Nullable MsrpOwner owner;
  private boolean working;
  private boolean over;
  private long early;
  private boolean paused;
  private volatile Optional<RelayClient> relay = Optional.empty();
  private volatile Optional<Fingerprint> expected = Optional.empty();
  private Clock.@Nullable Alarm alarm;

  MsrpEnd(MsrpStack stack, MsrpUri uri) {
    this.stack = stack;
    this.uri = uri;
  }

  /// Our URI of this session.
  public MsrpUri uri() {
    return uri;
  }

  public boolean isOver() {
    synchronized (mailbox) {
      return over;
    }
  }

  /// The fingerprint of the certificate that we show in this session, for the SDP; empty where it is not one of `msrps`, or where peers
  /// connect to a relay.
  public Optional<Fingerprint> fingerprint() {
    return uri.secure() && relay.isEmpty() ? stack.fingerprint() : Optional.empty();
  }

  /// Begins: `remote` is the peer's a=path, `connectTo` where we connect as the active end, empty where the peer does. To be called once.
  public void start(List<MsrpUri> remote, Optional<Peer> connectTo, MsrpOwner by) {
    start(remote, connectTo, Optional.empty(), by);
  }

  /// The same under TLS with a peer whose SDP has told `shown` (RFC 4975 section 14.4): he must show that certificate, whoever connects. Where
  /// nothing is told, or relays stand between (theirs is the connection), who we connect to must be vouched for by an authority, and
  /// who connects to us is known by the session id alone.
  public void start(List<MsrpUri> remote, Optional<Peer> connectTo, Optional<Fingerprint> shown, MsrpOwner by) {
    List<MsrpUri> way = new ArrayList<>(relay.map(RelayClient::usePath).orElse(List.of()));
    way.addAll(remote);
    SessionSettings own = stack.settings().session(uri, way, connectTo.isPresent());
    expected = way.size() > 1 ? Optional.empty() : shown;
    connections.values().forEach(this::dismissWrong);
    synchronized (mailbox) {
      session = new MsrpSession(own, () -> stack.world().chance().token(TRANSACTION_BYTES), stack.world().clock().nanos());
      owner = by;
    }
    if (relay.isPresent()) {
      connectTo.ifPresent(peer -> overRelay(relay.get().connection));
    } else {
      connectTo.ifPresent(peer -> stack.world().threads().start("msrp connect", () -> connect(peer)));
    }
    post(new SessionEvent.Fired()); // sees to the idle timer, and to what came early
  }

  /// Where a peer listens: a numeric address.
  public record Peer(String host, int port, boolean secure) {}

  /// Why that connection may not carry this session; empty where it may.
  Optional<String> objection(Flow flow) {
    if (!uri.secure()) {
      return Optional.empty();
    }
    if (!flow.protocol().secure()) {
      return Optional.of("This session is one of TLS");
    }
    return expected.flatMap(f -> f.isKnown() ? flow.certificate().filter(f::matches).isPresent() ? Optional.empty()
        : Optional.of("The certificate is not that of a=fingerprint") : Optional.of("a=fingerprint is by an unknown hash function: " + f.hash()));
  }

  /// What came before the session began could not be judged then.
  private void dismissWrong(MsrpConnection connection) {
    Optional<String> why = objection(connection.flow);
    if (why.isEmpty()) {
      return;
    }
    Optional<MsrpRequest> first = Optional.empty();
    synchronized (mailbox) {
      for (SessionEvent event : mailbox) {
        if (first.isEmpty() && event instanceof SessionEvent.Head head && head.connection() == connection.number) {
          first = Optional.of(head.head());
        }
      }
      mailbox.removeIf(e -> isOf(connection.number, e));
    }
    connections.remove(connection.number);
    connection.refuse(first, why.get());
  }

  private static boolean isOf(long connection, SessionEvent event) {
    return switch (event) {
      case SessionEvent.Head e -> e.connection() == connection;
      case SessionEvent.Body e -> e.connection() == connection;
      case SessionEvent.End e -> e.connection() == connection;
      case SessionEvent.Lost e -> e.connection() == connection;
      default -> false;
    };
  }

  private void overRelay(MsrpConnection standing) {
    post(new SessionEvent.Connected(standing.number));
    if (!standing.flow.isOpen()) {
      post(new SessionEvent.Lost(standing.number));
    }
  }

  private void connect(Peer peer) {
    try {
      Endpoint to = MsrpStack.endpoint(peer.host(), peer.port(), peer.secure());
      MsrpConnection connection = stack.connect(to, this);
      Optional<String> why = objection(connection.flow);
      if (why.isEmpty() && peer.secure() && expected.isEmpty() && !connection.flow.provesHost(peer.host())) {
        why = Optional.of("No trusted authority vouches for the certificate of " + peer.host() + ", and the SDP has no a=fingerprint");
      }
      if (why.isPresent()) {
        connection.refuse(Optional.empty(), why.get());
        throw new Unavailable(why.get());
      }
      if (!post(new SessionEvent.Connected(connection.number))) {
        connection.released(this); // the session ended meanwhile, and nobody else would close it
      } else if (!connection.flow.isOpen()) {
        post(new SessionEvent.Lost(connection.number));
      }
    } catch (Unavailable unreachable) {
      LOG.info("event=msrp_unreachable peer={}:{} why=\"{}\"", peer.host(), peer.port(), unreachable.getMessage());
      post(new SessionEvent.Connected(0));
      post(new SessionEvent.Lost(0));
    }
  }

  /// Queues a message; its fate is told to the owner.
  public void send(OutgoingMessage message) {
    if (!post(new SessionEvent.Submit(message))) {
      MsrpOwner by = owner;
      if (by != null) {
        by.failed(message.messageId(), new SessionOutput.Failure(SessionOutput.Failure.Why.LOST, 0));
      }
    }
  }

  /// Answers a message that was handed to the owner: 200 once it is safe, else the status that tells why not.
  public void settle(long ticket, int status) {
    post(new SessionEvent.Verdict(ticket, status));
  }

  /// The same, but the success report that the peer may have asked for comes with [#report].
  public void settleForNow(long ticket, int status) {
    post(new SessionEvent.Verdict(ticket, status, true));
  }

  /// What the receiver of a message says that we only pass on.
  public void report(long ticket, int status) {
    post(new SessionEvent.Report(ticket, status));
  }

  /// Ends the session; without effect on one that has ended.
  public void stop() {
    synchronized (mailbox) {
      if (session == null) {
        over = true;
      }
    }
    if (!post(new SessionEvent.Stop())) {
      release();
    }
  }

  /// The path by which peers reach this session, for the SDP: its own URI, or those of the relay before it (RFC 4976 section 5.1).
  public List<MsrpUri> path() {
    return relay.map(RelayClient::path).orElse(List.of(uri));
  }

  /// Asks a relay to act for this session, before [#start]; blocks. Peers are then told [#path], and what is sent goes by way of it. [Unavailable]
  /// where the relay can't be reached or refuses.
  public void useRelay(MsrpUri at, RelayLogin login) {
    String host = at.host().replaceAll("[\\[\\]]", "");
    MsrpConnection connection = stack.connect(MsrpStack.endpoint(host, at.portOrDefault(), at.secure()));
    if (at.secure() && !connection.flow.provesHost(host)) {
      connection.refuse(Optional.empty(), "No trusted authority vouches for the certificate of the relay " + host);
      throw new Unavailable("No trusted authority vouches for the certificate of the relay " + host);
    }
    connection.add(this);
    RelayClient asked = new RelayClient(stack, connection, uri);
    relay = Optional.of(asked);
    asked.authenticate(at, login);
  }

  void answered(MsrpResponse response) {
    if (relay.filter(r -> r.answered(response)).isEmpty()) {
      post(new SessionEvent.Answered(response));
    }
  }

  /// Whether so many events wait for the session to begin; for tests.
  boolean hasEarly(int events) {
    synchronized (mailbox) {
      return mailbox.size() >= events;
    }
  }

  void over(MsrpConnection connection) {
    connections.put(connection.number, connection);
  }

  /// A piece of a body, which is good during the call only.
  void body(long connection, byte[] data, int from, int to) {
    synchronized (mailbox) {
      if (over) {
        return;
      }
      if (session == null || working || !mailbox.isEmpty()) {
        early += session == null ? to - from : 0;
        byte[] copy = Arrays.copyOfRange(data, from, to);
        mailbox.add(new SessionEvent.Body(connection, copy, 0, copy.length));
        if (early > stack.settings().bounds().earlyBytes()) {
          Optional.ofNullable(connections.get(connection)).ifPresent(c -> c.flow.close());
        }
        return;
      }
      working = true;
      mailbox.add(new SessionEvent.Body(connection, data, from, to));
    }
    work();
  }

  /// Takes an event; false where the session is over.
  boolean post(SessionEvent event) {
    synchronized (mailbox) {
      if (over) {
        return false;
      }
      mailbox.add(event);
      if (working || session == null) {
        return true;
      }
      working = true;
    }
    work();
    return true;
  }

  private void work() {
    while (true) {
      SessionEvent event;
      MsrpSession running;
      synchronized (mailbox) {
        event = mailbox.poll();
        running = session;
        if (event == null || running == null) {
          working = false;
          return;
        }
      }
      try {
        running.on(event, stack.world().clock().nanos(), output);
        backPressure(running);
      } catch (RuntimeException bug) {
        LOG.error("event=msrp_session_failed session={}", uri.sessionId(), bug); // ours: the event thread must live on
      }
    }
  }

  /// RFC 4975 knows no window for the receiver: what is not decided stops the reading.
  private void backPressure(MsrpSession running) {
    if (running.isSaturated() != paused) {
      paused = running.isSaturated();
      connections.values().forEach(c -> c.pause(this, paused));
    }
  }

  private void release() {
    stack.remove(this);
    connections.values().forEach(c -> c.released(this));
    connections.clear();
  }

  private MsrpOwner owner() {
    return java.util.Objects.requireNonNull(owner);
  }

  /// Called by the session while an event is handled.
  private final class Output implements SessionOutput {
    @Override
    public void transmit(long connection, byte[] data) {
      MsrpConnection to = connections.get(connection);
      if (to != null) {
        to.flow.send(data);
      }
    }

    @Override
    public void deliver(IncomingMessage message, long ticket) {
      owner().message(message, ticket);
    }

    @Override
    public void reported(String messageId, int status, ByteRange range) {
      boolean whole = range.total().isEmpty() || range.end().orElse(Long.MAX_VALUE) >= range.total().getAsLong();
      owner().reported(messageId, status, whole);
    }

    @Override
    public void accepted(String messageId) {
      owner().accepted(messageId);
    }

    @Override
    public void failed(String messageId, Failure failure) {
      owner().failed(messageId, failure);
    }

    @Override
    public void schedule(long atNanos) {
      if (alarm != null) {
        alarm.cancel();
      }
      Duration in = Duration.ofNanos(Math.max(0, atNanos - stack.world().clock().nanos()));
      alarm = stack.world().clock().after(in, () -> post(new SessionEvent.Fired()));
    }

    @Override
    public void ended(Ending ending) {
      synchronized (mailbox) {
        over = true;
        mailbox.clear();
      }
      if (alarm != null) {
        alarm.cancel();
      }
      release();
      owner().ended(ending);
    }
  }
}
