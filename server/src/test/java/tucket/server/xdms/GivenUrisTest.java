// Which document gives a URI to a list or a group: asked here, and of another process.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.server.xdms.XdmLab.BILL;
import static tucket.server.xdms.XdmLab.JOE;
import static tucket.server.xdms.XdmLab.text;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XcapDiff;
import tucket.server.documents.ListUris;
import tucket.server.reference.XdmAddress;
import tucket.transport.Unavailable;
import tucket.transport.http.HttpLimits;
import tucket.transport.http.HttpServer;
import tucket.transport.http.Response;
import tucket.transport.http.Route;
import tucket.transport.testing.ManualClock;

class GivenUrisTest {
  private static final String GROUP = "application/vnd.oma.poc.groups+xml";
  private static final String SERVICES = "application/rls-services+xml";
  private static final String GROUP_PATH = "org.openmobilealliance.groups/users/" + JOE + "/club";
  private static final String SERVICES_PATH = "rls-services/users/" + JOE + "/index";
  private static final String BY_ID = "org.openmobilealliance.groups/global/byGroupID/sip:club@example.com";
  private static final String LISTS = "urn:ietf:params:xml:ns:resource-lists";
  private static final AddressOfRecord CLUB = new AddressOfRecord("sip:club@example.com");
  private static final AddressOfRecord TEAM = new AddressOfRecord("sip:team@example.com");

  private final XdmLab lab = new XdmLab(true);
  private final ManualClock clock = new ManualClock();
  private final RemoteXdms remote = new RemoteXdms(URI.create(lab.root), lab.calls, 100, Optional::of, clock);

  @AfterEach
  void close() {
    lab.close();
  }

  private static String group(String uri, String member) {
    return "<group xmlns=\"urn:oma:xml:poc:list-service\"><list-service uri=\"" + uri + "\"><list><entry uri=\"" + member
        + "\"/></list></list-service></group>";
  }

  private static String services(String uri, String list) {
    return "<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\" xmlns:rl=\"" + LISTS + "\"><service uri=\"" + uri + "\">" + list
        + "<packages><package>presence</package></packages></service></rls-services>";
  }

  private static String list(String member) {
    return "<list><rl:entry uri=\"" + member + "\"/></list>";
  }

  private void nothingMissed() {
    remote.told(new XcapDiff(lab.root, List.of()).toXml(), true);
  }

  private void changed(String path) {
    remote.told(new XcapDiff(lab.root, List.of(new XcapDiff.Document(path, Optional.of("a"), Optional.of("b")))).toXml(), false);
  }

  @Test
  void aGroupDocumentIsFoundByTheUriOfItsGroupAndSaysWhereItLies() {
    assertThat(lab.get("", BY_ID).status()).isEqualTo(404);
    assertThat(lab.put(JOE, GROUP_PATH, GROUP, group("sip:club@example.com", BILL)).status()).isEqualTo(201);
    Response found = lab.get("", BY_ID);
    assertThat(found.status()).isEqualTo(200);
    assertThat(text(found)).isEqualTo(text(lab.get(JOE, GROUP_PATH)));
    assertThat(XdmLab.etag(found)).isEqualTo(XdmLab.etag(lab.get(JOE, GROUP_PATH)));
    assertThat(found.header("Content-Location")).contains(lab.root + "/" + GROUP_PATH);
    assertThat(lab.get(JOE, BY_ID).status()).as("its owner").isEqualTo(200);
    assertThat(lab.get(BILL, BY_ID).status()).as("somebody else").isEqualTo(403);
    assertThat(lab.get("", BY_ID, "If-None-Match: " + XdmLab.etag(found)).status()).isEqualTo(304);
    String node = BY_ID + "/~~/group/list-service/@uri";
    assertThat(text(lab.get("", node))).isEqualTo("\"sip:club@example.com\"");
    assertThat(lab.put("", BY_ID, GROUP, group("sip:club@example.com", JOE)).status()).isEqualTo(405);
    assertThat(lab.delete(JOE, BY_ID).status()).isEqualTo(405);
    assertThat(lab.delete(JOE, GROUP_PATH).status()).isEqualTo(200);
    assertThat(lab.get("", BY_ID).status()).isEqualTo(404);
  }

