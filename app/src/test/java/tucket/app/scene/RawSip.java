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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tucket.protocol.sip.SipFramer;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipResponse;

/// Sends one request and waits for its final response. `{server}` stands for the address it is sent to, `{here}` for the own one,
/// `{branch}` and `{id}` for fresh tokens; Content-Length is written where the text does not name one. Sends nothing twice.
final class RawSip {
  private static final int PATIENCE_MILLIS = 30_000;

  private RawSip() {}

  /// A request of which the block has only what matters: the rest is filled in.
  static Block completed(Block block, String transport) {
    String[] start = block.head().getFirst().split(" ");
    Block full = new Block();
    full.add("| " + String.join(" ", start[0], Stage.address(start[1]).toString(), "SIP/2.0"));
    List<String> given = block.head().subList(1, block.head().size());
    List<String> usual = new ArrayList<>(List.of("Via: SIP/2.0/" + transport.toUpperCase(Locale.ROOT) + " {here};branch={branch};rport",
        "From: <sip:alice@tucket.example>;tag={id}", "To: <" + Stage.address(start[1]) + ">", "Call-ID: {id}", "CSeq: 1 " + start[0],
        "Max-Forwards: 70"));
    usual.removeIf(u -> given.stream().anyMatch(g -> name(g).equals(name(u))));
    usual.forEach(u -> full.add("| " + u));
    given.forEach(g -> full.add("| " + g));
    if (block.hasBody()) {
      full.add("|");
      for (String row : block.bodyText().split("\r\n", -1)) {
        full.add("| " + row);
      }
    }
    return full;
  }

  private static String name(String header) {
    return header.substring(0, Math.max(0, header.indexOf(':'))).strip().toLowerCase(Locale.ROOT);
  }

  static Optional<SipResponse> exchange(String transport, InetSocketAddress server, Block block, String token) {
    try {
      return transport.equals("udp") ? datagram(server, block, token) : stream(server, block, token);
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<SipResponse> datagram(InetSocketAddress server, Block block, String token) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      byte[] request = text(block, server, "127.0.0.1:" + socket.getLocalPort(), token);
      socket.send(new DatagramPacket(request, request.length, server));
      byte[] buffer = new byte[65_536];
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        if (new SipReader().read(buffer.clone(), 0, packet.getLength()) instanceof SipResponse response && response.isFinal()) {
          return Optional.of(response);
        }
      }
    }
  }

  private static Optional<SipResponse> stream(InetSocketAddress server, Block block, String token) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(text(block, server, "127.0.0.1:" + socket.getLocalPort(), token));
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

  private static byte[] text(Block block, InetSocketAddress server, String here, String token) {
    StringBuilder out = new StringBuilder(String.join("\r\n", block.head())).append("\r\n");
    boolean length = block.head().stream().anyMatch(h -> h.toLowerCase(Locale.ROOT).matches("(content-length|l)\\s*:.*"));
    if (!length) {
      out.append("Content-Length: ").append(block.body().length).append("\r\n");
    }
    out.append("\r\n").append(block.bodyText());
    return out.toString()
        .replace("{server}", server.getAddress().getHostAddress() + ":" + server.getPort())
        .replace("{here}", here)
        .replace("{branch}", "z9hG4bK" + token)
        .replace("{id}", token)
        .getBytes(StandardCharsets.UTF_8);
  }
}
