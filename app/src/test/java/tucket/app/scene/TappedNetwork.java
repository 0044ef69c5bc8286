// A network that lets a wire see what arrives, and lose what is answered.
package tucket.app.scene;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
import tucket.transport.Protocol;

/// Takes away nothing but the answers of a party whose answers are lost.
record TappedNetwork(Network to, Wire wire) implements Network {
  @Override
  public Listener listen(Endpoint local, FlowHandler handler) {
    Listener listener = to.listen(local, new Tap(handler, wire));
    return new Listener() {
      @Override
      public Endpoint local() {
        return listener.local();
      }

      @Override
      public Flow flowTo(InetSocketAddress remote) {
        return new LossyFlow(listener.flowTo(remote), wire);
      }

      @Override
      public void close() {
        listener.close();
      }
    };
  }

  // MSRP is not what the wire sees

  @Override
  public Listener listenForAny(Endpoint local, FlowHandler handler) {
    return to.listenForAny(local, handler);
  }

  @Override
  public Flow connectToAny(Endpoint remote, FlowHandler handler, Duration within) {
    return to.connectToAny(remote, handler, within);
  }

  @Override
  public Optional<byte[]> certificate() {
    return to.certificate();
  }

  @Override
  public Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within) {
    return new LossyFlow(to.connect(remote, name, new Tap(handler, wire), within), wire);
  }

  /// The network belongs to the stage.
  @Override
  public void close() {}

  /// Two of them are equal where what they stand for is.
  private record LossyFlow(Flow to, Wire wire) implements Flow {
    @Override
    public Protocol protocol() {
      return to.protocol();
    }

    @Override
    public InetSocketAddress local() {
      return to.local();
    }

    @Override
    public InetSocketAddress remote() {
      return to.remote();
    }

    @Override
    public boolean send(byte[] data) {
      boolean response = new String(data, 0, Math.min(8, data.length), StandardCharsets.US_ASCII).startsWith("SIP/2.0 ");
      return wire.losesAnswers() && response || to.send(data);
    }

    @Override
    public boolean isOpen() {
      return to.isOpen();
    }

    @Override
    public String provenName() {
      return to.provenName();
    }

    @Override
    public boolean proves(String domain) {
      return to.proves(domain);
    }

    @Override
    public void reading(boolean on) {
      to.reading(on);
    }

    @Override
    public void close() {
      to.close();
    }
  }

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
      to.opened(new LossyFlow(flow, wire));
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
      to.received(new LossyFlow(flow, wire), data);
    }

    @Override
    public void closed(Flow flow, String why) {
      framers.remove(flow);
      to.closed(new LossyFlow(flow, wire), why);
    }
  }
}
