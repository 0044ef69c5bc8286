// What changes often is told seldom: the least interval of an event package, over real sockets.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.event.EventPackage;
import tucket.transport.Protocol;

class NotifierPaceTest {
  private static final AddressOfRecord ALICE = AddressOfRecord.of("sip:alice@example.test");

  /// Counts.
  private static final class Counter implements EventPackage {
    final AtomicInteger state = new AtomicInteger();

    @Override
    public String name() {
      return "counter";
    }

    @Override
    public MediaType type() {
      return MediaType.parse("text/plain");
    }

    @Override
    public Duration leastInterval(AddressOfRecord who) {
      return Duration.ofMinutes(10);
    }

    @Override
    public boolean mayWatch(AddressOfRecord who, AddressOfRecord what) {
      return true;
    }

    @Override
    public byte[] state(AddressOfRecord what, AddressOfRecord who, long version) {
      return Integer.toString(state.get()).getBytes(StandardCharsets.UTF_8);
    }
  }

  @Test
  void manyChangesWithinTheIntervalAreOneNotifyAtItsEndAndARefreshIsAnsweredAtOnce() throws InterruptedException {
    try (Lab lab = Lab.start()) {
      lab.add("alice");
      Counter counter = new Counter();
      lab.core.notifier().add(counter);
      Phone phone = lab.registered("alice", Protocol.TCP);
      SipRequest request = phone.request("SUBSCRIBE", "sip:alice@example.test").with(Header.EVENT, "counter").with(Header.EXPIRES, "3600")
          .with(Header.CONTACT, phone.contact());
      SipResponse answer = phone.send(request);
      assertThat(next(phone)).isEqualTo("0");
      for (int i = 1; i <= 5; i++) {
        counter.state.set(i);
        lab.core.notifier().changed("counter", ALICE);
      }
      assertThat(phone.inbox).as("not before the interval is over").isEmpty();
      for (int tries = 0; tries < 5 && phone.inbox.isEmpty(); tries++) { // the notifier may just be reckoning from the time before
        lab.clock.advance(Duration.ofMinutes(11));
        awaitNext(phone);
      }
      assertThat(next(phone)).isEqualTo("5");
      counter.state.set(6);
      lab.core.notifier().changed("counter", ALICE);
      assertThat(phone.inbox).isEmpty();
      SipRequest again = phone.again(request).withUri(answer.addresses(Header.CONTACT).getFirst().uri())
          .with(Header.TO, answer.first(Header.TO).orElseThrow());
      assertThat(phone.send(again).status()).isEqualTo(200);
      assertThat(next(phone)).as("RFC 6665 section 4.2.1.2").isEqualTo("6");
      assertThat(phone.inbox).isEmpty();
    }
  }

  private static void awaitNext(Phone phone) {
    try {
      await().atMost(Duration.ofSeconds(5)).until(() -> !phone.inbox.isEmpty());
    } catch (ConditionTimeoutException notYet) {
      return;
    }
  }

  private static String next(Phone phone) throws InterruptedException {
    SipRequest notify = phone.inbox.poll(30, TimeUnit.SECONDS);
    assertThat(notify).as("a NOTIFY").isNotNull();
    return new String(Optional.ofNullable(notify).orElseThrow().body(), StandardCharsets.UTF_8);
  }
}
