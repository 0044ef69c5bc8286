// How long sessions may take at each step, as the configuration says; with a phone that stops at that step.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.app.limits.LimitsLab.assertSooner;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Pager;
import tucket.client.Refused;
import tucket.client.Session;
import tucket.client.Sessions;
import tucket.protocol.cpim.Disposition;

class SessionTimesTest {
  private static final Optional<Outgoing> NOTHING_YET = Optional.empty();

  /// Alice invites bob, who has yet to answer.
  private static CompletableFuture<Session> inviting(LimitsLab lab, Optional<Outgoing> first) {
    ImClient alice = lab.client("alice");
    alice.register();
    return CompletableFuture.supplyAsync(() -> alice.sessions().invite(LimitsLab.address("bob"), first), Thread::startVirtualThread);
  }

  private static Session done(CompletableFuture<Session> invited) throws Exception {
    return invited.get(100, TimeUnit.SECONDS);
  }

  // the server accepts in the place of who does not
  @Shows("limits.ringing-time")
  @Test
  void aDeviceRingsForSoLong() throws Exception {
    assertSooner(Duration.ofSeconds(30), lab -> {
      HandPhone bob = lab.byHand("bob");
      CompletableFuture<Session> invited = inviting(lab, NOTHING_YET);
      bob.invited().ring();
      assertThat(done(invited).isOver()).isFalse();
    }, "limits.ringing-time=500ms");
  }

  @Shows("limits.session-bind-time")
  @Test
  void whoIsToConnectIsWaitedForSoLong() throws Exception {
    assertSooner(Duration.ofSeconds(15), lab -> {
      HandPhone bob = lab.byHand("bob");
      CompletableFuture<Session> invited = inviting(lab, NOTHING_YET);
      bob.invited().accept("active", 9);
      assertThat(done(invited)).isNotNull();
      bob.isHungUp();
    }, "limits.session-bind-time=200ms");
  }

  @Shows("limits.session-connect-time")
  @Test
  void aConnectionThatWeOpenMayTakeSoLong() throws Exception {
    try (Nowhere nowhere = new Nowhere()) {
      assertSooner(Duration.ofSeconds(6), lab -> {
        HandPhone bob = lab.byHand("bob");
        CompletableFuture<Session> invited = inviting(lab, NOTHING_YET);
        bob.invited().accept("passive", nowhere.port());
        assertThat(done(invited)).isNotNull();
        bob.isHungUp();
      }, "limits.session-connect-time=200ms");
    }
  }

  // then it is kept, and its sender is answered
  @Shows("limits.session-response-time")
  @Test
  void aMessageMayStayUnansweredForSoLong() throws Exception {
    assertSooner(Duration.ofSeconds(15), lab -> {
      HandPhone bob = lab.byHand("bob");
      CompletableFuture<Session> invited = inviting(lab, NOTHING_YET);
      try (MsrpWire media = bob.invited().connect()) {
        CompletableFuture<Integer> sent = done(invited).post(Outgoing.text("hello?"));
        assertThat(media.read()).contains("hello?");
        assertThat(sent.get(60, TimeUnit.SECONDS)).isEqualTo(200);
        assertThat(lab.server.administration().queue("bob")).hasSize(1);
      }
    }, "limits.session-response-time=200ms");
  }

  // a device that refuses may have the message all the same: its notification says so, or does not come
  @Shows("limits.report-time")
  @Test
  void theNotificationOfWhoRefusesIsWaitedForSoLong() throws Exception {
    try (LimitsLab lab = new LimitsLab("limits.report-time=4s")) {
      HandPhone bob = lab.byHand("bob");
      CompletableFuture<Session> invited = inviting(lab, Optional.of(Outgoing.text("first").asking(Disposition.POSITIVE_DELIVERY)));
      HandPhone.Invited invitation = bob.invited();
      long began = System.nanoTime();
      invitation.refuse(480);
      assertThat(done(invited).isOver()).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(3500));
    }
  }

  @Shows("limits.push-linger-time")
  @Test
  void aSessionThatBringsWhatWasStoredStaysOpenForSoLong() throws Exception {
    assertSooner(Duration.ofSeconds(5), lab -> {
      assertThat(LimitsLab.send(lab.client("alice"), "bob", "stored").status()).isEqualTo(202);
      CompletableFuture<Session> pushed = new CompletableFuture<>();
      ClientSettings rcse = lab.client("bob").settings().withInstance("")
          .withFeatures(List.of("+g.oma.sip-im", "+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcse.im\""));
      ImClient bob = lab.client(rcse);
      bob.pager().listen(new Pager.Listener() {
        @Override
        public void message(Incoming message) {
          throw new Refused(403, "as RCS-e terminals do");
        }
      });
      bob.sessions().listen(new Sessions.Listener() {
        @Override
        public void opened(Session session) {
          pushed.complete(session);
        }
      });
      bob.register();
      assertThat(done(pushed).awaitEnd(LimitsLab.SOON)).isTrue();
    }, "limits.push-linger-time=100ms");
  }
}
