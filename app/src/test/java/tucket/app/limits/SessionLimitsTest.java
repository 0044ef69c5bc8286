// What sessions may take and how long they last, as the configuration says.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Outgoing;
import tucket.client.Refused;
import tucket.client.Session;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.sip.SipUri;
import tucket.transport.Unavailable;

class SessionLimitsTest {
  private static final SipUri BOB = SipUri.of("bob", LimitsLab.DOMAIN);

  private LimitsLab lab = new LimitsLab();

  private ImClient alice(String... settings) {
    lab.close();
    lab = new LimitsLab(settings);
    ImClient alice = lab.client("alice");
    alice.register();
    return alice;
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void aMessageInASessionMayHaveSoManyBytes() {
    Session session = alice("limits.session-message=2KiB").sessions().invite(BOB, Optional.empty());
    assertThat(session.send(Outgoing.text("x".repeat(1000))).status()).isEqualTo(200);
    assertThat(session.send(Outgoing.text("x".repeat(3000))).status()).isEqualTo(413);
    assertThat(session.send(Outgoing.text("still open")).status()).isEqualTo(200);
  }

  @Test
  void thereMayBeSoManySessions() {
    ImClient alice = alice("limits.sessions=1");
    Session only = alice.sessions().invite(BOB, Optional.empty());
    assertThatThrownBy(() -> alice.sessions().invite(BOB, Optional.empty()))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.status()).isEqualTo(503));
    only.end();
    await().atMost(LimitsLab.SOON).ignoreExceptions().until(() -> !alice.sessions().invite(BOB, Optional.empty()).isOver());
  }

  @Test
  void anIdleSessionEnds() {
    Session session = alice("limits.session-idle-time=500ms").sessions().invite(BOB, Optional.empty());
    await().atMost(LimitsLab.SOON).until(session::isOver);
  }

  /// A client of alice's that uses the relay of the server, whose port her first session has told.
  private ImClient relayed(ImClient alice) {
    MsrpUri server = alice.sessions().invite(BOB, Optional.empty()).remote().orElseThrow();
    ClientSettings settings = alice.settings().withInstance("").withRelay(MsrpUri.of(false, "127.0.0.1", server.port(), ""));
    return lab.client(settings);
  }

  @Test
  void aUserHasSoManyPathsOfTheRelay() {
    ImClient alice = relayed(alice("msrp.relay=any", "limits.relay-paths-of-user=1"));
    Session only = alice.sessions().invite(BOB, Optional.empty());
    assertThat(only.path()).hasSize(2);
    assertThatThrownBy(() -> alice.sessions().invite(BOB, Optional.empty())).isInstanceOf(Unavailable.class).hasMessageContaining("Too many paths");
    only.end();
    await().atMost(LimitsLab.SOON).ignoreExceptions().until(() -> !alice.sessions().invite(BOB, Optional.empty()).isOver());
  }

  @Test
  void theRelayHasSoManyPaths() {
    ImClient alice = relayed(alice("msrp.relay=any", "limits.relay-paths=1"));
    alice.sessions().invite(BOB, Optional.empty());
    assertThatThrownBy(() -> alice.sessions().invite(BOB, Optional.empty())).isInstanceOf(Unavailable.class).hasMessageContaining("Too many paths");
  }

  @Test
  void aPathOfTheRelayIsGoodForSoLong() {
    ImClient alice = relayed(alice("msrp.relay=any", "limits.relay-time=1s"));
    Session session = alice.sessions().invite(BOB, Optional.empty());
    await().atMost(LimitsLab.SOON).until(() -> session.isOver() || session.send(Outgoing.text("still there?")).status() == 481);
  }

  @Test
  void withoutTheRoleNobodyIsRelayed() {
    ImClient alice = relayed(alice());
    assertThatThrownBy(() -> alice.sessions().invite(BOB, Optional.empty())).isInstanceOf(Unavailable.class).hasMessageContaining("refuses: 481");
  }
}
