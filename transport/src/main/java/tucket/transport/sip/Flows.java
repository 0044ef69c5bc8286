// The stack's listeners and connections: finds or opens the flow that a message is to take.
package tucket.transport.sip;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipFramer;
import tucket.protocol.sip.Via;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;

/// Connection reuse in the spirit of RFC 5923: a request to an address takes the open connection to it, whoever opened that; responses go
/// back over the connection of the request. One connection an address is opened, however many want it at once. Thread-safe; only
/// [#towards] and [#back] block.
final class Flows {
  static final int MAX_NAMES = 8;

  private static final byte[] PING = {'\r', '\n', '\r', '\n'};
  private static final int MAX_UDP = 65_000;
  private static final int VIA_ROOM = 100;
  private static final int MAX_FAILED = 4_096;
  private static final long FAILED_FOR = Duration.ofSeconds(30).toNanos();
  private static final int SIP_PORT = 5060;
  private static final int SIPS_PORT = 5061;

  /// An address to try; `name` is the host name that a certificate has to show (RFC 5922), empty where there is none.
  record Hop(Endpoint endpoint, String name) {}

  /// What a connection is found by.
  record Destination(Endpoint endpoint, String name) {}

  /// `hostPort` as a Via writes it.
  private record Listening(Network.Listener listener, Endpoint local, String hostPort) {}

  private final World world;
  private final SipSettings settings;
  private final TimerWheel wheel;
  private final Tally tally;
  private final List<Listening> listening = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<Flow, Connection> connections = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Destination, Flow> open = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Destination, CompletableFuture<Flow>> connecting = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<InetAddress, Integer> perPeer = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Endpoint, Long> failed = new ConcurrentHashMap<>();
  private final AtomicInteger inbound = new AtomicInteger();
  private volatile @Nullable FlowHandler outbound;

  Flows(World world, SipSettings settings, TimerWheel wheel, Tally tally) {
    this.world = world;
    this.settings = settings;
    this.wheel = wheel;
    this.tally = tally;
  }

  SipSettings.Limits limits() {
    return settings.limits();
  }

  /// `handler` hears what connections bring that this side opens.
  void outbound(FlowHandler handler) {
    outbound = handler;
  }

  Endpoint listen(Endpoint local, FlowHandler handler) {
    Network.Listener listener = world.network().listen(local, handler);
    listening.add(new Listening(listener, listener.local(), listener.local().hostPort()));
    return listener.local();
  }

  // ---- what the network tells

  /// A connection has been opened by a peer (`inbound`) or by us. Over a limit it is closed at once.
  Connection opened(Flow flow, boolean isInbound) {
    Connection fresh = new Connection(flow, isInbound, this, new SipFramer(settings.messages()), world.clock().nanos());
    Connection before = connections.putIfAbsent(flow, fresh);
    if (before != null) {
      return before;
    }
    if (isInbound) {
      int all = inbound.incrementAndGet();
      int fromPeer = perPeer.merge(flow.remote().getAddress(), 1, Integer::sum);
      if (all > limits().connections() || fromPeer > limits().connectionsPerPeer()) {
        tally.refused.increment();
        flow.close();
        return fresh;
      }
      name(fresh, new Endpoint(flow.protocol(), flow.remote()), "");
      if (!flow.provenName().isEmpty()) {
        name(fresh, new Endpoint(flow.protocol(), flow.remote()), flow.provenName());
      }
    }
    watch(fresh, world.clock().nanos() + limits().messageWithin().toNanos());
    return fresh;
  }

  Connection connection(Flow flow, boolean isInbound) {
    Connection known = connections.get(flow);
    return known == null ? opened(flow, isInbound) : known;
  }

  void watch(Connection connection, long at) {
    if (connections.get(connection.flow) == connection) {
      wheel.place(connection, at);
    }
  }

