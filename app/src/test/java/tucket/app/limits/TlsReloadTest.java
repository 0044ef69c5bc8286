// New certificates for a server that runs.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.Main;
import tucket.app.admin.AdminClient;
import tucket.app.admin.AdminToken;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.TlsSettings;

class TlsReloadTest {
  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir Path folder = Path.of("");

  /// Trusts whatever it is shown: the test looks at the certificate itself.
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static SSLSocket connect(LimitsLab lab) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {new Anybody()}, null);
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), lab.at(Protocol.TLS).port());
    socket.setSoTimeout(30_000);
    socket.startHandshake();
    return socket;
  }

  private static String serial(SSLSocket socket) throws Exception {
    return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber().toString();
  }

  private static String shown(LimitsLab lab) throws Exception {
    try (SSLSocket socket = connect(lab)) {
      return serial(socket);
    }
  }

  private static void replace(TlsSettings.Identity old, TlsSettings.Identity by) throws Exception {
    Files.copy(by.certificateChain(), old.certificateChain(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(by.privateKey(), old.privateKey(), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void aRunningServerTakesNewCertificatesAndKeepsItsConnections() throws Exception {
    TlsSettings.Identity first = SelfSigned.make(folder.resolve("one"), List.of(LimitsLab.DOMAIN), YEAR);
    TlsSettings.Identity second = SelfSigned.make(folder.resolve("two"), List.of(LimitsLab.DOMAIN), YEAR);
    String[] settings = {
      "sip.listen=[\"tls:127.0.0.1:0\"]", "http.listen=\"127.0.0.1:0\"", "data=\"" + folder.resolve("data") + "\"",
      "sip.tls.certificate=\"" + first.certificateChain() + "\"", "sip.tls.key=\"" + first.privateKey() + "\""
    };
    try (LimitsLab lab = new LimitsLab(settings); SSLSocket before = connect(lab)) {
      String old = serial(before);
      replace(first, second);
      assertThat(shown(lab)).isEqualTo(old); // nobody has said so yet
      var http = lab.server.http().orElseThrow();
      int code = Main.run(
          "reload", "--set", "http.listen=\"127.0.0.1:" + http.getPort() + "\"", "--set", "data=\"" + folder.resolve("data") + "\"");
      assertThat(code).isZero();
      String fresh = shown(lab);
      assertThat(fresh).isNotEqualTo(old);
      before.getOutputStream().write("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      before.getOutputStream().flush();
      assertThat(before.getInputStream().readNBytes(2)).isEqualTo("\r\n".getBytes(StandardCharsets.US_ASCII));

      Files.writeString(first.privateKey(), "no key at all");
      AdminToken token = AdminToken.find(folder.resolve("data")).orElseThrow();
      try (AdminClient admin = new AdminClient(http, token)) {
        assertThatThrownBy(admin::reloadTls).isInstanceOf(Unavailable.class).hasMessageContaining(first.privateKey().toString());
      }
      assertThat(shown(lab)).isEqualTo(fresh); // what is no good changes nothing
    }
  }
}
