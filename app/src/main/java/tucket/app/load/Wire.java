// A connection or UDP socket that devices of the load generator share.
package tucket.app.load;

import org.jspecify.annotations.Nullable;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;

/// Hands whole messages to the load; lays out the requests that leave here when the first does.
final class Wire implements FlowHandler {
  private final Load load;
  private final Frames frames = new Frames();
  private final boolean datagrams;
  private @Nullable Flow flow;
  private Network.@Nullable Listener listener;
  private @Nullable Template message;
  private @Nullable Template notification;
  private String here = "";

  Wire(Load load, boolean datagrams) {
    this.load = load;
    this.datagrams = datagrams;
  }

  void use(Flow opened, Network.@Nullable Listener socket) {
    flow = opened;
    listener = socket;
    Protocol protocol = datagrams ? Protocol.UDP : opened.protocol();
    here = new Endpoint(protocol, socket == null ? opened.local() : socket.local().address()).hostPort();
  }

  /// Host and port here.
  String here() {
    return here;
  }

  boolean isDatagram() {
    return datagrams;
  }

  boolean send(byte[] data) {
    Flow open = flow;
    return open != null && open.send(data);
  }

  Template message(Layout layout) {
    Template known = message;
    if (known == null) {
      known = layout.message(here);
      message = known;
    }
    return known;
  }

  Template notification(Layout layout) {
    Template known = notification;
    if (known == null) {
      known = layout.notification(here);
      notification = known;
    }
    return known;
  }

  @Override
  public void received(Flow from, byte[] data) {
    if (datagrams) {
      load.received(this, data, 0, data.length);
    } else {
      frames.feed(data, (in, at, to) -> load.received(this, in, at, to));
    }
  }

  @Override
  public void closed(Flow closed, String why) {
    load.cut();
  }

  void close() {
    if (listener != null) {
      listener.close();
    } else if (flow != null) {
      flow.close();
    }
  }
}