  @Test
  void oneServiceOfTheGlobalIndexSaysWhereItLies() {
    assertThat(lab.put(JOE, SERVICES_PATH, SERVICES, services("sip:team@example.com", list(BILL))).status()).isEqualTo(201);
    String selector = "/~~/rls-services/service%5B@uri=%22sip:team@example.com%22%5D";
    Response found = lab.get("", "rls-services/global/index" + selector);
    assertThat(found.status()).isEqualTo(200);
    assertThat(found.header("Content-Location")).contains(lab.root + "/" + SERVICES_PATH + selector);
    assertThat(XdmLab.etag(found)).as("of the whole index").isEqualTo(XdmLab.etag(lab.get("", "rls-services/global/index")));
    assertThat(lab.put(JOE, SERVICES_PATH, SERVICES, services("sip:team@example.com", list(JOE))).status()).isEqualTo(200);
    assertThat(XdmLab.etag(lab.get("", "rls-services/global/index"))).isNotEqualTo(XdmLab.etag(found));
    assertThat(lab.get("", "rls-services/global/index/~~/rls-services/service%5B@uri=%22sip:nobody@example.com%22%5D").status()).isEqualTo(404);
  }

  @Test
  void twoSpellingsOfOneUriAreOne() {
    assertThat(lab.put(JOE, GROUP_PATH, GROUP, group("sip:club@EXAMPLE.com;x=y", BILL)).status()).isEqualTo(201);
    assertThat(XdmLab.outcome(lab.put(BILL, "org.openmobilealliance.groups/users/" + BILL + "/club", GROUP, group("sip:club@example.com", BILL))))
        .isEqualTo("409 uniqueness-failure");
    XdmAddress at = new XdmAddress("org.openmobilealliance.groups", JOE, "club");
    assertThat(lab.xdms.giving(CLUB)).contains(at);
    assertThat(remote.giving(CLUB)).contains(at);
  }

  @Test
  void listsAndGroupsAreFoundHereAndOverThereAlike() {
    nothingMissed();
    for (ListUris uris : List.of(new ListUris(lab.xdms, u -> u), new ListUris(remote, u -> u))) {
      assertThat(uris.find(CLUB)).isEmpty();
      assertThat(uris.find(TEAM)).isEmpty();
    }
    assertThat(lab.put(JOE, GROUP_PATH, GROUP, group("sip:club@example.com", BILL)).status()).isEqualTo(201);
    assertThat(lab.put(JOE, SERVICES_PATH, SERVICES, services("sip:team@example.com", list(BILL))).status()).isEqualTo(201);
    changed(GROUP_PATH);
    for (ListUris uris : List.of(new ListUris(lab.xdms, u -> u), new ListUris(remote, u -> u))) {
      ListUris.Found club = uris.find(CLUB).orElseThrow();
      assertThat(club.group()).isTrue();
      assertThat(club.owner().value()).isEqualTo(JOE);
      assertThat(club.members()).extracting(e -> e.uri()).containsExactly(BILL);
      ListUris.Found team = uris.find(TEAM).orElseThrow();
      assertThat(team.group()).isFalse();
      assertThat(team.owner().value()).isEqualTo(JOE);
      assertThat(team.members()).extracting(e -> e.uri()).containsExactly(BILL);
    }
  }

  @Test
  void aListWhoseDocumentIsNotTheIndexHasNoUri() {
    assertThat(lab.put(JOE, "rls-services/users/" + JOE + "/other", SERVICES, services("sip:team@example.com", list(BILL))).status()).isEqualTo(201);
    assertThat(lab.xdms.giving(TEAM)).isEmpty();
    assertThat(remote.giving(TEAM)).isEmpty();
  }

