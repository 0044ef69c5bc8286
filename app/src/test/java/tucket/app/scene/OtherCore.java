// The SIP core of somebody else, with our server behind it.
package tucket.app.scene;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// An S-CSCF as the server sees it (ISC): it knows neither users nor filter criteria, the scene says what it sends and answers.
final class OtherCore implements SipStack.Handler, AutoCloseable {
  final Wire wire = new Wire();
  private final World world;
  private final SipStack stack;
  private final Endpoint here;
  private volatile int answer = 200;

  OtherCore(World world) {
    this.world = new World(world.clock(), new TappedNetwork(world.network(), wire), world.chance(), world.threads());
    this.stack = new SipStack(this.world, SipSettings.DEFAULT, uri -> {
      throw new Unavailable("the core sends to the server alone");
    }, this);
    this.here = stack.listen(new Endpoint(Protocol.UDP, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)));
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
    tx.respond(SipResponse.to(tx.request(), answer));
  }

  @Override
  public void close() {
    stack.close();
  }
}
