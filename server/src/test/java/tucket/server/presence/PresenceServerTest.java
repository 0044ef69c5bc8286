// Who may watch whom, what he sees of it, and what happens when the rules change.
package tucket.server.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;
import static tucket.server.im.ImLab.CAROL;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.server.event.EventPackage.Standing;
import tucket.server.event.Notifier;
import tucket.server.event.Publications;
import tucket.server.im.ImLab;
import tucket.server.reference.MemoryXdms;
import tucket.server.reference.XdmAddress;
import tucket.store.MemoryEngine;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Sending;

class PresenceServerTest {
  private static final String ALL = "<transformations><provide-services><all-services/></provide-services></transformations>";

  private final ImLab lab = new ImLab(new MemoryEngine());
  private final List<SipRequest> told = new CopyOnWriteArrayList<>();
  private final MemoryXdms xdms = new MemoryXdms();
  private final Set<AddressOfRecord> open = ConcurrentHashMap.newKeySet();
  private final Notifier notifier = new Notifier(lab.world, Limits.DEFAULT, (request, target, by) -> {
    told.add(request);
    return Sending.ended(new Outcome.Answered(SipResponse.to(request, 200)));
  }, new Metrics(new PrometheusRegistry()));
  private final Publications publications = new Publications(lab.world, Limits.DEFAULT, lab.engine, user -> user);
  private final PresenceServer presence =
      new PresenceServer(lab.world, notifier, publications, xdms, Standing.PENDING, user -> user, List::of);
  private int numbers;

  PresenceServerTest() {
    presence.source(open::contains);
  }

  /// A path that is never used: the requests have passed a proxy.
  private static final class NoFlow implements Flow {
    @Override
    public Protocol protocol() {
      return Protocol.UDP;
    }

    @Override
    public InetSocketAddress local() {
      return new InetSocketAddress(0);
    }

    @Override
    public InetSocketAddress remote() {
      return new InetSocketAddress(0);
    }

    @Override
    public boolean send(byte[] data) {
      return false;
    }

    @Override
    public boolean isOpen() {
      return false;
    }

    @Override
    public String provenName() {
      return "";
    }

    @Override
    public void close() {}
  }

