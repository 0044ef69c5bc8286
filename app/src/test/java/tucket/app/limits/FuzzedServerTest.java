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
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.app.fuzz.DamagedRequests;
import tucket.client.ImClient;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Protocol;

/// By command for longer: `./tucket fuzz --only server`.
class FuzzedServerTest {
  private static final int ROUNDS = 1_500;
  private static final long SEED = 20_261_122;
  private final LimitsLab lab = new LimitsLab("limits.requests-a-second-of-one-user=0", "limits.push-time=100ms");

  @AfterEach
  void close() {
    lab.close();
  }

  private static byte[] damaged(int round) {
    return DamagedRequests.next(new SplittableRandom(SEED + round));
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
