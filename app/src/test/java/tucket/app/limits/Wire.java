// A TCP connection on which a test writes what it likes.
package tucket.app.limits;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// Blocks; for one thread.
final class Wire implements AutoCloseable {
  private static final int PATIENCE_MS = 20_000; // less than any of the server's own times by default

  private final AtomicInteger number = new AtomicInteger();
  private final Socket socket = new Socket();
  private final InputStream in;

  Wire(InetSocketAddress server, int receiveBuffer) {
    try {
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.connect(server, PATIENCE_MS);
      socket.setSoTimeout(PATIENCE_MS);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// An OPTIONS that wants no credentials to be refused.
  String options() {
    int n = number.incrementAndGet();
    return "OPTIONS sip:" + LimitsLab.DOMAIN + " SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:" + socket.getLocalPort() + ";branch=z9hG4bK" + n
        + "\r\nMax-Forwards: 70\r\nFrom: <sip:a@" + LimitsLab.DOMAIN + ">;tag=t" + n + "\r\nTo: <sip:" + LimitsLab.DOMAIN + ">\r\nCall-ID: c" + n + "-"
        + socket.getLocalPort() + "\r\nCSeq: " + n + " OPTIONS\r\nContent-Length: 0\r\n\r\n";
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// Sends an OPTIONS and returns the head of the response.
  String ask() throws IOException {
    write(options());
    return head();
  }

  /// The next message's start line and headers; no body is expected.
  String head() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (true) {
      int next = in.read();
      if (next < 0) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
      head.write(next);
      String text = head.toString(StandardCharsets.ISO_8859_1);
      if (text.endsWith("\r\n\r\n") && !text.isBlank()) {
        return text;
      }
    }
  }

  /// Whether the server closes the connection without saying anything more.
  boolean isCut() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException silence) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
