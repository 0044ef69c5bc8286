// IM-3 and IM-4 over HTTP, kept fresh by notifications.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.server.xdms.XdmLab.JOE;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.Uri;
import tucket.protocol.xcap.XcapDiff;
import tucket.server.event.Narration;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.Xdms;
import tucket.server.xdms.usage.Asker;
import tucket.transport.Unavailable;

class RemoteXdmsTest {
  private static final AddressOfRecord SERVER = new AddressOfRecord("sip:im-system@example.com");
  private static final XdmAddress RULES = new XdmAddress("org.openmobilealliance.access-rules", JOE, "access-rules");
  private static final String TYPE = "application/auth-policy+xml";
  private static final String PATH = "org.openmobilealliance.access-rules/users/" + JOE + "/access-rules";

  private final XdmLab lab = new XdmLab(true);
  private final RemoteXdms remote = new RemoteXdms(URI.create(lab.root), lab.calls, 100, Optional::of, lab.world.clock());
  private final AtomicReference<Narration> narration = new AtomicReference<>();
  private final XcapDiffEvents events = new XcapDiffEvents("xcap-diff", Duration.ZERO, lab.xdms,
      who -> who.equals(SERVER) ? Asker.SERVER : Asker.of(who), (name, what) -> tell());

  @BeforeEach
  void subscribe() {
    SipRequest subscribe = SipRequest.of("SUBSCRIBE", Uri.parse("sip:example.com")).edit().with(Header.EVENT, "xcap-diff").request()
        .withBody(MediaType.RESOURCE_LISTS, remote.wanted());
    narration.set(events.begin(subscribe, SERVER, SERVER));
  }

  /// No subscription.
  private static final class Silence implements Narration {
    @Override
    public byte[] next(long version) {
      throw new AssertionError("nobody is told anything");
    }

    @Override
    public boolean concerned() {
      return false;
    }
  }

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  private void tell() {
    Narration one = narration.get();
    if (one != null && one.concerned()) {
      remote.told(one.next(1), false);
    }
  }

  private static String rules(String id) {
    return "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\"><rule id=\"" + id + "\"/></ruleset>";
  }

  private String seen() {
    return remote.document(RULES).map(d -> new String(d.content(), StandardCharsets.UTF_8)).orElse("none");
  }

  @Test
  void aDocumentIsReadOnceAndAgainWhenItHasChanged() {
    remote.told(narration.get().next(0), true);
    List<XdmAddress> heard = new ArrayList<>();
    Xdms.Watch watch = remote.watch(RULES::equals, heard::add);
    assertThat(seen()).isEqualTo("none");
    assertThat(lab.put(JOE, PATH, TYPE, rules("a")).status()).isEqualTo(201);
    assertThat(heard).containsExactly(RULES);
    assertThat(seen()).isEqualTo(rules("a"));
    assertThat(remote.document(RULES).orElseThrow().content()).as("kept").isSameAs(remote.document(RULES).orElseThrow().content());
    assertThat(lab.put(JOE, PATH, TYPE, rules("b")).status()).isEqualTo(200);
    assertThat(seen()).isEqualTo(rules("b"));
    assertThat(lab.delete(JOE, PATH).status()).isEqualTo(200);
    assertThat(seen()).isEqualTo("none");
    assertThat(heard).hasSize(3);
    watch.close();
  }

  @Test
  void withoutSubscriptionEveryReadAsks() {
    narration.getAndSet(new Silence()).end();
    assertThat(lab.put(JOE, PATH, TYPE, rules("a")).status()).isEqualTo(201);
    assertThat(seen()).isEqualTo(rules("a"));
    assertThat(lab.put(JOE, PATH, TYPE, rules("b")).status()).isEqualTo(200);
    assertThat(seen()).isEqualTo(rules("b"));
    remote.told(new XcapDiff(lab.root, List.of()).toXml(), true);
    assertThat(seen()).isEqualTo(rules("b"));
    assertThat(lab.put(JOE, PATH, TYPE, rules("c")).status()).isEqualTo(200);
    assertThat(seen()).as("kept for as long as nothing else is told").isEqualTo(rules("b"));
    remote.lost();
    assertThat(seen()).isEqualTo(rules("c"));
  }

