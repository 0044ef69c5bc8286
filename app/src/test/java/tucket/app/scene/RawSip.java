// Bytes on a socket, as no client would send them.
package tucket.app.scene;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.SipFramer;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipResponse;

/// Sends one request and waits for its final response. `{server}` stands for the address it is sent to, `{here}` for the own one,
/// `{branch}` and `{id}` for fresh tokens; Content-Length is written where the text does not name one.
final class RawSip {
  private static final int PATIENCE_MILLIS = 10_000;

  private RawSip() {}

  static Optional<SipResponse> exchange(String transport, InetSocketAddress server, List<String> lines, String token) {
    try {
      return transport.equals("udp") ? datagram(server, lines, token) : stream(server, lines, token);
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<SipResponse> datagram(InetSocketAddress server, List<String> lines, String token) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      byte[] request = text(lines, server, "127.0.0.1:" + socket.getLocalPort(), token);
      socket.send(new DatagramPacket(request, request.length, server));
      byte[] buffer = new byte[65_536];
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        if (new SipReader().read(buffer, 0, packet.getLength()) instanceof SipResponse response && response.isFinal()) {
          // A copy: the buffer is used again.
          return Optional.of((SipResponse) new SipReader().read(response.encode(), 0, response.encodedLength()));
        }
      }
    }
  }

  private static Optional<SipResponse> stream(InetSocketAddress server, List<String> lines, String token) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(text(lines, server, "127.0.0.1:" + socket.getLocalPort(), token));
      SipFramer framer = new SipFramer();
      byte[] buffer = new byte[8192];
      while (true) {
        int read = socket.getInputStream().read(buffer);
        if (read < 0) {
          return Optional.empty();
        }
        framer.append(java.util.Arrays.copyOf(buffer, read));
        for (Optional<SipFramer.Frame> frame = framer.next(); frame.isPresent(); frame = framer.next()) {
          if (frame.get() instanceof SipFramer.Message(var message) && message instanceof SipResponse response && response.isFinal()) {
            return Optional.of(response);
          }
        }
      }
    }
  }

  private static byte[] text(List<String> lines, InetSocketAddress server, String here, String token) {
    int blank = lines.indexOf("");
    List<String> head = blank < 0 ? lines : lines.subList(0, blank);
    String body = blank < 0 ? "" : String.join("\r\n", lines.subList(blank + 1, lines.size()));
    StringBuilder out = new StringBuilder(String.join("\r\n", head)).append("\r\n");
    boolean length = head.stream().anyMatch(h -> h.toLowerCase(java.util.Locale.ROOT).matches("(content-length|l)\\s*:.*"));
    if (!length) {
      out.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
    }
    out.append("\r\n").append(body);
    return out.toString()
        .replace("{server}", server.getAddress().getHostAddress() + ":" + server.getPort())
        .replace("{here}", here)
        .replace("{branch}", "z9hG4bK" + token)
        .replace("{id}", token)
        .getBytes(StandardCharsets.UTF_8);
  }
}
