// A flow handler that keeps all it is told.
package tucket.transport.net;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;

/// Thread-safe.
class Gathering implements FlowHandler {
  final List<Flow> opened = new CopyOnWriteArrayList<>();
  final List<String> closed = new CopyOnWriteArrayList<>();
  final List<Flow> senders = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public void opened(Flow flow) {
    opened.add(flow);
  }

  @Override
  public void received(Flow flow, byte[] data) {
    synchronized (bytes) {
      bytes.writeBytes(data);
    }
    senders.add(flow);
  }

  @Override
  public void closed(Flow flow, String why) {
    closed.add(why);
  }

  byte[] bytes() {
    synchronized (bytes) {
      return bytes.toByteArray();
    }
  }

  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /// One that also sends back what it gets.
  static Gathering echo() {
    return new Gathering() {
      @Override
      public void received(Flow flow, byte[] data) {
        super.received(flow, data);
        flow.send(data);
      }
    };
  }
}
