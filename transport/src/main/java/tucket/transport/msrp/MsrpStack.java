// MSRP on sockets: listens, connects, and brings each request and response to its session.
package tucket.transport.msrp;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.sdp.Fingerprint;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Unavailable;
import tucket.transport.World;

/// Sessions are found by their id alone, whatever host and port a peer writes; the id has 128 random bits and is the only key to a session
/// (RFC 4975 section 14.1). Several may share a connection. Thread-safe.
public final class MsrpStack implements AutoCloseable {
  private static final int ID_BYTES = 16;

  private final World world;
  private final MsrpSettings settings;
  private final Map<String, MsrpEnd> ends = new ConcurrentHashMap<>();
  private final Map<Flow, MsrpConnection> connections = new ConcurrentHashMap<>();
  private final Map<Endpoint, Sharing> shared = new ConcurrentHashMap<>();
  private final List<Network.Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Optional<MsrpRelay> relay = Optional.empty();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final FlowHandler handler = new FlowHandler() {
    @Override
    public void received(Flow flow, byte[] data) {
      connection(flow).received(data);
    }

    @Override
    public void closed(Flow flow, String why) {
      MsrpConnection gone = connections.remove(flow);
      if (gone != null) {
        gone.lost();
      }
    }
  };

  /// The connection to one peer that was opened last.
  private static final class Sharing {
    final ReentrantLock lock = new ReentrantLock();
    @Nullable MsrpConnection last;
  }

  public MsrpStack(World world, MsrpSettings settings) {
    this.world = world;
    this.settings = settings;
  }

  World world() {
    return world;
  }

  public MsrpSettings settings() {
    return settings;
  }

  /// Listens for TCP or TLS at `local` and returns where it really listens (port 0: any free port). [Unavailable] where it can't. Whose
  /// certificate counts is judged for each session, see [MsrpEnd#start].
  public Endpoint listen(Endpoint local) {
    Network.Listener listener = world.network().listenForAny(local, handler);
    listeners.add(listener);
    return listener.local();
  }

  /// Where we listen for plain TCP (or for TLS); empty where we do not.
  public Optional<Endpoint> listening(boolean secure) {
    return listeners.stream().map(Network.Listener::local).filter(e -> e.protocol().secure() == secure).findFirst();
  }

  /// Takes on the relay role for those users (RFC 4976): to be called before [#listen].
  public void relay(RelaySettings how, RelayUsers users) {
    relay = Optional.of(new MsrpRelay(this, how, users));
  }

  Optional<MsrpRelay> relay() {
    return relay;
  }

  /// How many paths the relay has handed out.
  public int relayed() {
    return relay.map(MsrpRelay::size).orElse(0);
  }

  /// Whether a relay may connect there for a client: where this machine is meant, only to where it listens itself, or where it listens for nobody else.
  boolean mayReach(Endpoint to) {
    List<Endpoint> own = listeners.stream().map(Network.Listener::local).toList();
    return !RelayHop.isInner(to.address().getAddress()) || own.contains(to)
        || own.stream().allMatch(e -> e.address().getAddress().isLoopbackAddress()) && to.address().getAddress().isLoopbackAddress();
  }

  /// The fingerprint of the certificate that we show under TLS.
  Optional<Fingerprint> fingerprint() {
    return world.network().certificate().map(c -> Fingerprint.of(Fingerprint.SHA_256, c));
  }

  /// A new session, whose URI can be told to the peer; it begins with [MsrpEnd#start]. [Unavailable] where too many run or nobody listens.
  public MsrpEnd open(boolean secure) {
    if (closed.get() || ends.size() >= settings.bounds().sessions()) {
      throw new Unavailable("too many MSRP sessions at once (" + settings.bounds().sessions() + ")");
    }
    Endpoint here = listening(secure)
        .orElseThrow(() -> new Unavailable("no MSRP listener for " + (secure ? "TLS" : "TCP") + ": set msrp.listen"));
    String host = settings.advertise().isEmpty() ? here.host() : settings.advertise();
    MsrpEnd end = new MsrpEnd(this, MsrpUri.of(secure, host, here.port(), world.chance().token(ID_BYTES)));
    ends.put(end.uri().sessionId(), end);
    return end;
  }

  Optional<MsrpEnd> find(String sessionId) {
    return Optional.ofNullable(ends.get(sessionId));
  }

  void remove(MsrpEnd end) {
    ends.remove(end.uri().sessionId(), end);
  }

  MsrpConnection connection(Flow flow) {
    return connections.computeIfAbsent(flow, f -> new MsrpConnection(this, f, numbers.incrementAndGet()));
  }

  /// Connects that session, or lets it share a connection that stands (RFC 4975 section 5.4); blocks.
  MsrpConnection connect(Endpoint to, MsrpEnd end) {
    if (settings.share() < 2) {
      MsrpConnection own = connect(to);
      own.add(end);
      return own;
    }
    Sharing sharing = shared.computeIfAbsent(to, t -> new Sharing());
    sharing.lock.lock();
    try {
      MsrpConnection standing = sharing.last;
      if (standing == null || !standing.flow.isOpen() || standing.sessions() >= settings.share()) {
        standing = connect(to);
        sharing.last = standing;
      }
      standing.add(end);
      return standing;
    } finally {
      sharing.lock.unlock();
    }
  }

  MsrpConnection connect(Endpoint to) {
    Flow flow = world.network().connectToAny(to, handler, settings.times().connect());
    MsrpConnection connection = connection(flow);
    if (!flow.isOpen()) {
      connections.remove(flow, connection);
    }
    return connection;
  }

  /// An endpoint for that host, which must be a numeric address.
  static Endpoint endpoint(String host, int port, boolean secure) {
    try {
      return new Endpoint(secure ? tucket.transport.Protocol.TLS : tucket.transport.Protocol.TCP,
          new InetSocketAddress(java.net.InetAddress.ofLiteral(host), port));
    } catch (IllegalArgumentException name) {
      throw new Unavailable("MSRP peer is not named by a numeric address: " + host, name);
    }
  }

  /// How many sessions there are.
  public int size() {
    return ends.size();
  }

  /// Ends all sessions and closes all connections. Idempotent.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      listeners.forEach(Network.Listener::close);
      ends.values().forEach(MsrpEnd::stop);
      connections.keySet().forEach(Flow::close);
    }
  }
}