  @Test
  void whatGivesAUriOverThereIsBelievedUntilAChangeIsToldOrItsTimeIsOver() {
    nothingMissed();
    assertThat(remote.giving(CLUB)).isEmpty();
    assertThat(lab.put(JOE, GROUP_PATH, GROUP, group("sip:club@example.com", BILL)).status()).isEqualTo(201);
    assertThat(remote.giving(CLUB)).as("nothing was told").isEmpty();
    changed("resource-lists/users/" + JOE + "/index");
    assertThat(remote.giving(CLUB)).as("something else was told").isEmpty();
    changed(GROUP_PATH);
    assertThat(remote.giving(CLUB)).isPresent();
    assertThat(lab.delete(JOE, GROUP_PATH).status()).isEqualTo(200);
    assertThat(remote.giving(CLUB)).isPresent();
    clock.advance(Duration.ofMinutes(6));
    assertThat(remote.giving(CLUB)).as("its time is over").isEmpty();
  }

  @Test
  void withoutSubscriptionEveryQuestionIsAsked() {
    assertThat(remote.giving(CLUB)).isEmpty();
    assertThat(lab.put(JOE, GROUP_PATH, GROUP, group("sip:club@example.com", BILL)).status()).isEqualTo(201);
    assertThat(remote.giving(CLUB)).isPresent();
    lab.server.close();
    assertThatThrownBy(() -> remote.giving(CLUB)).isInstanceOf(Unavailable.class);
  }

  /// An XDMS that knows both parts of the global tree but tells nobody whose documents they are.
  @Test
  void anXdmsThatDoesNotTellWhoseDocumentItIsServesTheMembersOfAGroupAndTheOwnerOfALinkedList() {
    String anchor = "<resource-list>http://x/xcap/resource-lists/users/" + JOE + "/index/~~/resource-lists/list%5B@name=%22t%22%5D</resource-list>";
    String index = services("sip:team@example.com", anchor);
    Map<String, String> there = Map.of(
        "/" + BY_ID, group("sip:club@example.com", BILL),
        "/rls-services/global/index", index,
        "/rls-services/global/index/~~/rls-services/service%5B@uri=%22sip:team@example.com%22%5D", index,
        "/resource-lists/users/" + JOE + "/index",
        "<resource-lists xmlns=\"" + LISTS + "\"><list name=\"t\"><entry uri=\"" + BILL + "\"/></list></resource-lists>");
    HttpServer foreign = HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty(),
        List.of(new Route("GET", "/*", request -> Optional.ofNullable(there.get(request.path()))
            .map(d -> Response.of(200, "text/xml", d.getBytes(StandardCharsets.UTF_8)).withHeader("ETag", "\"1\""))
            .orElseGet(() -> Response.text(404, "nothing")))),
        new HttpLimits(1 << 20, 16 << 10, 8 << 10, 100, 100, Duration.ofMinutes(2), Duration.ofMinutes(1)));
    try (foreign) {
      ListUris uris = new ListUris(
          new RemoteXdms(URI.create("http://127.0.0.1:" + foreign.local().getPort()), lab.calls, 100, Optional::of, clock), u -> u);
      ListUris.Found club = uris.find(CLUB).orElseThrow();
      assertThat(club.owner()).as("nobody").isEqualTo(CLUB);
      assertThat(club.members()).extracting(e -> e.uri()).containsExactly(BILL);
      ListUris.Found team = uris.find(TEAM).orElseThrow();
      assertThat(team.owner().value()).isEqualTo(JOE);
      assertThat(team.members()).extracting(e -> e.uri()).containsExactly(BILL);
      assertThat(uris.find(new AddressOfRecord("sip:nobody@example.com"))).isEmpty();
    }
  }
}
