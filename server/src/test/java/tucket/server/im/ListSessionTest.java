// Sessions with lists and groups over real sockets: the server is the one end and distributes.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.reference.XdmAddress;

class ListSessionTest {
  private static final String ACCESS = "org.openmobilealliance.access-rules";

  private final SessionLab lab = new SessionLab();
  private final SessionPhone alice = lab.registered("alice");
  private final SessionPhone bob = lab.registered("bob");

  @AfterEach
  void close() {
    lab.close();
  }

  private static String address(String user) {
    return "sip:" + user + "@" + SessionLab.DOMAIN;
  }

  private static String entries(String... users) {
    StringBuilder out = new StringBuilder();
    for (String user : users) {
      out.append("<entry uri=\"").append(address(user)).append("\"/>");
    }
    return out.toString();
  }

  /// The group of alice and others; without others there is none.
  private void group(String... others) {
    XdmAddress at = XdmAddress.of("org.openmobilealliance.groups", SessionLab.user("alice"), "friends");
    if (others.length == 0) {
      lab.xdms.remove(at);
    } else {
      lab.xdms.put(at, "<group xmlns=\"urn:oma:xml:poc:list-service\"><list-service uri=\"" + address("friends") + "\"><list>" + entries("alice")
          + entries(others) + "</list></list-service></group>");
    }
  }

  private void blocksAlice(String user) {
    lab.xdms.put(XdmAddress.of(ACCESS, SessionLab.user(user), "access-rules"),
        "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\"><rule id=\"b\"><conditions><identity><one id=\"" + address("alice")
            + "\"/></identity></conditions><actions><allow-reject-invite xmlns=\"urn:oma:xml:xdm:extensions\">true</allow-reject-invite></actions>"
            + "</rule></ruleset>");
  }

  /// What the next MESSAGE to that phone holds.
  private static CpimMessage next(SessionPhone phone) throws InterruptedException {
    SipRequest message = phone.inbox.poll(20, TimeUnit.SECONDS);
    assertThat(message).as("a MESSAGE").isNotNull();
    return CpimMessage.parse(message.body());
  }

  private static String text(CpimMessage message) {
    return new String(message.content().body(), StandardCharsets.UTF_8);
  }

  private static int soon(java.util.concurrent.CompletableFuture<Integer> outcome) throws Exception {
    return outcome.get(40, TimeUnit.SECONDS);
  }

  @Test
  void whatIsSaidReachesEachMemberAsAMessageOfItsOwnOrWaitsForHim() throws Exception {
    lab.phone("carol", tucket.transport.Protocol.TCP); // who is not registered
    group("bob", "carol");
    SessionPhone.Talk talk = alice.calling("friends", "m1", "Hello friends").talk();
    assertThat(talk.ok.first(Header.CONTACT).orElseThrow()).contains("+g.oma.sip-im");
    CpimMessage first = next(bob);
    assertThat(text(first)).isEqualTo("Hello friends");
    assertThat(first.messageId()).contains("m1");
    assertThat(first.from()).contains(address("alice"));
    assertThat(first.to()).contains(address("bob"));
    assertThat(lab.waiting("carol")).as("before the 200 to the INVITE").isEqualTo(1);
    assertThat(soon(talk.say("m2", "Second"))).isEqualTo(200);
    assertThat(lab.waiting("carol")).as("before the 200 to the SEND").isEqualTo(2);
    assertThat(text(next(bob))).isEqualTo("Second");
    assertThat(soon(talk.say("m2", "Second"))).as("said twice").isEqualTo(200);
    assertThat(soon(talk.send("application/im-iscomposing+xml", "<isComposing/>".getBytes(StandardCharsets.UTF_8)))).isEqualTo(200);
    assertThat(soon(talk.wish("m3", "Third"))).isEqualTo(200);
    assertThat(talk.reported.poll(20, TimeUnit.SECONDS)).as("the server is the end point").isEqualTo(200);
    assertThat(text(next(bob))).isEqualTo("Third");
    assertThat(lab.waiting("carol")).isEqualTo(3);
    assertThat(talk.request("UPDATE").status()).isEqualTo(200);
    assertThat(talk.bye().status()).isEqualTo(200);
    await().untilAsserted(() -> assertThat(lab.msrp.size()).isZero());
    assertThat(alice.invites).isEmpty();
    assertThat(alice.inbox).isEmpty();
  }

  @Test
  void aMessageWithoutAnIdHasOneAndTheSameForAll() throws Exception {
    SessionPhone carol = lab.registered("carol");
    group("bob", "carol");
    SessionPhone.Talk talk = alice.calling("friends").talk();
    assertThat(soon(talk.send("text/plain", "bare".getBytes(StandardCharsets.UTF_8)))).isEqualTo(200);
    CpimMessage atBob = next(bob);
    assertThat(text(atBob)).isEqualTo("bare");
    assertThat(atBob.messageId()).isPresent().isEqualTo(next(carol).messageId());
  }

