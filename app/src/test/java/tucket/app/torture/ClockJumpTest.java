// A wall clock that jumps by a day under a running server.
package tucket.app.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.app.assembly.Assembly;
import tucket.app.assembly.LabUsers;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Pager;
import tucket.client.Sent;
import tucket.protocol.sip.SipUri;
import tucket.transport.Clock;
import tucket.transport.World;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class ClockJumpTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String DOMAIN = "tucket.example";

  private final SystemWorld outside = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  private final List<ImClient> clients = new ArrayList<>();
  private volatile Duration shift = Duration.ZERO;
  private Assembly server = start();

  /// The real clock, with a wall that somebody has moved; intervals are measured as ever.
  private final class Jumping implements Clock {
    private final Clock real;

    Jumping(Clock real) {
      this.real = real;
    }

    @Override
    public long nanos() {
      return real.nanos();
    }

    @Override
    public Instant now() {
      return real.now().plus(shift);
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
      return real.after(delay, task);
    }

    @Override
    public void sleep(Duration pause) {
      real.sleep(pause);
    }
  }

  private Assembly start() {
    List<String> settings = List.of(
        "sip.listen=[\"tcp:127.0.0.1:0\"]", "http.listen=\"\"", "storage.engine=memory", "lab.users=true", "log.level=error", "limits.push-time=1s");
    return Assembly.start(
        ConfigFile.read(Optional.empty(), settings), w -> new World(new Jumping(w.clock()), w.network(), w.chance(), w.threads()));
  }

  private ImClient client(String name) {
    Account account = new Account(SipUri.of(name, DOMAIN), name, LabUsers.passwordOf(name).orElseThrow());
    ImClient client = new ImClient(outside.world(), ClientSettings.of(account, server.listening().getFirst()).withConfirm(false));
    clients.add(client);
    return client;
  }

  private static Sent send(ImClient from, String to, Outgoing what) {
    return from.pager().send(SipUri.of(to, DOMAIN), what);
  }

  private static List<String> texts(ImClient client) {
    List<String> texts = new CopyOnWriteArrayList<>();
    client.pager().listen(new Pager.Listener() {
      @Override
      public void message(Incoming message) {
        texts.add(message.text());
      }
    });
    return texts;
  }

  private ImClient alice;

  @BeforeEach
  void alice() {
    alice = client("alice");
    assertThat(send(alice, "alice", Outgoing.text("a nonce from before the jump")).accepted()).isTrue();
  }

  @AfterEach
  void close() {
    clients.forEach(ImClient::close);
    server.close();
    outside.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void aRegistrationOfAnHourOutlivesAJumpOfADay(int days) {
    ImClient bob = client("bob");
    List<String> texts = texts(bob);
    assertThat(bob.register().expires()).isEqualTo(Duration.ofHours(1));
    shift = Duration.ofDays(days);
    assertThat(send(alice, "bob", Outgoing.text("still there?")).status()).isEqualTo(200);
    bob.register();
    shift = Duration.ZERO;
    assertThat(send(alice, "bob", Outgoing.text("and now?")).status()).isEqualTo(200);
    assertThat(texts).containsExactly("still there?", "and now?");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void aMessageThatMayWaitAWeekOutlivesAJumpOfADayAndTheOrderStays(int days) {
    assertThat(send(alice, "bob", Outgoing.text("before")).status()).isEqualTo(202);
    shift = Duration.ofDays(days);
    assertThat(send(alice, "bob", Outgoing.text("after")).status()).isEqualTo(202);
    ImClient bob = client("bob");
    List<String> texts = texts(bob);
    bob.register();
    await().atMost(LONG).untilAsserted(() -> assertThat(texts).containsExactly("before", "after"));
  }

  @Test
  void aMessageOfAnHourIsOverWhenTheWallClockSaysSo() {
    assertThat(send(alice, "bob", Outgoing.text("old news").withLife(Duration.ofHours(1))).status()).isEqualTo(202);
    shift = Duration.ofDays(1);
    assertThat(send(alice, "bob", Outgoing.text("news").withLife(Duration.ofHours(1))).status()).isEqualTo(202);
    ImClient bob = client("bob");
    List<String> texts = texts(bob);
    bob.register();
    await().atMost(LONG).untilAsserted(() -> assertThat(texts).isNotEmpty());
    assertThat(texts).containsExactly("news");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void timersKeepTheirTime(int days) {
    ImClient bob = client("bob");
    CountDownLatch awake = new CountDownLatch(1);
    bob.pager().listen(new Pager.Listener() {
      @Override
      public void message(Incoming message) {
        try {
          awake.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    });
    bob.register();
    shift = Duration.ofDays(days);
    long began = System.nanoTime();
    assertThat(send(alice, "bob", Outgoing.text("are you there?")).status()).isEqualTo(202); // limits.push-time is over
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(900));
    shift = Duration.ZERO;
    awake.countDown();
    await().atMost(LONG).until(() -> server.administration().queue("bob").isEmpty()); // tried again when the device has rested
  }
}
