// PUBLISH: entity tags, lives, durability.
package tucket.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Uri;
import tucket.server.Limits;
import tucket.server.im.ImLab;
import tucket.server.im.StillClock;
import tucket.store.MemoryEngine;

class PublicationsTest {
  private static final AddressOfRecord ALICE = ImLab.ALICE;

  private final MemoryEngine engine = new MemoryEngine();
  private final ImLab lab = new ImLab(engine);
  private final StillClock clock = lab.clock;
  private final Notes notes = new Notes();
  private Publications publications = fresh();

  private static final class Notes implements PublishedState {
    final List<String> now = new CopyOnWriteArrayList<>();

    @Override
    public String event() {
      return "notes";
    }

    @Override
    public List<MediaType> types() {
      return List.of(MediaType.TEXT_PLAIN);
    }

    @Override
    public void check(MediaType type, byte[] body) {
      if (new String(body, StandardCharsets.UTF_8).equals("bad")) {
        throw new Malformed("bad note");
      }
    }

    @Override
    public void changed(AddressOfRecord user, List<Publication> all) {
      now.clear();
      all.forEach(p -> now.add(new String(p.body(), StandardCharsets.UTF_8)));
    }
  }

  private Publications fresh() {
    Publications made = new Publications(lab.world, Limits.DEFAULT, engine, user -> user);
    made.add(notes);
    return made;
  }

  private SipRequest request(String body, String... headers) {
    SipRequest request = SipRequest.of("PUBLISH", Uri.parse(ALICE.value())).edit().with(Header.VIA, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKp")
        .with(Header.FROM, "<" + ALICE + ">;tag=a").with(Header.TO, "<" + ALICE + ">").with(Header.CALL_ID, "p").with(Header.CSEQ, "1 PUBLISH")
        .with(Header.EVENT, "notes").request();
    for (String header : headers) {
      request = request.with(Header.of(header.substring(0, header.indexOf(':'))), header.substring(header.indexOf(':') + 1).strip());
    }
    return body.isEmpty() ? request : request.withBody(MediaType.TEXT_PLAIN, body.getBytes(StandardCharsets.UTF_8));
  }

  private SipResponse publish(String body, String... headers) {
    return publications.publish(request(body, headers), ALICE);
  }

  private static String tag(SipResponse response) {
    return response.first(Header.SIP_ETAG).orElseThrow();
  }

  @Test
  void aPublicationIsMadeRefreshedChangedAndRemovedByItsEntityTag() {
    SipResponse made = publish("one", "Expires: 600");
    assertThat(made.status()).isEqualTo(200);
    assertThat(made.first(Header.EXPIRES)).contains("600");
    SipResponse refreshed = publish("", "SIP-If-Match: " + tag(made), "Expires: 1200");
    assertThat(refreshed.status()).isEqualTo(200);
    assertThat(tag(refreshed)).isNotEqualTo(tag(made));
    assertThat(notes.now).containsExactly("one");
    SipResponse changed = publish("two", "SIP-If-Match: " + tag(refreshed));
    assertThat(notes.now).containsExactly("two");
    assertThat(publish("", "SIP-If-Match: " + tag(changed), "Expires: 0").status()).isEqualTo(200);
    assertThat(notes.now).isEmpty();
    assertThat(publications.of("notes", ALICE)).isEmpty();
    assertThat(publications.size()).isZero();
  }

  @Test
  void anEntityTagIsGoodOnce() {
    SipResponse made = publish("one");
    publish("two", "SIP-If-Match: " + tag(made));
    assertThat(publish("three", "SIP-If-Match: " + tag(made)).status()).isEqualTo(412);
    assertThat(publish("", "SIP-If-Match: never").status()).isEqualTo(412);
    assertThat(notes.now).containsExactly("two");
  }

  @Test
  void whatIsWrongIsRefusedAsTheStandardHasItAndChangesNothing() {
    publish("good");
    assertThat(publish("x", "Event: other").status()).isEqualTo(489);
    assertThat(publish("x", "Expires: 10").status()).isEqualTo(423);
    assertThat(publish("x", "Expires: 10").first(Header.MIN_EXPIRES)).contains("60");
    assertThat(publish("").status()).isEqualTo(400);
    assertThat(publish("bad").status()).isEqualTo(400);
    assertThat(publications.publish(request("x").withBody(MediaType.CPIM, new byte[] {1}), ALICE).status()).isEqualTo(415);
    assertThat(publish("x", "Content-Encoding: zip").status()).isEqualTo(415);
    assertThat(publications.publish(request("x").withUri(Uri.parse("sip:bob@example.com")), ALICE).status()).isEqualTo(403);
    assertThat(publish("x".repeat(Limits.PUBLICATION_BYTES + 1)).status()).isEqualTo(413);
    assertThat(notes.now).containsExactly("good");
  }

  @Test
  void aPublicationEndsWithItsTimeAndOthersLiveOn() {
    publish("short", "Expires: 100");
    publish("long", "Expires: 1000");
    clock.advance(Duration.ofSeconds(101));
    lab.quiet();
    assertThat(notes.now).containsExactly("long");
    clock.advance(Duration.ofSeconds(1000));
    lab.quiet();
    assertThat(notes.now).isEmpty();
    assertThat(publications.size()).isZero();
  }

  @Test
  void whatWasAnsweredIsThereAfterARestartUntilItsTimeIsOver() {
    SipResponse kept = publish("kept", "Expires: 1000");
    publish("over", "Expires: 100");
    publications.close();
    notes.now.clear();
    clock.advance(Duration.ofSeconds(200));
    publications = fresh();
    publications.start();
    lab.quiet();
    assertThat(notes.now).containsExactly("kept");
    assertThat(publish("new", "SIP-If-Match: " + tag(kept)).status()).isEqualTo(200);
    assertThat(notes.now).containsExactly("new");
  }

  @Test
  void aUserIsKnownBeforeTheStoreHasBeenRead() {
    publish("kept");
    publications = fresh();
    assertThat(publications.of("notes", ALICE)).hasSize(1);
    assertThat(notes.now).containsExactly("kept");
  }

  @Test
  void oneUserHasOnlySoMany() {
    List<Integer> answers = new ArrayList<>();
    for (int i = 0; i <= Limits.PUBLICATIONS_PER_USER; i++) {
      answers.add(publish("n" + i).status());
    }
    assertThat(answers.subList(0, Limits.PUBLICATIONS_PER_USER)).containsOnly(200);
    assertThat(answers.getLast()).isEqualTo(503);
  }
}
