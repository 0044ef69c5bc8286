// What one address, and all connections together, may take; and that whoever is slow or dead holds up nobody else.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
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

  @Shows({"limits.connections", "limits.connections-from-one-address"})
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

  @Shows({"limits.requests-a-second-from-one-address", "limits.unlimited-addresses"})
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

  @Shows("limits.wait-time")
  @Test
  void whereAQueueStandsSoLongARequestMayWaitForItsTurn() throws IOException {
    Wire wire = lab("limits.wait-time=1us").wire();
    String refused = "";
    for (int round = 0; round < 100_000 && refused.isEmpty(); round++) {
      StringBuilder many = new StringBuilder();
      for (int i = 0; i < 150; i++) {
        many.append(wire.options());
      }
      wire.write(many.toString());
      for (int i = 0; i < 150; i++) {
        String head = wire.head();
        refused = head.startsWith("SIP/2.0 503") ? head : refused;
      }
    }
    assertThat(refused).contains("Retry-After: ");
  }

  @Shows("limits.transactions")
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
    return overUdp(socket, number, ";tag=t" + number);
  }

  private String overUdp(DatagramSocket socket, int number, String tag) throws IOException {
    String request = "OPTIONS sip:" + LimitsLab.DOMAIN + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + socket.getLocalPort() + ";branch=z9hG4bKu" + number
        + "\r\nMax-Forwards: 70\r\nFrom: <sip:a@" + LimitsLab.DOMAIN + ">" + tag + "\r\nTo: <sip:" + LimitsLab.DOMAIN + ">\r\nCall-ID: u" + number
        + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
    socket.send(new DatagramPacket(bytes, bytes.length, lab.at(Protocol.UDP).address()));
    DatagramPacket answer = new DatagramPacket(new byte[65_000], 65_000);
    socket.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.ISO_8859_1);
  }

  @Shows("limits.first-byte-time")
  @Test
  void aConnectionThatSaysNothingIsCut() throws IOException {
    assertThat(lab("limits.first-byte-time=300ms").wire().isCut()).isTrue();
  }

  @Shows("limits.message-time")
  @Test
  void aMessageThatDoesNotEndIsCut() throws IOException {
    Wire wire = lab("limits.message-time=300ms").wire();
    assertThat(wire.ask()).startsWith("SIP/2.0 ");
    wire.write("OPTIONS sip:" + LimitsLab.DOMAIN + " SIP/2.0\r\nVia: SIP/2.0/TCP");
    assertThat(wire.isCut()).isTrue();
  }

  @Shows("limits.idle-time")
  @Test
  void anIdleConnectionIsCut() throws IOException {
    Wire wire = lab("limits.idle-time=300ms").wire();
    wire.write("\r\n\r\n");
    assertThat(wire.head()).isNotNull(); // the pong, then the end
    assertThat(wire.isCut()).isTrue();
  }

  @Shows("limits.handshake-time")
  @Test
  void aHandshakeThatDoesNotEndIsCut(@TempDir Path folder) throws Exception {
    LimitsLab.assertSooner(Duration.ofSeconds(6), tls -> {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tls.at(Protocol.TLS).port())) {
        socket.setSoTimeout(30_000);
        assertThat(socket.getInputStream().read()).isNegative();
      }
    }, "sip.listen=[\"tls:127.0.0.1:0\"]", "sip.tls.lab=true", "data=\"" + folder + "\"", "limits.handshake-time=300ms");
  }

  @Shows("limits.unsent-of-one-connection")
  @Test
  void aPeerThatDoesNotReadIsCutAndHoldsUpNobody() throws IOException {
    lab("limits.unsent-of-one-connection=16KiB", "limits.session-requests=1", "limits.stall-time=1h");
    Wire deaf = lab.wire(1024);
    Wire other = lab.wire();
    ask(deaf, 6000); // some 3 MB of answers, of which the system takes half: less than the default limit
    awaitCut(List.of(deaf));
    assertThat(other.ask()).startsWith("SIP/2.0 ");
  }

  @Shows("limits.unsent")
  @Test
  void ofAllPeersThatDoNotReadTheFullestAreCut() throws IOException {
    lab("limits.unsent-of-one-connection=4MiB", "limits.unsent=4MiB", "limits.stall-time=1h");
    List<Wire> deaf = IntStream.range(0, 8).mapToObj(i -> lab.wire(1024)).toList();
    for (Wire wire : deaf) {
      ask(wire, 6500); // some 3.8 MB of answers: less than one of them may hold
    }
    awaitCut(deaf);
    assertThat(lab.wire().ask()).startsWith("SIP/2.0 ");
  }

  @Shows("limits.stall-time")
  @Test
  void aPeerThatReadsNothingForSoLongIsCut() throws IOException {
    lab("limits.stall-time=500ms");
    Wire deaf = lab.wire(1024);
    Wire other = lab.wire();
    ask(deaf, 6000);
    awaitCut(List.of(deaf), 20); // the default is 30 s
    assertThat(other.ask()).startsWith("SIP/2.0 ");
  }

  private static void ask(Wire wire, int times) {
    try {
      for (int i = 0; i < times; i += 100) {
        wire.write(IntStream.range(0, 100).mapToObj(n -> wire.options()).reduce("", String::concat));
      }
    } catch (IOException cut) {
      // sooner than expected
    }
  }

  private static void awaitCut(List<Wire> wires) {
    awaitCut(wires, 60);
  }

  /// That one of them is: told by what is written failing.
  private static void awaitCut(List<Wire> wires, int seconds) {
    Awaitility.await().atMost(Duration.ofSeconds(seconds)).until(() -> wires.stream().anyMatch(wire -> {
      try {
        wire.write("\r\n\r\n");
        return false;
      } catch (IOException cut) {
        return true;
      }
    }));
  }

  // what is larger than all that may wait can't be sent at all
  @Shows("limits.unsent-datagrams")
  @Test
  void soMuchWaitsToBeSentByDatagram() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      socket.setSoTimeout(30_000);
      String large = ";tag=" + "x".repeat(2000); // which comes back
      assertThat(overUdp(socket, 1, large)).startsWith("SIP/2.0 ");
      lab("limits.unsent-datagrams=1KiB");
      assertThat(overUdp(socket, 2)).startsWith("SIP/2.0 ");
      socket.setSoTimeout(500);
      assertThatThrownBy(() -> overUdp(socket, 3, large)).isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout(30_000);
      assertThat(overUdp(socket, 4)).contains("Call-ID: u4");
    }
  }

  // as Linux shows it
  @Shows("limits.connections-not-accepted")
  @Test
  void theSystemHoldsSoManyConnectionsThatAreNotAcceptedYet() throws Exception {
    lab("limits.connections-not-accepted=7");
    Process ss;
    try {
      ss = new ProcessBuilder("ss", "-Hltn", "sport = :" + lab.at(Protocol.TCP).port()).redirectErrorStream(true).start();
    } catch (IOException none) {
      Assumptions.abort("there is no ss here");
      return;
    }
    String shown = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assumptions.assumeTrue(ss.waitFor() == 0 && shown.startsWith("LISTEN"), shown);
    assertThat(shown.lines()).isNotEmpty().allSatisfy(line -> assertThat(line.split("\\s+")[2]).isEqualTo("7"));
  }

  @Shows({"limits.header-lines", "limits.header", "limits.header-line"})
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

  @Shows("limits.wrong-passwords-remembered")
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
