// A registrar and relay by UDP that can be told to go wrong.
package tucket.app.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipLimits;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;

/// Answers every MESSAGE itself and sends it on to the flow that its recipient registered over, as `way` says.
final class CrookedServer implements FlowHandler, AutoCloseable {
  enum Way {
    RIGHT,
    LOSES_EVERY_TENTH,
    DOUBLES_EVERY_TENTH,
    SWAPS,
    REFUSES_EVERY_TENTH
  }

  private final SipReader reader = new SipReader(SipLimits.DEFAULT);
  private final Map<String, Flow> registered = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Way way;
  private final Network.Listener listener;
  private final List<SipRequest> held = new ArrayList<>();

  CrookedServer(Network network, Way way) {
    this.way = way;
    listener = network.listen(new Endpoint(Protocol.UDP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), this);
  }

  Endpoint endpoint() {
    return listener.local();
  }

  @Override
  public void received(Flow flow, byte[] data) {
    if (!(reader.read(data, 0, data.length) instanceof SipRequest request)) {
      return;
    }
    if (request.is("REGISTER")) {
      registered.put(((SipUri) request.to().uri()).user(), flow);
      flow.send(SipResponse.to(request, 200).encode());
      return;
    }
    int number = count.incrementAndGet();
    boolean tenth = number % 10 == 0;
    if (tenth && way == Way.REFUSES_EVERY_TENTH) {
      flow.send(SipResponse.to(request, 480).encode());
      return;
    }
    flow.send(SipResponse.to(request, 200).encode());
    if (way == Way.SWAPS) {
      held.add(request);
      if (held.size() == 10) {
        held.reversed().forEach(r -> forward(r, r.callId()));
        held.clear();
      }
    } else if (!(tenth && way == Way.LOSES_EVERY_TENTH)) {
      forward(request, "a" + number);
      if (tenth && way == Way.DOUBLES_EVERY_TENTH) {
        forward(request, "b" + number);
      }
    }
  }

  private void forward(SipRequest request, String branch) {
    Flow to = registered.get(((SipUri) request.uri()).user());
    if (to != null) {
      to.send(request.prepend(Header.VIA, "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK" + branch).encode());
    }
  }


  @Override
  public void close() {
    listener.close();
  }
}
