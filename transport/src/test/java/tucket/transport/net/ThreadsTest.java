// Virtual threads, ordinary and on the event loops, and the source of chance.
package tucket.transport.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Threads;

class ThreadsTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final NettyNetwork network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(2));

  @AfterEach
  void close() {
    network.close();
  }

  private Threads threads(String kind) {
    Threads loops = LoopThreads.over(network);
    return kind.equals("loop") ? (name, body) -> onLoop(() -> loops.start(name, body)) : new VirtualThreads();
  }

  private void onLoop(Runnable task) {
    network.loops().all().getFirst().execute(task);
  }

  /// The carrier's name, which a virtual thread shows in its text form.
  private static String carrier() {
    String text = Thread.currentThread().toString();
    return text.substring(text.indexOf('@') + 1);
  }

  @Test
  void theDoorIsOpenUnderOurFlags() {
    assertThat(LoopThreads.over(network)).isInstanceOf(LoopThreads.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"loop", "ordinary"})
  void aBodyRunsOnANamedVirtualThreadAndMayPark(String kind) throws InterruptedException {
    Threads threads = threads(kind);
    CountDownLatch gate = new CountDownLatch(1);
    Set<String> names = ConcurrentHashMap.newKeySet();
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < 1000; i++) {
      threads.start(
          "work",
          () -> {
            names.add(Thread.currentThread().getName() + Thread.currentThread().isVirtual());
            try {
              gate.await();
              Thread.sleep(1);
            } catch (InterruptedException unwanted) {
              throw new IllegalStateException(unwanted);
            }
            done.incrementAndGet();
          });
    }
    await().atMost(SOON).until(() -> names.equals(Set.of("worktrue")));
    gate.countDown();
    await().atMost(SOON).until(() -> done.get() == 1000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"loop", "ordinary"})
  void whatABodyThrowsHarmsNobody(String kind) throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    threads(kind)
        .start(
            "faulty",
            () -> {
              throw new AssertionError("a fault of ours, wanted by this test");
            });
    threads(kind).start("sound", ran::countDown);
    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void workStaysOnTheLoopThatStartedIt() {
    Threads threads = LoopThreads.over(network);
    List<String> here = new CopyOnWriteArrayList<>();
    Network.Listener listener =
        network.listen(
            NettyNetworkTest.any(Protocol.TCP, "127.0.0.1"),
            (flow, data) -> {
              String loop = carrier();
              threads.start(
                  "request",
                  () -> {
                    LockSupport.parkNanos(1_000_000);
                    threads.start("child", () -> here.add(loop + " " + carrier()));
                    flow.send(data);
                  });
            });
    for (int i = 0; i < 4; i++) {
      Gathering client = new Gathering();
      Flow flow = network.connect(listener.local(), "", client, SOON);
      flow.send("x".getBytes(StandardCharsets.UTF_8));
      await().atMost(SOON).until(() -> client.text().equals("x"));
    }
    await().atMost(SOON).until(() -> here.size() == 4);
    assertThat(here).allSatisfy(pair -> assertThat(pair.split(" ")[1]).isEqualTo(pair.split(" ")[0]));
    assertThat(new HashSet<>(here)).hasSize(2);
  }

  @Test
  void workFromElsewhereRunsOnTheOrdinaryScheduler() {
    Set<String> carriers = ConcurrentHashMap.newKeySet();
    LoopThreads.over(network).start("one", () -> carriers.add(carrier()));
    await().atMost(SOON).until(() -> carriers.size() == 1);
    assertThat(carriers).allSatisfy(name -> assertThat(name).startsWith("ForkJoinPool"));
  }

  @ParameterizedTest
  @EnumSource(names = {"TCP", "UDP"})
  void aHandlerMayWaitForALockThatAThreadOfItsLoopHolds(Protocol protocol) {
    Threads threads = LoopThreads.over(network);
    Object lock = new Object();
    AtomicInteger seen = new AtomicInteger();
    CountDownLatch locked = new CountDownLatch(1);
    Network.Listener listener = network.listen(
        NettyNetworkTest.any(protocol, "127.0.0.1"),
        (flow, data) -> {
          if (seen.getAndIncrement() == 0) {
            threads.start("holder", () -> holdForAWhile(lock, locked));
          } else {
            synchronized (lock) {
              flow.send(data);
            }
          }
        });
    Gathering client = new Gathering();
    Flow flow = protocol == Protocol.TCP
        ? network.connect(listener.local(), "", client, SOON)
        : network.listen(NettyNetworkTest.any(protocol, "127.0.0.1"), client).flowTo(listener.local().address());
    flow.send(new byte[] {'1'});
    await().atMost(SOON).until(() -> locked.getCount() == 0);
    flow.send(new byte[] {'2'});
    await().atMost(SOON).until(() -> client.text().equals("2"));
  }

  private static void holdForAWhile(Object lock, CountDownLatch locked) {
    synchronized (lock) {
      locked.countDown();
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
  }

  @Test
  void whatIsToldByALoopIsToldInOrder() {
    Threads unused = LoopThreads.over(network);
    List<String> told = new CopyOnWriteArrayList<>();
    Network.Listener listener = network.listen(
        NettyNetworkTest.any(Protocol.TCP, "127.0.0.1"),
        new FlowHandler() {
          @Override
          public void opened(Flow flow) {
            told.add("opened");
          }

          @Override
          public void received(Flow flow, byte[] data) {
            told.add(new String(data, StandardCharsets.UTF_8));
          }

          @Override
          public void closed(Flow flow, String why) {
            told.add("closed");
          }
        });
    Flow flow = network.connect(listener.local(), "", new Gathering(), SOON);
    for (char c = 'a'; c <= 'z'; c++) {
      flow.send(new byte[] {(byte) c});
    }
    flow.close();
    await().atMost(SOON).until(() -> told.contains("closed"));
    assertThat(told.getFirst()).isEqualTo("opened");
    assertThat(told.getLast()).isEqualTo("closed");
    assertThat(String.join("", told.subList(1, told.size() - 1))).isEqualTo("abcdefghijklmnopqrstuvwxyz");
  }

  @Test
  void aThreadMayConnectFromTheLoopItRunsOn() {
    Network.Listener listener = network.listen(NettyNetworkTest.any(Protocol.TCP, "127.0.0.1"), Gathering.echo());
    Gathering client = new Gathering();
    Threads threads = threads("loop");
    threads.start("connect", () -> network.connect(listener.local(), "", client, SOON).send("hi".getBytes(StandardCharsets.UTF_8)));
    await().atMost(SOON).until(() -> client.text().equals("hi"));
  }

  @Test
  void aThreadThatOutlivesTheNetworkComesToItsEnd() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch parked = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    threads("loop")
        .start(
            "late",
            () -> {
              try {
                parked.countDown();
                gate.await();
              } catch (InterruptedException unwanted) {
                throw new IllegalStateException(unwanted);
              }
              ended.countDown();
            });
    assertThat(parked.await(60, TimeUnit.SECONDS)).isTrue();
    network.close();
    gate.countDown();
    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void tokensDoNotRepeatAcrossThreadsAndRefills() throws InterruptedException {
    SecureChance chance = new SecureChance();
    Set<String> tokens = ConcurrentHashMap.newKeySet();
    List<Thread> all = Stream.generate(() -> Thread.ofVirtual().start(() -> draw(chance, tokens))).limit(8).toList();
    for (Thread one : all) {
      one.join();
    }
    assertThat(tokens).hasSize(8 * 20_000);
    byte[] large = new byte[100_000];
    chance.fill(large);
    int ones = 0;
    for (byte one : large) {
      ones += Integer.bitCount(one & 0xFF);
    }
    // 400000 expected; 6000 is more than 13 standard deviations.
    assertThat(ones).isBetween(394_000, 406_000);
  }

  private static void draw(SecureChance chance, Set<String> tokens) {
    for (int i = 0; i < 20_000; i++) {
      tokens.add(chance.token(8));
    }
  }
}
