// What has been answered is answered again, for its time and no longer.
package tucket.transport.sip;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.transaction.TransactionKey;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.testing.ManualClock;

class RememberedTest {
  private static final long LIFE = Duration.ofSeconds(32).toNanos();

  private final ManualClock clock = new ManualClock();
  private final TimerWheel wheel = new TimerWheel(clock);
  private final Remembered remembered = new Remembered(LIFE, wheel, new SipReader());

  private record Peer(int port) implements Flow {
    @Override
    public Protocol protocol() {
      return Protocol.UDP;
    }

    @Override
    public InetSocketAddress local() {
      return new InetSocketAddress("127.0.0.1", 5060);
    }

    @Override
    public InetSocketAddress remote() {
      return new InetSocketAddress("127.0.0.1", port);
    }

    @Override
    public boolean send(byte[] data) {
      return true;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public String provenName() {
      return "";
    }

    @Override
    public void close() {}
  }

  private static SipRequest request(int number) {
    String text = "MESSAGE sip:bob@im.example SIP/2.0\r\nVia: SIP/2.0/UDP Client.example:5070;branch=z9hG4bK" + number
        + "\r\nFrom: <sip:alice@im.example>;tag=1\r\nTo: <sip:bob@im.example>\r\nCall-ID: " + number
        + "\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n";
    return (SipRequest) new SipReader().read(text.getBytes(StandardCharsets.UTF_8));
  }

  private void answer(int number, int status) {
    SipRequest request = request(number);
    remembered.add(TransactionKey.of(request), new Peer(number % 7), SipResponse.to(request, status).encode(), clock.nanos());
  }

  private Remembered.@Nullable Found find(int number) {
    return remembered.find(TransactionKey.of(request(number)), clock.nanos());
  }

  @Test
  void eachIsFoundByItsOwnRequestWhateverTheirNumber() {
    for (int i = 0; i < 5000; i++) {
      answer(i, 200 + i % 50);
    }
    for (int i = 0; i < 5000; i++) {
      Remembered.Found found = requireNonNull(find(i));
      assertThat(new String(found.response(), StandardCharsets.UTF_8)).startsWith("SIP/2.0 " + (200 + i % 50) + " ").contains("bK" + i + "\r\n");
      assertThat(found.flow()).isEqualTo(new Peer(i % 7));
    }
    assertThat(find(5000)).isNull();
  }

  @Test
  void eachIsForgottenAtItsTimeWhileOthersStay() {
    for (int i = 0; i < 300; i++) {
      answer(i, 200);
      clock.advance(Duration.ofSeconds(1));
    }
    long second = Duration.ofSeconds(1).toNanos();
    for (int i = 0; i < 300; i++) {
      boolean due = (300 - i) * second >= LIFE;
      assertThat(find(i) == null).as("number %d", i).isEqualTo(due);
    }
    assertThat(remembered.count(clock.nanos())).isEqualTo(31);
  }

  @Test
  void nothingIsHeldWhenAllHaveHadTheirTime() {
    for (int i = 0; i < 1000; i++) {
      answer(i, 200);
    }
    for (int i = 0; i < 40; i++) {
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(clock.alarms()).isZero();
    assertThat(remembered.count(clock.nanos())).isZero();
    answer(7, 202);
    assertThat(find(7)).isNotNull();
  }

  @Test
  void keysOfTheSameHashAreToldApart() {
    // "Aa" and "BB" have one hash
    SipRequest one = request(1).edit().with(tucket.protocol.sip.Header.VIA, "SIP/2.0/UDP h;branch=z9hG4bKAa").request();
    SipRequest other = request(1).edit().with(tucket.protocol.sip.Header.VIA, "SIP/2.0/UDP h;branch=z9hG4bKBB").request();
    assertThat(TransactionKey.of(one)).hasSameHashCodeAs(TransactionKey.of(other));
    remembered.add(TransactionKey.of(one), new Peer(1), SipResponse.to(one, 200).encode(), clock.nanos());
    assertThat(remembered.find(TransactionKey.of(other), clock.nanos())).isNull();
    assertThat(remembered.find(TransactionKey.of(one), clock.nanos())).isNotNull();
  }
}
