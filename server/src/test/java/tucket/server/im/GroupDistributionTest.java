// One message to many: URI lists, shared lists, groups, display names.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;
import static tucket.server.im.ImLab.CAROL;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.server.Limits;
import tucket.server.reference.XdmAddress;
import tucket.store.MemoryEngine;

class GroupDistributionTest {
  private static final AddressOfRecord EXPLODER = AddressOfRecord.of("sip:exploder@example.com");
  private static final AddressOfRecord FRIENDS = AddressOfRecord.of("sip:friends@example.com");
  private static final String LIST = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\" xmlns:cp=\"urn:ietf:params:xml:ns:copycontrol\">"
      + "<list%s>%s</list></resource-lists>";

  private final MemoryEngine engine = new MemoryEngine();
  private final ImLab lab = new ImLab(engine);
  private final FakePhone bob = lab.phone(BOB, "urn:uuid:b");
  private final FakePhone carol = lab.phone(CAROL, "urn:uuid:c");

  @AfterEach
  void tearDown() {
    lab.close();
    lab.quiet();
    assertThat(lab.thrown).isEmpty();
  }

  private SipResponse explode(String entries, Entity content) {
    byte[] xml = LIST.formatted("", entries).getBytes(StandardCharsets.UTF_8);
    Entity list = new Entity(Entity.of(ResourceLists.TYPE, xml).headers().with("Content-Disposition", "recipient-list"), xml);
    byte[] body = Multipart.of(content, list).write("b1");
    SipRequest request = lab.message(ALICE, EXPLODER, MediaType.of("multipart", "mixed").with("boundary", "b1"), body)
        .with(Header.REQUIRE, "recipient-list-message");
    return lab.send(ALICE, request);
  }

  private static Entity cpim(String id, String text, Disposition... wanted) {
    return Entity.of(MediaType.CPIM, ImLab.cpim(ALICE, EXPLODER, id, text, wanted).write());
  }

  private static String entry(AddressOfRecord user) {
    return "<entry uri=\"" + user + "\"/>";
  }

  @Test
  void everyRecipientGetsAMessageOfHisOwnAndWhoIsAwayGetsItLater() {
    carol.goesAway();
    assertThat(explode(entry(BOB) + entry(CAROL) + entry(BOB), cpim("m1", "hello all")).status()).isEqualTo(202);
    assertThat(bob.texts()).containsExactly("hello all");
    assertThat(bob.got().getFirst().has(Header.REQUIRE)).isFalse();
    assertThat(bob.got().getFirst().addresses(Header.P_ASSERTED_IDENTITY).getFirst().uri()).hasToString(ALICE.value());
    lab.registers(CAROL, carol);
    lab.quiet();
    assertThat(carol.texts()).containsExactly("hello all");
  }

  @Test
  void recipientsSeeThoseOfThemWhoMayBeSeen() {
    String list = "<entry uri=\"" + BOB + "\" cp:copyControl=\"to\"/><entry uri=\"" + CAROL + "\" cp:copyControl=\"bcc\"/>";
    assertThat(explode(list, Entity.of(MediaType.TEXT_PLAIN, "hi".getBytes(StandardCharsets.UTF_8))).status()).isEqualTo(202);
    String seen = new String(carol.got().getFirst().body(), StandardCharsets.UTF_8);
    assertThat(seen).contains("recipient-list-history").contains(BOB.value()).doesNotContain(CAROL.value() + "\" ");
  }

  @Test
  void ofWhoCannotBeReachedTheSenderIsToldWhereHeAskedForIt() {
    FakePhone alice = lab.phone(ALICE, "urn:uuid:a");
    SipResponse answer = explode(entry(BOB) + "<entry uri=\"sip:nobody@example.com\"/>", cpim("m1", "hello", Disposition.NEGATIVE_DELIVERY));
    assertThat(answer.status()).isEqualTo(202);
    lab.quiet();
    assertThat(alice.got()).hasSize(1);
    assertThat(new String(alice.got().getFirst().body(), StandardCharsets.UTF_8)).contains("<failed/>").contains("nobody@example.com");
  }

  @Test
  void aMessageThatReachesNobodyIsRefused() {
    assertThat(explode("<entry uri=\"sip:nobody@example.com\"/>", cpim("m1", "hello")).status()).isEqualTo(404);
    SipResponse empty = explode("", cpim("m2", "hello"));
    assertThat(empty.status()).isEqualTo(403);
    assertThat(empty.first(Header.WARNING).orElseThrow()).contains("129 No destinations");
    assertThat(lab.send(ALICE, lab.bare(ALICE, EXPLODER, "no list")).status()).isEqualTo(400);
    String many = IntStream.rangeClosed(0, Limits.RECIPIENTS_PER_MESSAGE).mapToObj(i -> "<entry uri=\"sip:u" + i + "@example.com\"/>")
        .collect(Collectors.joining());
    SipResponse tooMany = explode(many, cpim("m3", "hello"));
    assertThat(tooMany.status()).isEqualTo(486);
    assertThat(tooMany.first(Header.WARNING).orElseThrow()).contains("102 ");
  }

