// What HTTP may take: connections, requests, and time.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpLimitsTest {
  @TempDir private java.nio.file.Path data;
  private LimitsLab lab = new LimitsLab();

  private void lab(String setting) {
    lab.close();
    lab = new LimitsLab("http.listen=\"127.0.0.1:0\"", "data=\"" + data + "\"", setting);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  /// A connection to the admin API.
  private final class Asking implements AutoCloseable {
    private final HandSocket socket = new HandSocket(lab.server.http().orElseThrow());

    void write(String text) throws IOException {
      socket.write(text);
    }

    void get() throws IOException {
      write("GET /health HTTP/1.1\r\nHost: here\r\n\r\n");
    }

    /// The status of the next response, of which everything else is passed over up to its body's first byte.
    int status() throws IOException {
      String head = socket.readLines(text -> text.endsWith("\r\n\r\n"));
      assertThat(head).endsWith("\r\n\r\n");
      socket.skip(head.toLowerCase(java.util.Locale.ROOT).lines().filter(l -> l.startsWith("content-length:"))
          .mapToLong(l -> Long.parseLong(l.substring(15).strip())).findFirst().orElse(0));
      return Integer.parseInt(head.split(" ")[1]);
    }

    boolean isSilent() throws IOException {
      return socket.isSilent();
    }

    boolean isCut() throws IOException {
      return socket.isCut();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Shows("limits.http-connections")
  @Test
  void furtherConnectionsWaitUntilOneIsClosed() throws IOException {
    lab("limits.http-connections=1");
    try (Asking second = second()) {
      second.get();
      assertThat(second.status()).isEqualTo(200);
    }
  }

  /// One that has waited for another to be closed.
  private Asking second() throws IOException {
    try (Asking first = new Asking()) {
      first.get();
      assertThat(first.status()).isEqualTo(200);
      Asking second = new Asking();
      second.get();
      assertThat(second.isSilent()).isTrue();
      return second;
    }
  }

  @Shows("limits.http-requests")
  @Test
  void furtherRequestsAtOnceAreToldToComeLater() throws IOException {
    lab("limits.http-requests=1");
    try (Asking slow = new Asking(); Asking other = new Asking()) {
      slow.write("POST /api/v1/tls/reload HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n1");
      int status = 200;
      for (long end = System.nanoTime() + LimitsLab.SOON.toNanos(); status == 200 && System.nanoTime() < end; ) { // until the slow one has begun
        other.get();
        status = other.status();
      }
      assertThat(status).isEqualTo(503);
    }
  }

  @Shows("limits.http-request-time")
  @Test
  void aHeadThatDoesNotComeIsWaitedForSoLong() throws IOException {
    lab("limits.http-request-time=300ms");
    try (Asking slow = new Asking()) {
      slow.write("GET /health HT");
      assertThat(slow.isCut()).isTrue();
    }
  }

  @Shows("limits.http-request-time")
  @Test
  void aBodyThatDoesNotComeIsWaitedForSoLong() throws IOException {
    lab("limits.http-request-time=300ms");
    try (Asking slow = new Asking()) {
      slow.write("POST /api/v1/tls/reload HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n1");
      assertThat(slow.status()).isEqualTo(408);
    }
  }

  @Test
  void whoHangsUpInTheMiddleOfABodyIsToldSo() throws IOException {
    lab("limits.http-request-time=20s");
    try (Asking half = new Asking()) {
      half.write("POST /api/v1/tls/reload HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n1");
      half.socket.shutdownOutput();
      assertThat(half.status()).isEqualTo(400);
    }
  }

  @Shows("limits.http-idle-time")
  @Test
  void aConnectionOverWhichNothingIsAskedIsKeptForSoLong() throws IOException {
    lab("limits.http-idle-time=300ms");
    try (Asking idle = new Asking()) {
      idle.get();
      assertThat(idle.status()).isEqualTo(200);
      assertThat(idle.isCut()).isTrue();
    }
  }
}
