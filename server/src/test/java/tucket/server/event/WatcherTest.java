// Our own subscriptions: straight to the other server, and by way of a core.
package tucket.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.server.im.ImLab;
import tucket.store.MemoryEngine;
import tucket.transport.Deadline;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Sending;
import tucket.transport.sip.Target;

class WatcherTest {
  private static final SipUri THERE = SipUri.parse("sip:documents@xdms.example.com");
  private static final SipUri CORE = SipUri.parse("sip:192.0.2.9;lr");
  private static final String STAYS = "<sip:192.0.2.10;lr>";

  private final ImLab lab = new ImLab(new MemoryEngine());
  private final List<SipRequest> sent = new CopyOnWriteArrayList<>();
  private final List<Target> targets = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile Optional<String> stays = Optional.empty();

  @AfterEach
  void close() {
    watchers.forEach(Watcher::close);
    lab.close();
  }

  private Sending answered(SipRequest request, Target target, Deadline by) {
    sent.add(request);
    targets.add(target);
    Edit edit = SipResponse.to(request, status).withToTag("there").edit().with(Header.EXPIRES, "3600").with(Header.CONTACT, "<sip:192.0.2.20>");
    stays.ifPresent(r -> edit.with(Header.RECORD_ROUTE, r));
    return Sending.ended(new Outcome.Answered(edit.response()));
  }

  private Watcher watching(SipUri at, Optional<SipUri> through) {
    Watcher.Wish wish = new Watcher.Wish(at, THERE, new AddressOfRecord("sip:im-system@example.com"), SipUri.parse("sip:xdm@192.0.2.1"), "xcap-diff",
        MediaType.TEXT_PLAIN, MediaType.TEXT_PLAIN, "all".getBytes(StandardCharsets.UTF_8), through);
    Watcher watcher = new Watcher(lab.world, this::answered, wish, new Watcher.Listener() {
      @Override
      public void told(byte[] body, boolean first) {
        told.add((first ? "first " : "") + new String(body, StandardCharsets.UTF_8));
      }

      @Override
      public void lost() {
        told.add("lost");
      }
    });
    watchers.add(watcher);
    watcher.start();
    lab.quiet();
    return watcher;
  }

  private int notify(Watcher watcher, int cseq, String body) {
    SipRequest subscribe = sent.getLast();
    return watcher.notified(SipRequest.of("NOTIFY", SipUri.parse("sip:xdm@192.0.2.1")).edit().with(Header.FROM, "<" + THERE + ">;tag=there")
        .with(Header.TO, subscribe.from().toString()).with(Header.CALL_ID, subscribe.callId()).with(Header.CSEQ, cseq + " NOTIFY")
        .with(Header.CONTACT, "<sip:192.0.2.20>").with(Header.EVENT, "xcap-diff").with(Header.SUBSCRIPTION_STATE, "active;expires=600").request()
        .withBody(MediaType.TEXT_PLAIN, body.getBytes(StandardCharsets.UTF_8))).map(SipResponse::status).orElse(0);
  }

  private void refreshes() {
    lab.clock.advance(Duration.ofMinutes(50));
    lab.quiet();
  }

  @Test
  void itSubscribesStraightToTheOtherServerAndRefreshesThere() {
    Watcher watcher = watching(THERE, Optional.empty());
    assertThat(notify(watcher, 1, "one")).isEqualTo(200);
    refreshes();
    assertThat(sent).hasSize(2).noneMatch(r -> r.has(Header.ROUTE));
    assertThat(sent.getLast().to().tag()).contains("there");
    assertThat(targets).containsOnly(new Target.Resolve(THERE));
    assertThat(notify(watcher, 2, "two")).isEqualTo(200);
    assertThat(told).containsExactly("first one", "two");
  }

  @Test
  void byWayOfACoreItBeginsWithItsRouteAndGoesOnAlongTheRouteSet() {
    stays = Optional.of(STAYS);
    watching(CORE, Optional.of(CORE));
    assertThat(sent.getFirst().uri()).isEqualTo(THERE);
    assertThat(sent.getFirst().values(Header.ROUTE)).containsExactly("<" + CORE + ">");
    assertThat(targets.getFirst()).isEqualTo(new Target.Resolve(CORE));
    refreshes();
    assertThat(sent.getLast().uri()).hasToString("sip:192.0.2.20");
    assertThat(sent.getLast().values(Header.ROUTE)).containsExactly(STAYS);
    assertThat(targets.getLast()).isEqualTo(new Target.Resolve(SipUri.parse("sip:192.0.2.10;lr")));
  }

  @Test
  void aCoreThatDoesNotStayIsStillTheNextHop() {
    watching(CORE, Optional.of(CORE));
    refreshes();
    assertThat(sent.getLast().has(Header.ROUTE)).isFalse();
    assertThat(targets).containsOnly(new Target.Resolve(CORE));
  }

  @Test
  void aSubscriptionThatIsRefusedIsTriedAgainByTheSameWay() {
    Watcher watcher = watching(CORE, Optional.of(CORE));
    assertThat(notify(watcher, 1, "one")).isEqualTo(200);
    status = 481;
    refreshes();
    assertThat(told).containsExactly("first one", "lost");
    status = 200;
    lab.clock.advance(Duration.ofSeconds(5));
    lab.quiet();
    assertThat(sent.getLast().values(Header.ROUTE)).containsExactly("<" + CORE + ">");
    assertThat(sent.getLast().to().tag()).isEmpty();
    assertThat(notify(watcher, 1, "two")).isEqualTo(200);
    assertThat(told).containsExactly("first one", "lost", "first two");
  }
}
