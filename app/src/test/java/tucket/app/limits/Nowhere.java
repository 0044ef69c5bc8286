// An address where connections neither succeed nor fail.
package tucket.app.limits;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// A listener that accepts nothing and whose queue is full: Linux drops what comes then. Where a system does not, tests with it are skipped.
final class Nowhere implements AutoCloseable {
  private static final int FULL_AFTER = 20;
  private static final int PATIENCE_MS = 500;

  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final List<Socket> queued = new ArrayList<>();

  Nowhere() throws IOException {
    boolean full = false;
    while (!full && queued.size() < FULL_AFTER) {
      Socket socket = new Socket();
      queued.add(socket);
      try {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), PATIENCE_MS);
      } catch (SocketTimeoutException noRoom) {
        full = true;
      }
    }
    Assumptions.assumeTrue(full, "the queue of a listener has no end here");
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : queued) {
      socket.close();
    }
    listener.close();
  }
}
