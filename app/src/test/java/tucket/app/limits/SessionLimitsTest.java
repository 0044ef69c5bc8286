// What sessions may take and how long they last, as the configuration says.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.client.ImClient;
import tucket.client.Outgoing;
import tucket.client.Refused;
import tucket.client.Session;
import tucket.protocol.sip.SipUri;

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
}