  private void name(Connection connection, Endpoint endpoint, String name) {
    Destination destination = new Destination(endpoint, name);
    if (connection.addName(destination)) {
      open.put(destination, connection.flow);
    }
  }

  /// A connection has ended; gives the transactions that waited for something over it.
  List<ClientExchange> closed(Flow flow) {
    Connection connection = connections.remove(flow);
    if (connection == null) {
      return List.of();
    }
    wheel.remove(connection);
    List<ClientExchange> orphans = connection.lost();
    for (Destination name : connection.names()) {
      open.remove(name, flow);
    }
    if (connection.inbound) {
      inbound.decrementAndGet();
      perPeer.computeIfPresent(flow.remote().getAddress(), (peer, count) -> count == 1 ? null : count - 1);
    }
    return orphans;
  }

  /// A request over `flow` asks by `alias` in its Via that requests to its sent-by take this connection (RFC 5923 section 8): granted
  /// where the certificate proves the name, or, where the settings say so, over TCP for the very address that the connection comes from.
  void alias(Via via, Flow flow) {
    Connection connection = connections.get(flow);
    if (connection == null || !connection.inbound) {
      return;
    }
    String host = via.host().toLowerCase(Locale.ROOT);
    boolean proven = flow.protocol().secure() && flow.proves(host);
    boolean sameAddress = settings.aliasOverTcp() && flow.protocol() == Protocol.TCP && isAddress(host, flow);
    if (proven || sameAddress) {
      int port = via.port() < 0 ? defaultPort(flow.protocol()) : via.port();
      name(connection, new Endpoint(flow.protocol(), new InetSocketAddress(flow.remote().getAddress(), port)), proven ? host : "");
    }
  }

  static boolean isAddress(String sentByHost, Flow flow) {
    String address = flow.remote().getAddress().getHostAddress();
    return sentByHost.equalsIgnoreCase(address) || sentByHost.equalsIgnoreCase("[" + address + "]");
  }

  static int defaultPort(Protocol protocol) {
    return protocol.secure() ? SIPS_PORT : SIP_PORT;
  }

  // ---- flows for what is to be sent

  /// Whether [#towards] would find an open flow for a request of that size.
  boolean isReady(Endpoint endpoint, int bytes) {
    if (endpoint.protocol() == Protocol.UDP) {
      return bytes + VIA_ROOM <= settings.datagramLimit() || isOpen(overTcp(endpoint));
    }
    return isOpen(new Destination(endpoint, ""));
  }

  private boolean isOpen(Destination destination) {
    Flow flow = open.get(destination);
    return flow != null && flow.isOpen();
  }

  private static Destination overTcp(Endpoint endpoint) {
    return new Destination(new Endpoint(Protocol.TCP, endpoint.address()), "");
  }

  /// The flow for a request of `bytes` to `hop`; connects where need be, for at most `within` nanoseconds. A large request to a UDP
  /// address goes by TCP, and by UDP all the same where no TCP connection can be had (RFC 3261 section 18.1.1). Throws [Unavailable].
  Flow towards(Hop hop, int bytes, long within) {
    Endpoint endpoint = hop.endpoint();
    if (endpoint.protocol() != Protocol.UDP) {
      return stream(new Destination(endpoint, endpoint.protocol().secure() ? hop.name() : ""), within);
    }
    if (bytes + VIA_ROOM > settings.datagramLimit()) {
      Destination tcp = overTcp(endpoint);
      try {
        if (bytes + VIA_ROOM > MAX_UDP || !hasFailed(tcp.endpoint())) {
          return stream(tcp, within);
        }
      } catch (Unavailable noTcp) {
        if (bytes + VIA_ROOM > MAX_UDP) {
          throw noTcp;
        }
        remember(tcp.endpoint());
      }
    }
    return datagram(endpoint.address());
  }

