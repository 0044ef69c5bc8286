// A whole server that is sent damaged requests: by strangers as bytes, by a user as requests that pass his authentication.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.client.ImClient;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Protocol;

/// By command for longer: `mvn -pl app -am test -Dtest=FuzzedServerTest -Dfuzz.rounds=1000000 -Dfuzz.seed=7 -Dsurefire.failIfNoSpecifiedTests=false`.
class FuzzedServerTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 1_500);
  private static final String SPICE = "\r\n\r\n \t:;,<>\"\\@%=/?&*()[]{}|+-.0129aZ\0\u007f\u00ff";
  private static final String CPIM = "From: <sip:alice@tucket.example>\r\nTo: <sip:bob@tucket.example>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
      + "imdn.Message-ID: m@1\r\nDateTime: 2026-11-22T07:56:56Z\r\nimdn.Disposition-Notification: positive-delivery, display, processing\r\n\r\n"
      + "Content-Type: text/plain;charset=utf-8\r\nContent-Length: 5\r\n\r\nhello";
  private static final String IMDN = "From: <sip:alice@tucket.example>\r\nTo: <sip:bob@tucket.example>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
      + "imdn.Message-ID: n@1\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n"
      + "<?xml version=\"1.0\"?><imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m@1</message-id><datetime>2026-11-22T07:56:56Z</datetime>"
      + "<delivery-notification><status><delivered/></status></delivery-notification></imdn>";

  private final Random random = new Random(Long.getLong("fuzz.seed", 20_261_122));
  private final LimitsLab lab = new LimitsLab("limits.requests-a-second-of-one-user=0", "limits.push-time=100ms");

  @AfterEach
  void close() {
    lab.close();
  }

  private static String request(String start, String more, String type, String body) {
    return start + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bKB\r\nMax-Forwards: 70\r\nFrom: \"A\" <sip:alice@tucket.example>;tag=t\r\n"
        + "To: <sip:bob@tucket.example>\r\nCall-ID: I\r\nCSeq: 1 " + start.substring(0, start.indexOf(' ')) + "\r\n" + more
        + (body.isEmpty() ? "" : "Content-Type: " + type + "\r\n") + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static List<String> good() {
    String contact = "Contact: <sip:alice@127.0.0.1:9;transport=tcp>;q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=1;+g.oma.sip-im\r\n";
    return List.of(
        request("MESSAGE sip:bob@tucket.example", "Expires: 60\r\nSubject: s\r\nAccept-Contact: *;+g.oma.sip-im\r\n", "message/cpim", CPIM),
        request("MESSAGE tel:+4915112345678", "P-Preferred-Identity: <sip:alice@tucket.example>\r\n", "message/cpim", IMDN),
        request("MESSAGE sip:deferred-messages@tucket.example", "", "text/plain", "all"),
        request("REGISTER sip:tucket.example", contact + "Supported: path, gruu, outbound\r\nPath: <sip:p@127.0.0.1:9;lr>\r\n", "", ""),
        request("SUBSCRIBE sip:alice@tucket.example", "Event: reg;id=1\r\nAccept: application/reginfo+xml\r\nExpires: 600\r\n" + contact, "", ""),
        request("OPTIONS sip:bob@tucket.example;gr=urn:uuid:1", "Accept: */*\r\nRequire: pref\r\n", "", ""),
        request("PUBLISH sip:alice@tucket.example", "Event: presence\r\nExpires: 60\r\n", "application/pidf+xml", "<presence/>"),
        request("INVITE sip:bob@tucket.example", contact + "Session-Expires: 90;refresher=uac\r\n", "application/sdp",
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\n"
                + "a=path:msrp://127.0.0.1:9/s;tcp\r\na=accept-types:message/cpim\r\na=setup:actpass\r\n"));
  }

  private byte[] damaged(int round) {
    List<String> good = good();
    String text = good.get(random.nextInt(good.size())).replace("z9hG4bKB", "z9hG4bK" + round).replace("Call-ID: I", "Call-ID: f" + round);
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = mutated(bytes);
    }
    return bytes;
  }

  private byte[] mutated(byte[] in) {
    int at = random.nextInt(in.length + 1);
    int length = Math.min(random.nextInt(40), in.length - at);
    byte[] middle = switch (random.nextInt(4)) {
      case 0 -> new byte[0];
      case 1 -> SPICE.substring(random.nextInt(SPICE.length())).getBytes(StandardCharsets.ISO_8859_1);
      case 2 -> new byte[] {(byte) random.nextInt(256)};
      default -> Arrays.copyOfRange(in, at, Math.min(in.length, at + 2 * length));
    };
    byte[] out = new byte[in.length - length + middle.length];
    System.arraycopy(in, 0, out, 0, at);
    System.arraycopy(middle, 0, out, at, middle.length);
    System.arraycopy(in, at + length, out, at + middle.length, in.length - at - length);
    return out;
  }

  private static void check(String answer, byte[] request) {
    String asked = new String(request, StandardCharsets.ISO_8859_1);
    assertThat(answer).as(asked).startsWith("SIP/2.0 ").doesNotStartWith("SIP/2.0 500").doesNotStartWith("SIP/2.0 2").doesNotContain("Exception")
        .doesNotContain("\tat ");
  }

  @Test
  void strangersGetNothingButRefusalsAndTheServerLivesOn() throws IOException {
    int answers = 0;
    Wire wire = lab.wire();
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < ROUNDS; i++) {
        byte[] request = damaged(i);
        if (i % 3 == 0) {
          wire = stream(wire, request);
        } else {
          socket.send(new DatagramPacket(request, request.length, lab.at(Protocol.UDP).address()));
        }
        answers += answers(socket, request, 1);
      }
      assertThat(answers + answers(socket, new byte[0], 500)).isGreaterThan(ROUNDS / 4);
    }
    assertThat(lab.wire().ask()).startsWith("SIP/2.0 401");
  }

  private static int answers(DatagramSocket socket, byte[] request, int patience) throws IOException {
    int count = 0;
    socket.setSoTimeout(patience);
    DatagramPacket packet = new DatagramPacket(new byte[65_000], 65_000);
    while (true) {
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException none) {
        return count;
      }
      check(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1), request);
      count++;
    }
  }

  /// The connection to go on with: a new one where the server has closed it.
  private Wire stream(Wire wire, byte[] request) throws IOException {
    try {
      wire.write(new String(request, StandardCharsets.ISO_8859_1));
      return wire;
    } catch (IOException cut) {
      return lab.wire();
    }
  }

  @Test
  void aUserWhoSendsNonsenseGetsAStatusForItAndNeverA500() {
    ImClient alice = lab.client("alice");
    alice.register();
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = damaged(i);
      SipRequest request;
      try {
        if (!(new SipReader().read(bytes) instanceof SipRequest read) || read.is("ACK") || read.is("CANCEL") || read.is("INVITE")) {
          continue;
        }
        request = read.edit().without(Header.VIA).with(Header.CALL_ID, "u" + i).with(Header.CSEQ, (i + 1) + " " + read.method()).request();
        SipResponse answer = alice.request(request);
        assertThat(answer.status()).as(new String(bytes, StandardCharsets.ISO_8859_1)).isNotEqualTo(500);
        assertThat(new String(answer.encode(), StandardCharsets.ISO_8859_1)).doesNotContain("Exception").doesNotContain("\tat ");
        statuses.add(answer.status());
      } catch (Malformed unreadable) {
        continue; // not even our own client can send it
      }
    }
    assertThat(statuses).contains(202, 400);
    assertThat(LimitsLab.send(alice, "carol", "still alive").status()).isEqualTo(202);
  }
}