  @Test
  void onlyMembersOpenASessionAndOnlyWithAGroup() {
    group("bob");
    SessionPhone mallory = lab.registered("mallory");
    SipResponse stranger = mallory.calling("friends", "m1", "Let me in").await();
    assertThat(stranger.status()).isEqualTo(403);
    assertThat(stranger.first(Header.WARNING).orElseThrow()).contains("127 Service not authorised");
    assertThat(alice.calling("nobody", "m2", "Hello?").await().status()).isEqualTo(404);
    assertThat(alice.calling("exploder", "m3", "To whom?").await().status()).isEqualTo(400);
    assertThat(bob.inbox).isEmpty();
  }

  @Test
  void membersAreThoseOfTheMoment() throws Exception {
    SessionPhone carol = lab.registered("carol");
    group("bob");
    SessionPhone.Talk talk = alice.calling("friends", "m1", "Hello bob").talk();
    assertThat(text(next(bob))).isEqualTo("Hello bob");
    group("carol");
    assertThat(soon(talk.say("m2", "Hello carol"))).isEqualTo(200);
    assertThat(text(next(carol))).isEqualTo("Hello carol");
    lab.xdms.breaks(true);
    assertThat(soon(talk.say("m3", "Who is there?"))).isEqualTo(408);
    lab.xdms.breaks(false);
    assertThat(soon(talk.say("m3", "Who is there?"))).as("tried again").isEqualTo(200);
    assertThat(text(next(carol))).isEqualTo("Who is there?");
    group();
    assertThat(soon(talk.say("m4", "Nobody"))).isEqualTo(403);
    assertThat(bob.inbox).isEmpty();
  }

  @Test
  void whoBlocksTheSenderHearsNothingAndWhereAllDoTheMessageIsRefused() throws Exception {
    SessionPhone carol = lab.registered("carol");
    group("bob", "carol");
    SessionPhone.Talk talk = alice.calling("friends").talk();
    blocksAlice("carol");
    assertThat(soon(talk.say("m1", "To one"))).isEqualTo(200);
    assertThat(text(next(bob))).isEqualTo("To one");
    blocksAlice("bob");
    assertThat(soon(talk.say("m2", "To none"))).isEqualTo(403);
    SipResponse refused = alice.calling("friends", "m3", "Still none").await();
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.first(Header.WARNING).orElseThrow()).contains("129 No destinations");
    assertThat(carol.inbox).isEmpty();
    assertThat(bob.inbox).isEmpty();
    assertThat(lab.waiting("carol")).isZero();
  }

  /// What is larger than a MESSAGE may be.
  @Test
  void aLargeMessageIsSafeForAllBeforeItsAnswerAndReachesThemInSessions() throws Exception {
    lab.phone("carol", tucket.transport.Protocol.TCP); // who is not registered
    group("bob", "carol");
    bob.onMessage = request -> 405; // as RCS-e terminals that take stored messages in sessions
    String large = "x".repeat(300_000);
    SessionPhone.Talk talk = alice.calling("friends").talk();
    assertThat(soon(talk.say("m1", large))).isEqualTo(200);
    assertThat(lab.waiting("carol")).isEqualTo(1);
    SessionPhone.Talk atBob = bob.talks.poll(20, TimeUnit.SECONDS);
    assertThat(atBob).isNotNull();
    assertThat(atBob.hear()).isEqualTo(large);
  }

  // RFC 5366
  @Test
  void theRecipientsMayStandInTheInvite() throws Exception {
    SessionPhone carol = lab.registered("carol");
    SessionPhone.Calling plain = alice.calling("exploder", "m1", "Hello you");
    assertThat(plain.await().status()).isEqualTo(400);
    byte[] list = ("<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list>" + entries("bob", "carol") + "</list></resource-lists>")
        .getBytes(StandardCharsets.UTF_8);
    Entity recipients = new Entity(Entity.of(ResourceLists.TYPE, list).headers().with("Content-Disposition", "recipient-list"), list);
    List<Entity> parts = new ArrayList<>(Multipart.parse(plain.request.contentType().orElseThrow(), plain.request.body()).parts());
    parts.add(recipients);
    Multipart body = new Multipart(parts);
    SipRequest invite = alice.request("INVITE", address("exploder")).edit().with(Header.CONTACT, alice.contact())
        .with(Header.REQUIRE, "recipient-list-invite")
        .body(MediaType.of("multipart", "mixed").with("boundary", body.boundary()), body.write(body.boundary())).request();
    SessionPhone.Calling calling = alice.new Calling(invite);
    calling.offer = plain.offer;
    SipResponse ok = calling.await();
    assertThat(ok.status()).isEqualTo(200);
    for (SessionPhone phone : List.of(bob, carol)) {
      CpimMessage first = next(phone);
      assertThat(text(first)).isEqualTo("Hello you");
      assertThat(first.messageId()).isEqualTo(Optional.of("m1"));
    }
  }
}