  /// Sends a double CRLF over the open connection to `endpoint`, on UDP from our socket (RFC 5626 section 4.4.1; a NAT then keeps its way to us
  /// open). A connection over which nothing comes back is closed. False where there is no open connection.
  boolean keepAlive(Endpoint endpoint) {
    if (endpoint.protocol() == Protocol.UDP) {
      return datagram(endpoint.address()).send(PING);
    }
    return open.entrySet().stream().anyMatch(e -> e.getKey().endpoint().equals(endpoint) && ping(e.getValue()));
  }

  private boolean ping(Flow flow) {
    Connection connection = connections.get(flow);
    if (connection != null) {
      connection.pinged(world.clock().nanos());
    }
    return flow.send(PING);
  }

  /// The flow from a UDP socket of ours to `remote`.
  Flow datagram(InetSocketAddress remote) {
    Listening chosen = null;
    for (Listening candidate : listening) {
      InetAddress local = candidate.local.address().getAddress();
      boolean usable = candidate.local.protocol() == Protocol.UDP
          && (local.isAnyLocalAddress() || local.getClass() == remote.getAddress().getClass());
      if (usable && (chosen == null || local.isLoopbackAddress() == remote.getAddress().isLoopbackAddress())) {
        chosen = candidate;
      }
    }
    if (chosen == null) {
      throw new Unavailable("no UDP socket to reach " + remote + ": listen at a UDP address of that family");
    }
    return chosen.listener.flowTo(remote);
  }

  /// The flow to `remote` from the socket that `flow` is on.
  Flow datagramFrom(Flow flow, InetSocketAddress remote) {
    for (Listening candidate : listening) {
      if (candidate.local.protocol() == Protocol.UDP && candidate.local.address().equals(flow.local())) {
        return candidate.listener.flowTo(remote);
      }
    }
    return datagram(remote);
  }

  /// RFC 3261 section 18.2.2 and RFC 3581 section 4: the way back of what came over `flow` is a stream's own connection; by UDP the source address,
  /// and its port where rport asks for it, else the port of sent-by (-1 where it has none). `maddr` is not followed: it would let anybody have our
  /// responses sent to anybody.
  Flow back(Flow flow, boolean asksRport, int sentByPort) {
    if (flow.protocol().reliable() || asksRport) {
      return flow;
    }
    int port = sentByPort < 0 ? defaultPort(flow.protocol()) : sentByPort;
    if (port == flow.remote().getPort() || port == 0) {
      return flow;
    }
    return datagramFrom(flow, new InetSocketAddress(flow.remote().getAddress(), port));
  }

  private Flow stream(Destination to, long within) {
    Flow known = open.get(to);
    if (known != null && known.isOpen()) {
      return known;
    }
    CompletableFuture<Flow> mine = new CompletableFuture<>();
    CompletableFuture<Flow> other = connecting.putIfAbsent(to, mine);
    if (other != null) {
      return await(other);
    }
    try {
      Flow again = open.get(to); // somebody may have been ready just now
      Flow flow = again != null && again.isOpen() ? again : connect(to, within);
      mine.complete(flow);
      return flow;
    } catch (RuntimeException failure) {
      mine.completeExceptionally(failure);
      throw failure;
    } finally {
      connecting.remove(to, mine);
    }
  }

  private static Flow await(CompletableFuture<Flow> other) {
    try {
      return other.join();
    } catch (CompletionException failure) {
      throw new Unavailable(String.valueOf(failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage()), failure);
    }
  }

  private Flow connect(Destination to, long within) {
    FlowHandler handler = outbound;
    if (handler == null) {
      throw new Unavailable("the SIP stack has been closed");
    }
    Duration limit = Duration.ofNanos(Math.min(within, limits().connectWithin().toNanos()));
    Flow flow = world.network().connect(to.endpoint(), to.name(), handler, limit);
    Connection connection = connection(flow, false);
    name(connection, to.endpoint(), to.name());
    if (outbound == null) {
      flow.close(); // the stack was closed meanwhile
    }
    if (!flow.isOpen()) {
      closed(flow);
    }
    return flow;
  }

