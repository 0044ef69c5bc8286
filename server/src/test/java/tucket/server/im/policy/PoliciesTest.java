// The rules and their order.
package tucket.server.im.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Envelope;
import tucket.server.reference.Leg;

class PoliciesTest {
  private static final Facts SERVED = new Facts(Leg.ORIGINATING, true);

  private static Envelope envelope(Envelope.Kind kind, String type, int bytes, Envelope.Carried... carried) {
    AddressOfRecord user = AddressOfRecord.of("sip:a@example.com");
    return new Envelope(kind, "m", user, user, Instant.EPOCH, Instant.EPOCH, Set.of(), MediaType.parse(type), "", List.of(carried),
        new byte[bytes]);
  }

  private static int status(Verdict verdict) {
    return verdict instanceof Verdict.Refuse refuse ? refuse.status() : 0;
  }

  @Test
  void theFirstRefusalCounts() {
    Policies policies = Policies.standard(10, List.of("text/plain"));

    assertThat(policies.judge(envelope(Envelope.Kind.MESSAGE, "text/plain", 10), SERVED)).isEqualTo(Verdict.ALLOW);
    assertThat(policies.judge(envelope(Envelope.Kind.MESSAGE, "image/png", 11), new Facts(Leg.ORIGINATING, false)))
        .isEqualTo(new Verdict.Refuse(403, "Service not authorised", "127 Service not authorised"));
    assertThat(status(policies.judge(envelope(Envelope.Kind.MESSAGE, "image/png", 11), SERVED))).isEqualTo(403);
    assertThat(status(policies.judge(envelope(Envelope.Kind.MESSAGE, "image/png", 10), SERVED))).isEqualTo(415);
  }

  @Test
  void aDeferralIsKeptWhereNothingIsRefused() {
    Policies policies = new Policies(List.of((m, f) -> Verdict.ALLOW, (m, f) -> new Verdict.Defer(), (m, f) -> Verdict.ALLOW));

    assertThat(policies.judge(envelope(Envelope.Kind.MESSAGE, "text/plain", 1), SERVED)).isEqualTo(new Verdict.Defer());
  }

  @Test
  void notificationsPassWhateverTypesAreAccepted() {
    AcceptedTypes types = new AcceptedTypes(List.of("text/*"));

    assertThat(types.judge(envelope(Envelope.Kind.NOTIFICATION, "message/imdn+xml", 1), SERVED)).isEqualTo(Verdict.ALLOW);
    assertThat(types.judge(envelope(Envelope.Kind.MESSAGE, "application/im-iscomposing+xml", 1), SERVED)).isEqualTo(Verdict.ALLOW);
    assertThat(types.judge(envelope(Envelope.Kind.MESSAGE, "TEXT/html", 1), SERVED)).isEqualTo(Verdict.ALLOW);
    assertThat(status(types.judge(envelope(Envelope.Kind.MESSAGE, "image/png", 1), SERVED))).isEqualTo(415);
  }

  @Test
  void ofCpimTheContentInsideCounts() {
    AcceptedTypes types = new AcceptedTypes(List.of("text/*"));

    assertThat(types.judge(cpim("text/html"), SERVED)).isEqualTo(Verdict.ALLOW);
    assertThat(status(types.judge(cpim("image/png"), SERVED))).isEqualTo(415);
    assertThat(types.judge(cpim("application/im-iscomposing+xml"), SERVED)).isEqualTo(Verdict.ALLOW);
    assertThat(new AcceptedTypes(List.of()).judge(cpim("image/png"), SERVED)).isEqualTo(Verdict.ALLOW);
  }

  private static Envelope cpim(String type) {
    byte[] body = CpimMessage.builder().from("sip:a@example.com").to("sip:b@example.com").content(MediaType.parse(type), new byte[1]).build().write();
    Envelope bare = envelope(Envelope.Kind.MESSAGE, "message/cpim", 1);
    return new Envelope(bare.kind(), bare.messageId(), bare.from(), bare.to(), bare.received(), bare.expires(), bare.wanted(), bare.contentType(), "",
        bare.carried(), body);
  }

  @Test
  void onlyWhoHidesHisIdentityIsAnonymous() {
    AnonymityNotAllowed rule = new AnonymityNotAllowed(false);

    assertThat(status(rule.judge(envelope(Envelope.Kind.MESSAGE, "text/plain", 1, new Envelope.Carried("Privacy", "id;critical")), SERVED)))
        .isEqualTo(403);
    assertThat(rule.judge(envelope(Envelope.Kind.MESSAGE, "text/plain", 1, new Envelope.Carried("Privacy", "none")), SERVED))
        .isEqualTo(Verdict.ALLOW);
  }
}