  private void put(AddressOfRecord user, String auid, String name, String xml) {
    lab.xdms.put(XdmAddress.of(auid, user, name), xml);
  }

  private void group(String members) {
    put(CAROL, "org.openmobilealliance.groups", "friends.xml", "<group xmlns=\"urn:oma:xml:poc:list-service\" "
        + "xmlns:rl=\"urn:ietf:params:xml:ns:resource-lists\"><list-service uri=\"sip:friends@example.com\"><list>" + members
        + "</list></list-service></group>");
  }

  @Test
  void aGroupIsReachedByItsMembersAtItsUriFromTheMomentItIsPut() {
    assertThat(lab.text(ALICE, FRIENDS, "m0", "too early").status()).isEqualTo(404);
    group("<rl:entry uri=\"sip:alice@example.com\"/><rl:entry uri=\"sip:bob@example.com\"/>");
    assertThat(lab.text(ALICE, FRIENDS, "m1", "hello friends").status()).isEqualTo(202);
    assertThat(bob.texts()).containsExactly("hello friends");
    assertThat(carol.texts()).isEmpty();
    group("<rl:entry uri=\"sip:carol@example.com\"/><rl:entry uri=\"sip:bob@example.com\"/>");
    SipResponse stranger = lab.text(ALICE, FRIENDS, "m2", "hello again");
    assertThat(stranger.status()).isEqualTo(403);
    assertThat(stranger.first(Header.WARNING).orElseThrow()).contains("127 Service not authorised");
    assertThat(lab.text(BOB, FRIENDS, "m3", "from bob").status()).isEqualTo(202);
    assertThat(carol.texts()).containsExactly("from bob");
  }

  @Test
  void whichDocumentDefinesAUriIsKnownAfterARestartAndNobodyTakesItAway() {
    group("<rl:entry uri=\"sip:alice@example.com\"/><rl:entry uri=\"sip:bob@example.com\"/>");
    put(BOB, "rls-services", "index", "<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\"><service uri=\"sip:friends@example.com\"><list>"
        + "<entry xmlns=\"urn:ietf:params:xml:ns:resource-lists\" uri=\"sip:carol@example.com\"/></list></service></rls-services>");
    lab.restart();
    assertThat(lab.text(ALICE, FRIENDS, "m1", "hello").status()).isEqualTo(202);
    assertThat(bob.texts()).containsExactly("hello");
    assertThat(carol.texts()).isEmpty();
  }

  @Test
  void aListOfOnesOwnIsReachedByTheUriThatItsOwnerGaveIt() {
    put(ALICE, "resource-lists", "index", LIST.formatted(" name=\"team\"", entry(BOB) + entry(CAROL)));
    put(ALICE, "rls-services", "index", """
        <rls-services xmlns="urn:ietf:params:xml:ns:rls-services"><service uri="sip:friends@example.com">
        <resource-list>https://x/resource-lists/users/sip:alice@example.com/index/~~/resource-lists/list%5B@name=%22team%22%5D</resource-list>
        </service></rls-services>""");
    assertThat(lab.text(ALICE, FRIENDS, "m1", "hello team").status()).isEqualTo(202);
    assertThat(bob.texts()).containsExactly("hello team");
    assertThat(carol.texts()).containsExactly("hello team");
    assertThat(lab.text(BOB, FRIENDS, "m2", "not mine").status()).isEqualTo(403);
  }

  private SipResponse toName(String name, String id) {
    SipRequest request = lab.message(ALICE, BOB, ImLab.cpim(ALICE, BOB, id, "hello " + name));
    return lab.send(ALICE, request.withUri(SipUri.of(name, "example.com").withParam("user", "display-name")));
  }

  @Test
  void aDisplayNameIsLookedForInOnesOwnListsAndThenInTheProfilesOfAll() {
    lab.xdms.name(BOB, "Robert");
    lab.xdms.name(CAROL, "Karoline");
    assertThat(toName("robert", "m1").status()).isEqualTo(200);
    assertThat(bob.texts()).containsExactly("hello robert");
    assertThat(toName("Nobody Known", "m2").status()).isEqualTo(404);
    put(ALICE, "resource-lists", "index",
        LIST.formatted("", "<entry uri=\"sip:carol@example.com\"><display-name>Robert</display-name></entry>"));
    assertThat(toName("Robert", "m3").status()).isEqualTo(200);
    assertThat(carol.texts()).containsExactly("hello Robert");
  }

  @Test
  void aNameOfSeveralIsRefusedWithTheirAddresses() {
    lab.xdms.name(BOB, "Kim");
    lab.xdms.name(CAROL, "kim ");
    SipResponse answer = toName("Kim", "m1");
    assertThat(answer.status()).isEqualTo(485);
    assertThat(answer.addresses(Header.CONTACT).stream().map(c -> c.uri().toString()))
        .containsExactlyInAnyOrder("sip:bob@example.com", "sip:carol@example.com");
    assertThat(bob.texts()).isEmpty();
  }
}