  /// A flow back to where a request came from, whose own connection is gone (RFC 3261 section 18.2.2): the source address and the port of
  /// sent-by. Blocks.
  Flow back(Flow lost, Via via) {
    int port = via.port() < 0 ? defaultPort(lost.protocol()) : via.port();
    Endpoint endpoint = new Endpoint(lost.protocol(), new InetSocketAddress(lost.remote().getAddress(), port));
    if (hasFailed(endpoint)) {
      throw new Unavailable(endpoint + " did not take a connection a moment ago");
    }
    try {
      return stream(new Destination(endpoint, lost.protocol().secure() ? via.host() : ""), limits().connectWithin().toNanos());
    } catch (Unavailable unreachable) {
      remember(endpoint); // a client behind a NAT, as a rule: the next response need not wait for it
      throw unreachable;
    }
  }

  @Nullable Connection attached(ClientExchange exchange) {
    return exchange.flow.protocol().reliable() ? connections.get(exchange.flow) : null;
  }

  // ---- addresses that failed a moment ago

  void failed(Hop hop) {
    remember(hop.endpoint());
  }

  private void remember(Endpoint endpoint) {
    if (failed.size() >= MAX_FAILED) {
      long now = world.clock().nanos();
      failed.values().removeIf(until -> until - now <= 0);
    }
    if (failed.size() < MAX_FAILED) {
      failed.put(endpoint, world.clock().nanos() + FAILED_FOR);
    }
  }

  private boolean hasFailed(Endpoint endpoint) {
    Long until = failed.get(endpoint);
    if (until != null && until - world.clock().nanos() <= 0) {
      failed.remove(endpoint, until);
      return false;
    }
    return until != null;
  }

  /// Those that failed a moment ago come last: a dead host does not delay every request anew.
  List<Hop> inOrder(List<Hop> hops) {
    if (failed.isEmpty() || hops.size() < 2) {
      return hops;
    }
    List<Hop> good = new ArrayList<>(hops.size());
    List<Hop> bad = new ArrayList<>();
    for (Hop hop : hops) {
      (hasFailed(hop.endpoint()) ? bad : good).add(hop);
    }
    good.addAll(bad);
    return good;
  }

  // ---- our own address

  /// The Via that a request over `flow` begins with: sent-by is where we listen, so that the peer can reach us when the flow is gone.
  String via(Flow flow, String branch) {
    Protocol protocol = flow.protocol();
    String extra = protocol == Protocol.UDP ? ";rport" : protocol == Protocol.TCP || protocol == Protocol.TLS ? ";alias" : "";
    return "SIP/2.0/" + protocol + " " + sentBy(flow) + ";branch=" + branch + extra;
  }

  private String sentBy(Flow flow) {
    InetSocketAddress local = flow.local();
    for (Listening candidate : listening) {
      InetAddress listens = candidate.local.address().getAddress();
      if (candidate.local.protocol() == flow.protocol() && serves(listens, local.getAddress())) {
        if (!settings.sentBy().isEmpty()) {
          return settings.sentBy() + ":" + candidate.local.port();
        }
        return listens.isAnyLocalAddress()
            ? new Endpoint(flow.protocol(), new InetSocketAddress(local.getAddress(), candidate.local.port())).hostPort()
            : candidate.hostPort;
      }
    }
    Endpoint own = new Endpoint(flow.protocol(), local);
    return settings.sentBy().isEmpty() ? own.hostPort() : settings.sentBy() + ":" + own.port();
  }

  private static boolean serves(InetAddress listens, InetAddress used) {
    return listens.isAnyLocalAddress() || listens.equals(used) || used.isAnyLocalAddress();
  }

  // ---- the end

  int connectionCount() {
    return connections.size();
  }

  void close() {
    outbound = null;
    for (Listening one : listening) {
      one.listener.close();
    }
    listening.clear();
    for (Flow flow : connections.keySet()) {
      flow.close();
    }
  }
}
