// A name server on loopback that knows a few records.
package tucket.app.doctor;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/// Answers over UDP (RFC 1035 section 4). `records` has data by `TYPE name`, such as `33 _sip._udp.im.test` for an SRV record; what it has
/// not is NXDOMAIN.
final class LittleNameServer implements AutoCloseable {
  static final int A = 1;
  static final int SRV = 33;

  private final DatagramSocket socket;
  private final Map<String, byte[]> records;

  LittleNameServer(Map<String, byte[]> records) throws IOException {
    this.records = records;
    socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().start(this::serve);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  static byte[] srv(int port, String target) {
    return bytes(
        out -> {
          out.writeShort(0);
          out.writeShort(0);
          out.writeShort(port);
          name(out, target);
        });
  }

  private void serve() {
    byte[] buffer = new byte[1500];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private byte[] answer(byte[] query) {
    StringBuilder name = new StringBuilder();
    int at = 12;
    for (; query[at] != 0; at += 1 + query[at]) {
      name.append(name.isEmpty() ? "" : ".").append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
    }
    int end = at + 5;
    int type = query[at + 1] << 8 | query[at + 2];
    byte[] data = records.get(type + " " + name);
    return bytes(
        out -> {
          out.write(query, 0, 2);
          out.writeShort(data == null ? 0x8183 : 0x8180);
          out.writeShort(1);
          out.writeShort(data == null ? 0 : 1);
          out.writeInt(0);
          out.write(query, 12, end - 12);
          if (data != null) {
            out.writeShort(0xC00C);
            out.writeShort(type);
            out.writeShort(1);
            out.writeInt(60);
            out.writeShort(data.length);
            out.write(data);
          }
        });
  }

  private static void name(DataOutputStream out, String name) throws IOException {
    for (String label : name.split("\\.")) {
      out.writeByte(label.length());
      out.writeBytes(label);
    }
    out.writeByte(0);
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(Body body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(all)) {
      body.write(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
