// What one address, and all connections together, may take; and that whoever is slow or dead holds up nobody else.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.client.ImClient;
import tucket.client.Refused;
import tucket.transport.Protocol;

class ConnectionLimitsTest {
  private LimitsLab lab = new LimitsLab();

  private LimitsLab lab(String... settings) {
    lab.close();
    lab = new LimitsLab(settings);
    return lab;
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"limits.connections=10", "limits.connections-from-one-address=10"})
  void furtherConnectionsAreClosedAtOnce(String setting) throws IOException {
    lab(setting);
    List<Wire> wires = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      wires.add(lab.wire());
      assertThat(wires.getLast().ask()).startsWith("SIP/2.0 ");
    }
    assertThat(lab.wire().isCut()).isTrue();
    for (Wire wire : wires) {
      assertThat(wire.ask()).startsWith("SIP/2.0 ");
    }
  }

  @Test
  void oneAddressMaySendSoManyRequestsASecond() throws IOException {
    Wire wire = lab("limits.requests-a-second-from-one-address=1", "limits.unlimited-addresses=[]").wire();
    List<String> heads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      heads.add(wire.ask());
    }
    assertThat(heads.getFirst()).doesNotStartWith("SIP/2.0 503");
    assertThat(heads).anySatisfy(h -> assertThat(h).startsWith("SIP/2.0 503").contains("Retry-After: "));
  }

  @Test
  void fromUnlimitedAddressesAnyNumberMayCome() throws IOException {
    Wire wire = lab("limits.requests-a-second-from-one-address=1", "limits.unlimited-addresses=[\"127.0.0.1\"]").wire();
    for (int i = 0; i < 20; i++) {
      assertThat(wire.ask()).doesNotStartWith("SIP/2.0 503");
    }
  }

  @Test
  void soManyTransactionsAreRemembered() throws IOException {
    lab("limits.transactions=5"); // by UDP each is remembered for 64*T1, to answer repeats
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      socket.setSoTimeout(30_000);
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(overUdp(socket, i));
      }
      assertThat(answers.subList(0, 5)).noneSatisfy(a -> assertThat(a).startsWith("SIP/2.0 503"));
      assertThat(answers.getLast()).startsWith("SIP/2.0 503").contains("Retry-After: ");
      assertThat(overUdp(socket, 0)).isEqualTo(answers.getFirst());
    }
  }

  private String overUdp(DatagramSocket socket, int number) throws IOException {
    String request = "OPTIONS sip:" + LimitsLab.DOMAIN + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + socket.getLocalPort() + ";branch=z9hG4bKu" + number
        + "\r\nMax-Forwards: 70\r\nFrom: <sip:a@" + LimitsLab.DOMAIN + ">;tag=t" + number + "\r\nTo: <sip:" + LimitsLab.DOMAIN + ">\r\nCall-ID: u" + number
        + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
    socket.send(new DatagramPacket(bytes, bytes.length, lab.at(Protocol.UDP).address()));
    DatagramPacket answer = new DatagramPacket(new byte[65_000], 65_000);
    socket.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aConnectionThatSaysNothingIsCut() throws IOException {
    assertThat(lab("limits.first-byte-time=300ms").wire().isCut()).isTrue();
  }

  @Test
  void aMessageThatDoesNotEndIsCut() throws IOException {
    Wire wire = lab("limits.message-time=300ms").wire();
    assertThat(wire.ask()).startsWith("SIP/2.0 ");
    wire.write("OPTIONS sip:" + LimitsLab.DOMAIN + " SIP/2.0\r\nVia: SIP/2.0/TCP");
    assertThat(wire.isCut()).isTrue();
  }

  @Test
  void anIdleConnectionIsCut() throws IOException {
    Wire wire = lab("limits.idle-time=300ms").wire();
    wire.write("\r\n\r\n");
    assertThat(wire.head()).isNotNull(); // the pong, then the end
    assertThat(wire.isCut()).isTrue();
  }

  @Test
  void aHandshakeThatDoesNotEndIsCut(@TempDir Path folder) throws IOException {
    lab("sip.listen=[\"tls:127.0.0.1:0\"]", "sip.tls.lab=true", "data=\"" + folder + "\"", "limits.handshake-time=300ms");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), lab.at(Protocol.TLS).port())) {
      socket.setSoTimeout(30_000);
      assertThat(socket.getInputStream().read()).isNegative();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"limits.unsent-of-one-connection=16KiB limits.session-requests=1", "limits.stall-time=500ms"})
  void aPeerThatDoesNotReadIsCutAndHoldsUpNobody(String settings) throws Exception {
    Wire deaf = lab(settings.split(" ")).wire(1024);
    Wire other = lab.wire();
    String many = IntStream.range(0, 200).mapToObj(i -> deaf.options()).reduce("", String::concat);
    boolean cut = false;
    for (int i = 0; i < 2_000 && !cut; i++) {
      try {
        deaf.write(many);
      } catch (IOException reset) {
        cut = true;
      }
      if (i % 50 == 0) {
        assertThat(other.ask()).startsWith("SIP/2.0 ");
      }
    }
    assertThat(cut).isTrue();
    assertThat(other.ask()).startsWith("SIP/2.0 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"limits.header-lines=20", "limits.header=2KiB", "limits.header-line=512"})
  void aHeadThatIsTooLargeIsNoMessage(String setting) throws IOException {
    Wire wire = lab(setting).wire();
    assertThat(wire.ask()).startsWith("SIP/2.0 ");
    String lines = setting.contains("lines") ? "X-Line: x\r\n".repeat(30) : "X-Line: " + "x".repeat(setting.contains("line") ? 600 : 3000) + "\r\n";
    wire.write(wire.options().replace("Max-Forwards", lines + "Max-Forwards"));
    assertThat(wire.head()).doesNotStartWith("SIP/2.0 2").doesNotStartWith("SIP/2.0 40");
    Wire usual = lab().wire();
    usual.write(usual.options().replace("Max-Forwards", lines + "Max-Forwards"));
    assertThat(usual.head()).startsWith("SIP/2.0 40"); // the challenge
  }

  @Test
  void wrongPasswordsAreCountedForSoManyUsers() {
    assertThat(slowed()).as("by default").isEqualTo(2);
    lab("limits.wrong-passwords-remembered=1");
    assertThat(slowed()).as("with room for one").isLessThan(2);
  }

  /// How many of two users are told to wait when each of them is tried with six wrong passwords.
  private int slowed() {
    Set<String> slowed = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      for (String user : List.of("alice", "bob")) {
        try (ImClient guessing = lab.client(user, "wrong")) {
          guessing.register();
        } catch (Refused no) {
          if (no.status() == 403) {
            slowed.add(user);
          }
        }
      }
    }
    return slowed.size();
  }

  @Test
  void aHundredDeadPeersHoldUpNobody() throws IOException {
    lab();
    List<Wire> dead = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Wire wire = lab.wire();
      wire.write(i % 2 == 0 ? "OPTIONS sip:" : wire.options());
      dead.add(wire);
    }
    assertThat(lab.wire().ask()).startsWith("SIP/2.0 ");
    assertThat(LimitsLab.send(lab.client("alice"), "bob", "hello").status()).isEqualTo(202);
  }
}