  @Test
  void whatMayHaveBeenMissedIsToldWhenTheSubscriptionIsThereAgain() {
    remote.told(narration.get().next(0), true);
    assertThat(seen()).isEqualTo("none");
    List<XdmAddress> heard = new ArrayList<>();
    Xdms.Watch watch = remote.watch(a -> true, heard::add);
    remote.lost();
    remote.told(new XcapDiff(lab.root, List.of()).toXml(), true);
    assertThat(heard).contains(RULES);
    watch.close();
  }

  @Test
  void theServerWritesAndSearchesThere() {
    XdmAddress history = new XdmAddress("org.openmobilealliance.conv-history", JOE, "conv-history");
    byte[] list = "<history-list xmlns=\"urn:oma:xml:im:history-list\"/>".getBytes(StandardCharsets.UTF_8);
    String tag = remote.put(history, list, Optional.empty()).orElseThrow().etag();
    assertThat(remote.put(history, list, Optional.of("other"))).isEmpty();
    assertThat(remote.put(history, list, Optional.of(tag))).isPresent();
    assertThat(lab.get(JOE, "org.openmobilealliance.conv-history/users/" + JOE + "/conv-history").body()).isEqualTo(list);
    assertThat(remote.remove(history)).isTrue();
    assertThat(remote.remove(history)).isFalse();
    String profile = "<user-profiles xmlns=\"urn:oma:xml:xdm:user-profile\"><user-profile uri=\"" + JOE
        + "\"><display-name>Joe \"J\" Smith</display-name></user-profile></user-profiles>";
    assertThat(lab.put(JOE, "org.openmobilealliance.user-profile/users/" + JOE + "/user-profile", "application/vnd.oma.user-profile+xml", profile)
        .status()).isEqualTo(201);
    assertThat(remote.named("joe \"j\" smith", 5)).extracting(f -> f.user().value()).containsExactly(JOE);
    assertThat(remote.named("nobody", 5)).isEmpty();
  }

  @Test
  void anXdmsThatIsNotThereIsUnavailable() {
    lab.server.close();
    assertThatThrownBy(() -> remote.document(RULES)).isInstanceOf(Unavailable.class);
  }

  @Test
  void aUserHearsOnlyOfWhatHeMayRead() {
    AddressOfRecord joe = new AddressOfRecord(JOE);
    String own = "resource-lists/users/" + JOE + "/index";
    String foreign = "resource-lists/users/sip:bill@example.com/index";
    String node = own + "/~~/resource-lists/list[@name=\"a\"]";
    SipRequest subscribe = SipRequest.of("SUBSCRIBE", Uri.parse(JOE)).edit().with(Header.EVENT, "xcap-diff").request()
        .withBody(MediaType.RESOURCE_LISTS, XcapDiff.wanted(List.of(own, foreign, node)));
    Narration told = events.begin(subscribe, joe, joe);
    assertThat(text(told.next(0))).doesNotContain("sel=");
    String list = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"a\"/></resource-lists>";
    assertThat(lab.put("sip:bill@example.com", foreign, "application/resource-lists+xml", list).status()).isEqualTo(201);
    assertThat(lab.put(JOE, own, "application/resource-lists+xml", list).status()).isEqualTo(201);
    assertThat(told.concerned()).isTrue();
    assertThat(text(told.next(1))).contains("<d:document sel=\"" + own + "\" new-etag=", "><list name=\"a\"/></d:element>").doesNotContain("bill");
    assertThat(lab.delete(JOE, own).status()).isEqualTo(200);
    assertThat(text(told.next(2))).contains("previous-etag=", "exists=\"0\"").doesNotContain("new-etag");
    assertThat(text(told.next(3))).as("nothing new").doesNotContain("sel=");
    told.end();
    narration.get().end();
    assertThat(events.followed()).isZero();
  }

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }
}