  private SipRequest request(String method, AddressOfRecord who, AddressOfRecord what, String event) {
    int n = ++numbers;
    return SipRequest.of(method, what.uri()).edit().with(Header.VIA, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" + n)
        .append(Header.VIA, "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK" + n).with(Header.FROM, "<" + who + ">;tag=f" + n).with(Header.TO, "<" + what + ">")
        .with(Header.CALL_ID, "c" + n).with(Header.CSEQ, "1 " + method).with(Header.EVENT, event).with(Header.EXPIRES, "600")
        .with(Header.CONTACT, "<" + who + ">").request();
  }

  private int subscribe(AddressOfRecord who, AddressOfRecord what, String event) {
    SipResponse response = notifier.subscribe(request("SUBSCRIBE", who, what, event), who, what, new NoFlow(), SipUri.of("events", "example.com"));
    if (response.isSuccess()) {
      notifier.answered(response);
    }
    lab.quiet();
    return response.status();
  }

  private void publish(AddressOfRecord user, String tuples) {
    byte[] body = ("<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='" + user + "'>" + tuples + "</presence>").getBytes(StandardCharsets.UTF_8);
    assertThat(publications.publish(request("PUBLISH", user, user, "presence").withBody(PresenceDocument.TYPE, body), user).status()).isEqualTo(200);
    lab.quiet();
  }

  private void rules(String rules) {
    xdms.put(XdmAddress.of("org.openmobilealliance.pres-rules", BOB, "pres-rules"),
        "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'>" + rules + "</ruleset>");
    lab.quiet();
  }

  private static String rule(String who, String handling, String transformations) {
    return "<rule id='r'><conditions><identity>" + (who.isEmpty() ? "<many/>" : "<one id='" + who + "'/>") + "</identity></conditions><actions><sub-handling>"
        + handling + "</sub-handling></actions>" + transformations + "</rule>";
  }

  private SipRequest last() {
    return told.getLast();
  }

  private String lastBody() {
    return new String(last().body(), StandardCharsets.UTF_8);
  }

  private String lastState() {
    return last().first(Header.SUBSCRIPTION_STATE).orElse("");
  }

  @ParameterizedTest
  @CsvSource({"allow, 200, active", "polite-block, 200, active", "confirm, 202, pending", "block, 403, ''"})
  void aSubscriptionIsHandledAsTheRuleSays(String handling, int status, String state) {
    rules(rule(ALICE.value(), handling, ""));
    assertThat(subscribe(ALICE, BOB, "presence")).isEqualTo(status);
    if (!state.isEmpty()) {
      assertThat(lastState()).startsWith(state);
    }
  }

  @Test
  void aWatcherSeesWhatAllDevicesHavePublishedAndWhatTheImServerSays() {
    rules(rule("", "allow", ""));
    open.add(BOB);
    publish(BOB, "<tuple id='a'><status><basic>closed</basic></status><note>at lunch</note></tuple>");
    publish(BOB, "<tuple id='b'><status><basic>open</basic></status></tuple>");
    assertThat(subscribe(ALICE, BOB, "presence")).isEqualTo(200);
    PresenceDocument seen = PresenceDocument.parse(last().body());
    assertThat(seen.elements().stream().map(e -> e.attribute("id").orElse(""))).containsExactly("im-pager-mode", "im-session", "a", "b");
    assertThat(lastBody()).contains("at lunch").contains("org.openmobilealliance:IM-pager-mode").contains("<basic>open</basic>");
    int before = told.size();
    publish(BOB, "<tuple id='c'><status><basic>open</basic></status></tuple>");
    assertThat(told).hasSize(before + 1);
    assertThat(lastBody()).contains("id=\"c\"");
  }

  @Test
  void whoIsBlockedPolitelySeesTheUserClosed() {
    rules(rule("", "polite-block", ""));
    open.add(BOB);
    publish(BOB, "<tuple id='a'><status><basic>open</basic></status><note>secret</note></tuple>");
    subscribe(ALICE, BOB, "presence");
    assertThat(lastBody()).doesNotContain("open</basic>").doesNotContain("secret").contains("closed</basic>");
  }

  @Test
  void aRuleWithTransformationsShowsOnlyWhatTheyName() {
    String tuples = "<tuple id='a'><status><basic>open</basic></status><contact>sip:bob@example.com</contact></tuple>"
        + "<tuple id='b'><status><basic>open</basic></status><contact>mailto:bob@example.com</contact></tuple><note>secret</note>";
    publish(BOB, tuples);
    rules(rule("", "allow",
        "<transformations><provide-services><service-uri-scheme>mailto</service-uri-scheme></provide-services></transformations>"));
    subscribe(ALICE, BOB, "presence");
    assertThat(lastBody()).contains("id=\"b\"").doesNotContain("id=\"a\"").doesNotContain("secret").doesNotContain("IM-pager-mode");
    rules(rule("", "allow", ALL));
    assertThat(lastBody()).contains("id=\"a\"").contains("IM-pager-mode").doesNotContain("secret");
  }

  @Test
  void ofWhatIsShownOnlyTheAttributesAreThatARuleGrants() {
    String rpid = "xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' xmlns:x='urn:x'";
    publish(BOB, "<tuple id='a' " + rpid + "><status><basic>open</basic><x:at>work</x:at></status><r:class>private</r:class>"
        + "<r:user-input since='2026-01-01T00:00:00Z' idle-threshold='600'>idle</r:user-input><x:toy>train</x:toy><x:tool>saw</x:tool>"
        + "<contact>sip:bob@example.com</contact><note>busy</note></tuple>"
        + "<p:person id='p' xmlns:p='urn:ietf:params:xml:ns:pidf:data-model' " + rpid + "><r:mood><r:sad/></r:mood><r:sphere>home</r:sphere></p:person>");
    String everybody = "<provide-services><all-services/></provide-services><provide-persons><all-persons/></provide-persons>";
    rules(rule("", "allow", "<transformations>" + everybody + "</transformations>"));
    subscribe(ALICE, BOB, "presence");
    assertThat(lastBody()).contains("id=\"a\"", "<basic>open</basic>", "sip:bob@example.com", "id=\"p\"")
        .doesNotContain("work", "private", "idle", "train", "saw", "busy", "mood", "home");
    rules(rule("", "allow", "<transformations>" + everybody + "<provide-mood>true</provide-mood><provide-sphere>false</provide-sphere>"
        + "<provide-class>1</provide-class><provide-note>true</provide-note><provide-user-input>thresholds</provide-user-input>"
        + "<provide-unknown-attribute ns='urn:x' name='toy'>true</provide-unknown-attribute></transformations>"));
    assertThat(lastBody()).contains("sad", "private", "busy", "idle-threshold=\"600\"", ">idle<", "train").doesNotContain("home", "since", "saw", "work");
    rules(rule("", "allow", "<transformations>" + everybody + "<provide-user-input>bare</provide-user-input></transformations>"));
    assertThat(lastBody()).contains(">idle<").doesNotContain("since", "idle-threshold");
    rules(rule("", "allow", "<transformations>" + everybody + "<provide-all-attributes/></transformations>"));
    assertThat(lastBody()).contains("home", "saw", "since", "work", "busy");
  }

  @Test
  void whoWaitsIsShownToTheUserAndToldWhenHeIsAllowedAndWhenNoMore() {
    assertThat(subscribe(BOB, BOB, "presence.winfo")).isEqualTo(200);
    assertThat(lastBody()).contains("watcherinfo").doesNotContain("alice");
    assertThat(subscribe(ALICE, BOB, "presence")).isEqualTo(202); // without rules: the operator's choice
    assertThat(told.stream().filter(r -> r.first(Header.EVENT).orElse("").equals("presence.winfo")).toList().getLast().body())
        .asString(StandardCharsets.UTF_8).contains("pending").contains(ALICE.value());
    told.clear();
    rules(rule(ALICE.value(), "allow", ""));
    assertThat(told).anyMatch(r -> r.first(Header.EVENT).orElse("").equals("presence") && r.first(Header.SUBSCRIPTION_STATE).orElse("").startsWith("active")
        && r.bodyLength() > 0);
    assertThat(told).anyMatch(r -> r.first(Header.EVENT).orElse("").equals("presence.winfo")
        && new String(r.body(), StandardCharsets.UTF_8).contains("status=\"active\""));
    told.clear();
    rules(rule(CAROL.value(), "allow", ""));
    assertThat(told).anyMatch(r -> r.first(Header.SUBSCRIPTION_STATE).orElse("").equals("terminated;reason=rejected") && r.bodyLength() == 0);
    assertThat(notifier.watching("presence", BOB)).isEmpty();
    assertThat(subscribe(ALICE, BOB, "presence")).isEqualTo(403);
  }

  @Test
  void aUserSeesHimselfWholeAndNobodyElseSeesHisWatchers() {
    publish(BOB, "<note>for me</note>");
    assertThat(subscribe(BOB, BOB, "presence")).isEqualTo(200);
    assertThat(lastBody()).contains("for me");
    assertThat(subscribe(ALICE, BOB, "presence.winfo")).isEqualTo(403);
  }

  @Test
  void theImServerIsToldWhatClientsSayAndNotWhatItSaysItself() {
    List<AddressOfRecord> changed = new CopyOnWriteArrayList<>();
    presence.watch(changed::add);
    assertThat(presence.isOpenForIm(BOB)).isEmpty();
    open.add(BOB);
    presence.changed(BOB);
    assertThat(presence.isOpenForIm(BOB)).isEmpty();
    publish(BOB, "<tuple id='a'><status><basic>closed</basic></status></tuple>");
    assertThat(presence.isOpenForIm(BOB)).contains(false);
    publish(BOB, "<tuple id='b'><status><basic>open</basic></status></tuple>");
    assertThat(presence.isOpenForIm(BOB)).contains(true);
    assertThat(changed).containsExactly(BOB, BOB);
  }
}
