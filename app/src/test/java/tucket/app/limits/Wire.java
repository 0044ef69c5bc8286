// SIP by hand over a TCP connection.
package tucket.app.limits;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/// Blocks; for one thread.
final class Wire implements AutoCloseable {
  private final AtomicInteger number = new AtomicInteger();
  private final HandSocket socket;

  Wire(InetSocketAddress server, int receiveBuffer) {
    socket = new HandSocket(server, receiveBuffer);
  }

  /// An OPTIONS that wants no credentials to be refused.
  String options() {
    int n = number.incrementAndGet();
    return "OPTIONS sip:" + LimitsLab.DOMAIN + " SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:" + socket.localPort() + ";branch=z9hG4bK" + n
        + "\r\nMax-Forwards: 70\r\nFrom: <sip:a@" + LimitsLab.DOMAIN + ">;tag=t" + n + "\r\nTo: <sip:" + LimitsLab.DOMAIN + ">\r\nCall-ID: c" + n + "-"
        + socket.localPort() + "\r\nCSeq: " + n + " OPTIONS\r\nContent-Length: 0\r\n\r\n";
  }

  void write(String text) throws IOException {
    socket.write(text);
  }

  /// Sends an OPTIONS and returns the head of the response.
  String ask() throws IOException {
    write(options());
    return head();
  }

  /// The next message's start line and headers; no body is expected.
  String head() throws IOException {
    return socket.readLines(text -> text.endsWith("\r\n\r\n") && !text.isBlank());
  }

  /// Whether the server closes the connection without saying anything more.
  boolean isCut() throws IOException {
    return socket.isCut();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
