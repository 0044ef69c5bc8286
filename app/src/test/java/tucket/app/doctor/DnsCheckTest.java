// What the DNS says about our domain: nothing, something else, or the right thing.
package tucket.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.app.doctor.LittleNameServer.A;
import static tucket.app.doctor.LittleNameServer.SRV;
import static tucket.app.doctor.LittleNameServer.srv;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.doctor.Finding.Level;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class DnsCheckTest {
  private static final String DOMAIN = "im.tucket-test.org";
  private static final byte[] HERE = {127, 0, 0, 1};
  private static final byte[] ELSEWHERE = {(byte) 192, 0, 2, 77};

  @TempDir Path data = Path.of("");
  private final SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));

  @AfterEach
  void close() {
    system.close();
  }

  @Test
  void aServerOnLoopbackNeedsNoDns() {
    assertThat(Patient.look(check(List.of()), Patient.config(data))).extracting(Finding::level).containsExactly(Level.OK);
  }

  @Test
  void recordsThatLeadHereAreFine() throws IOException {
    List<Finding> found = look(Map.of(SRV + " _sip._udp." + DOMAIN, srv(5060, "a." + DOMAIN), A + " a." + DOMAIN, HERE));
    assertThat(found).extracting(Finding::level).containsOnly(Level.OK);
    assertThat(found).extracting(Finding::what).anyMatch(w -> w.contains("leads to udp:127.0.0.1:5060, which is here"));
  }

  @Test
  void recordsThatLeadElsewhereAreWarnedOf() throws IOException {
    List<Finding> found = look(Map.of(SRV + " _sip._udp." + DOMAIN, srv(5060, "a." + DOMAIN), A + " a." + DOMAIN, ELSEWHERE));
    assertThat(Patient.of(found, Level.WARNING))
        .extracting(Finding::what)
        .containsExactly("sip:" + DOMAIN + " leads to udp:192.0.2.77:5060, no address of this machine");
  }

  @Test
  void aRecordForAPortThatIsNotServedIsWarnedOf() throws IOException {
    List<Finding> found = look(Map.of(SRV + " _sip._tcp." + DOMAIN, srv(5062, "a." + DOMAIN), A + " a." + DOMAIN, HERE));
    assertThat(Patient.of(found, Level.WARNING)).extracting(Finding::what).anyMatch(w -> w.contains("tcp port 5062"));
  }

  @Test
  void aDomainThatTheDnsDoesNotKnowIsAProblem() throws IOException {
    List<Finding> found = look(Map.of());
    assertThat(Patient.of(found, Level.PROBLEM)).singleElement().satisfies(f -> assertThat(f.remedy()).contains("_sip._udp." + DOMAIN + ". SRV"));
  }

  @Test
  void aNameServerThatIsSilentIsAProblem() throws IOException {
    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      List<Finding> found = look(List.of((InetSocketAddress) silent.getLocalSocketAddress()));
      assertThat(found).extracting(Finding::level).containsExactly(Level.PROBLEM);
      assertThat(found.getFirst().what()).contains("does not answer");
    }
  }

  @Test
  void nameServersAreReadFromTheMachine(@TempDir Path root) throws IOException {
    Path file = Files.createDirectory(root.resolve("etc")).resolve("resolv.conf");
    Files.writeString(file, "# by hand\nsearch a.example\nnameserver 192.0.2.53\nnameserver ::1\n");
    assertThat(DnsCheck.nameServers(new Machine(root))).extracting(s -> s.getAddress().getHostAddress()).containsExactly("192.0.2.53", "0:0:0:0:0:0:0:1");
  }

  private List<Finding> look(Map<String, byte[]> records) throws IOException {
    try (LittleNameServer server = new LittleNameServer(records)) {
      return look(List.of(server.address()));
    }
  }

  private List<Finding> look(List<InetSocketAddress> servers) {
    return Patient.look(check(servers), Patient.config(data, "domain=" + DOMAIN, "sip.listen=[\"udp:0.0.0.0:5060\"]", "msrp.listen=[]", "lab.users=false"));
  }

  private DnsCheck check(List<InetSocketAddress> servers) {
    return new DnsCheck(system.world(), servers);
  }
}
