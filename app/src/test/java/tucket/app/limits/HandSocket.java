// A TCP connection by hand.
package tucket.app.limits;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.function.Predicate;

/// What is written and read is octets, as characters of ISO 8859-1. Blocks; for one thread.
final class HandSocket implements AutoCloseable {
  private static final int PATIENCE_MS = 20_000; // less than any of the server's own times by default
  private static final int A_WHILE_MS = 500;

  private final Socket socket = new Socket();
  private final InputStream in;

  HandSocket(InetSocketAddress server) {
    this(server, 0);
  }

  /// `receiveBuffer` in bytes; 0 for what the system gives.
  HandSocket(InetSocketAddress server, int receiveBuffer) {
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

  int localPort() {
    return socket.getLocalPort();
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// Says that nothing more comes from here.
  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /// What comes until that is `whole`, which is asked at the end of each line; what has come of it at the end of the stream.
  String readLines(Predicate<String> whole) throws IOException {
    StringBuilder got = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      got.append((char) c);
      if (c == '\n' && whole.test(got.toString())) {
        break;
      }
    }
    return got.toString();
  }

  void skip(long bytes) throws IOException {
    in.skipNBytes(bytes);
  }

  /// Whether nothing comes for a while.
  boolean isSilent() throws IOException {
    socket.setSoTimeout(A_WHILE_MS);
    try {
      in.mark(1);
      in.read();
      in.reset();
      return false;
    } catch (SocketTimeoutException nothing) {
      return true;
    } finally {
      socket.setSoTimeout(PATIENCE_MS);
    }
  }

  /// Whether the server closes the connection before anything more comes.
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
