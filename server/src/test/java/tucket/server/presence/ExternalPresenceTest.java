// The IM Server as watcher and source of a presence server elsewhere.
package tucket.server.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.im.ImLab.BOB;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.server.im.ImLab;
import tucket.store.MemoryEngine;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Sending;

class ExternalPresenceTest {
  private final ImLab lab = new ImLab(new MemoryEngine());
  private final List<SipRequest> sent = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> answers = new ConcurrentHashMap<>();
  private final Set<AddressOfRecord> open = ConcurrentHashMap.newKeySet();
  private final List<AddressOfRecord> heard = new CopyOnWriteArrayList<>();
  private final ExternalPresence presence = new ExternalPresence(lab.world, (request, target, by) -> Sending.ended(new Outcome.Answered(answer(request))),
      new ExternalPresence.Settings(SipUri.parse("sip:192.0.2.9;transport=tcp"), new AddressOfRecord("sip:im-system@example.com"),
          () -> SipUri.parse("sip:xdm@192.0.2.1"), 10));
  private int tags;

  ExternalPresenceTest() {
    presence.source(open::contains);
    presence.watch(heard::add);
  }

  @AfterEach
  void close() {
    presence.close();
    lab.close();
  }

  private SipResponse answer(SipRequest request) {
    sent.add(request);
    int status = answers.getOrDefault(request.method(), 200);
    Edit edit = SipResponse.to(request, status).withToTag("there").edit().with(Header.EXPIRES, "3600").with(Header.CONTACT, "<sip:192.0.2.9>");
    return (request.is("PUBLISH") && status == 200 ? edit.with(Header.SIP_ETAG, "tag" + ++tags) : edit).response();
  }

  private List<SipRequest> all(String method) {
    return sent.stream().filter(r -> r.is(method)).toList();
  }

  private void is(boolean now) {
    boolean changes = now ? open.add(BOB) : open.remove(BOB);
    assertThat(changes).isTrue();
    presence.changed(BOB);
    lab.quiet();
  }

  private int notify(String tuples) {
    SipRequest subscribe = all("SUBSCRIBE").getLast();
    byte[] body = ("<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='" + BOB + "'>" + tuples + "</presence>").getBytes(StandardCharsets.UTF_8);
    SipRequest notify = SipRequest.of("NOTIFY", SipUri.parse("sip:xdm@192.0.2.1")).edit().with(Header.FROM, "<" + BOB + ">;tag=there")
        .with(Header.TO, subscribe.from().toString()).with(Header.CALL_ID, subscribe.callId()).with(Header.CSEQ, ++tags + " NOTIFY")
        .with(Header.EVENT, "presence").with(Header.SUBSCRIPTION_STATE, "active;expires=600").request().withBody(PresenceDocument.TYPE, body);
    return presence.notified(notify).map(SipResponse::status).orElse(0);
  }

  private static String tuple(String id, String basic) {
    return "<tuple id='" + id + "'><status><basic>" + basic + "</basic></status></tuple>";
  }

  @Test
  void aUserIsWatchedWhileHeIsThereAndWhatIsSaidOfHimHolds() {
    is(true);
    SipRequest subscribe = all("SUBSCRIBE").getFirst();
    assertThat(subscribe.uri()).hasToString(BOB.value());
    assertThat(subscribe.first(Header.EVENT)).contains("presence");
    assertThat(presence.isOpenForIm(BOB)).isEmpty();
    assertThat(notify(tuple("phone", "closed"))).isEqualTo(200);
    assertThat(presence.isOpenForIm(BOB)).contains(false);
    assertThat(heard).containsExactly(BOB);
    assertThat(notify(tuple("phone", "closed"))).isEqualTo(200);
    assertThat(heard).as("nothing new").hasSize(1);
    assertThat(notify(tuple("phone", "closed") + tuple("pc", "open"))).isEqualTo(200);
    assertThat(presence.isOpenForIm(BOB)).contains(true);
    notify(tuple("phone", "closed"));
    is(false);
    assertThat(presence.size()).isZero();
    assertThat(notify(tuple("phone", "open"))).as("not watched any more").isZero();
    assertThat(presence.isOpenForIm(BOB)).contains(false);
    is(true);
    assertThat(all("SUBSCRIBE")).hasSize(2);
  }

  @Test
  void whatTheImServerPublishesDoesNotCountAsSaid() {
    is(true);
    String own = new String(all("PUBLISH").getFirst().body(), StandardCharsets.UTF_8);
    assertThat(own).contains("org.openmobilealliance:IM-pager-mode", "<basic>open</basic>");
    String tuples = own.substring(own.indexOf("<tuple"), own.indexOf("</presence")).replace("op:", "");
    notify(tuples);
    assertThat(presence.isOpenForIm(BOB)).isEmpty();
    notify(tuples + tuple("phone", "closed"));
    assertThat(presence.isOpenForIm(BOB)).contains(false);
  }

  @Test
  void aUserIsPublishedRefreshedAndTakenBack() {
    is(true);
    assertThat(all("PUBLISH")).hasSize(1);
    assertThat(all("PUBLISH").getFirst().has(Header.SIP_IF_MATCH)).isFalse();
    lab.clock.advance(Duration.ofMinutes(50));
    lab.quiet();
    assertThat(all("PUBLISH")).hasSize(2);
    assertThat(all("PUBLISH").getLast().first(Header.SIP_IF_MATCH)).contains("tag1");
    is(false);
    SipRequest last = all("PUBLISH").getLast();
    assertThat(last.first(Header.EXPIRES)).contains("0");
    assertThat(last.first(Header.SIP_IF_MATCH)).contains("tag2");
    assertThat(last.bodyLength()).isZero();
  }

  @Test
  void aPublicationThatTheServerHasForgottenBeginsAnew() {
    is(true);
    answers.put("PUBLISH", 412);
    lab.clock.advance(Duration.ofMinutes(50));
    lab.quiet();
    assertThat(all("PUBLISH")).hasSize(3);
    assertThat(all("PUBLISH").getLast().has(Header.SIP_IF_MATCH)).isFalse();
    answers.put("PUBLISH", 200);
    lab.clock.advance(Duration.ofMinutes(1));
    lab.quiet();
    assertThat(all("PUBLISH")).as("tried again").hasSize(4);
  }

  @Test
  void aSubscriptionThatFailsIsTriedAgainAndNonsenseIsNotBelieved() {
    answers.put("SUBSCRIBE", 503);
    is(true);
    assertThat(all("SUBSCRIBE")).hasSize(1);
    answers.put("SUBSCRIBE", 200);
    lab.clock.advance(Duration.ofSeconds(29));
    lab.quiet();
    assertThat(all("SUBSCRIBE")).as("thousands of users may be watched: not at once").hasSize(1);
    lab.clock.advance(Duration.ofSeconds(2));
    lab.quiet();
    assertThat(all("SUBSCRIBE")).hasSize(2);
    notify(tuple("phone", "closed"));
    assertThat(notify("<tuple/>")).isEqualTo(200);
    assertThat(presence.isOpenForIm(BOB)).contains(false);
  }
}
