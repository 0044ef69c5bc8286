// The SIP core of somebody else, with our server behind it.
package tucket.app.scene;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// An S-CSCF as the server sees it (ISC): it knows neither users nor filter criteria, the scene says what it sends and answers. Only subscriptions to what it
/// [#leads] to go through it, and their NOTIFYs back.
final class OtherCore implements SipStack.Handler, AutoCloseable {
  /// The address of the XDMSs in that network.
  static final SipUri XDMS = SipUri.of("documents", "xdms.tucket.example");

  final Wire wire = new Wire();
  private final World world;
  private final SipStack stack;
  private final Endpoint here;
  private final Map<SipUri, Endpoint> places = new ConcurrentHashMap<>();
  private volatile int answer = 200;

  OtherCore(World world) {
    this.world = new World(world.clock(), new TappedNetwork(world.network(), wire), world.chance(), world.threads());
    this.stack = new SipStack(this.world, SipSettings.DEFAULT, uri -> {
      throw new Unavailable("the core sends to the server alone");
    }, this);
    this.here = listen();
  }

  /// UDP, and TCP on the same port for what is large; somebody else may be faster to take a port that was free.
  private Endpoint listen() {
    for (int i = 0; ; i++) {
      InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Site.freePort());
      try {
        stack.listen(new Endpoint(Protocol.TCP, at));
        return stack.listen(new Endpoint(Protocol.UDP, at));
      } catch (Unavailable taken) {
        if (i == 20) {
          throw taken;
        }
      }
    }
  }

  /// A service of the network is there.
  void leads(SipUri service, Endpoint at) {
    places.put(service, at);
  }

  int port() {
    return here.port();
  }

  void answers(int status) {
    answer = status;
  }

  Optional<SipResponse> request(SipRequest request, Endpoint server) {
    return Optional.of(stack.send(request, new Target.To(server), Deadline.in(Stage.PATIENCE, world.clock())).asResponse(request));
  }

  @Override
  public void request(ServerTransaction tx) {
    Optional<Endpoint> next = next(tx.request());
    if (next.isPresent()) {
      world.threads().start("proxy", () -> pass(tx, next.get()));
    } else {
      tx.respond(SipResponse.to(tx.request(), answer));
    }
  }

  private Optional<Endpoint> next(SipRequest request) {
    if (places.isEmpty() || !(request.uri() instanceof SipUri uri) || !request.is("SUBSCRIBE") && !request.is("NOTIFY")) {
      return Optional.empty();
    }
    if (request.to().tag().isEmpty()) {
      return Optional.ofNullable(places.get(uri));
    }
    boolean server = uri.host().equals("127.0.0.1"); // clients are not really there
    Protocol protocol = uri.transport().filter("tcp"::equals).isPresent() ? Protocol.TCP : Protocol.UDP;
    return server ? Optional.of(new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral(uri.host()), uri.port()))) : Optional.empty();
  }

  // RFC 3261 section 16.6: a proxy that stays in the path
  private void pass(ServerTransaction tx, Endpoint to) {
    SipRequest request = tx.request();
    Edit edit = request.edit().with(Header.MAX_FORWARDS, "60").without(Header.ROUTE);
    if (request.to().tag().isEmpty()) {
      edit.append(Header.RECORD_ROUTE, "<sip:127.0.0.1:" + here.port() + ";lr>");
    }
    tx.respond(stack.send(edit.request(), new Target.To(to), Deadline.in(Stage.PATIENCE, world.clock())).asResponse(request));
  }

  @Override
  public void close() {
    stack.close();
  }
}
