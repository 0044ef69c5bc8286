// A network that lets a wire see what arrives.
package tucket.app.scene;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.Malformed;
import tucket.protocol.sip.SipFramer;
import tucket.protocol.sip.SipReader;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;

/// Adds nothing and takes nothing away.
record TappedNetwork(Network to, Wire wire) implements Network {
  @Override
  public Listener listen(Endpoint local, FlowHandler handler) {
    return to.listen(local, new Tap(handler, wire));
  }

  @Override
  public Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within) {
    return to.connect(remote, name, new Tap(handler, wire), within);
  }

  /// The network belongs to the stage.
  @Override
  public void close() {}

  private static final class Tap implements FlowHandler {
    private final FlowHandler to;
    private final Wire wire;
    private final Map<Flow, SipFramer> framers = new ConcurrentHashMap<>();

    Tap(FlowHandler to, Wire wire) {
      this.to = to;
      this.wire = wire;
    }

    @Override
    public void opened(Flow flow) {
      to.opened(flow);
    }

    @Override
    public void received(Flow flow, byte[] data) {
      try {
        if (flow.protocol().reliable()) {
          SipFramer framer = framers.computeIfAbsent(flow, f -> new SipFramer());
          framer.append(data.clone());
          for (Optional<SipFramer.Frame> frame = framer.next(); frame.isPresent(); frame = framer.next()) {
            if (frame.get() instanceof SipFramer.Message(var message)) {
              wire.arrived(message);
            }
          }
        } else {
          wire.arrived(new SipReader().read(data.clone(), 0, data.length));
        }
      } catch (Malformed keepAlive) {
        framers.remove(flow);
      }
      to.received(flow, data);
    }

    @Override
    public void closed(Flow flow, String why) {
      framers.remove(flow);
      to.closed(flow, why);
    }
  }
}
