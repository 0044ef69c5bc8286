// Whatever happens in whatever order: nothing is lost, nothing acknowledged is repeated, every sender's order is kept.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.im.ImLab.ALICE;
import static tucket.server.im.ImLab.BOB;
import static tucket.server.im.ImLab.CAROL;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.server.Envelope;
import tucket.store.MemoryEngine;

class InterleavingTest {
  private static final int STEPS = 300;
  private static final int[] FAILURES = {408, 480, 503, 486, 500, 404};

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomArrivalsFailuresRegistrationsAndRestartsKeepTheLaws(long seed) throws Exception {
    Random random = new Random(seed);
    try (ImLab lab = new ImLab(new MemoryEngine())) {
      List<FakePhone> phones = List.of(lab.phone(BOB, "urn:uuid:1"), lab.phone(BOB, "urn:uuid:2"));
      Map<AddressOfRecord, List<String>> accepted = new ConcurrentHashMap<>(Map.of(ALICE, new ArrayList<>(), CAROL, new ArrayList<>()));
      List<Thread> senders = new ArrayList<>();
      List<CountDownLatch> slow = new ArrayList<>();
      int number = 0;
      for (int step = 0; step < STEPS; step++) {
        FakePhone phone = phones.get(random.nextInt(2));
        switch (random.nextInt(14)) {
          case 0 -> phone.goesAway();
          case 1, 2 -> lab.registers(BOB, phone);
          case 3 -> phone.answers(failing(random.nextLong()));
          case 4 -> phone.answers(200);
          case 5 -> lab.clock.advance(Duration.ofMillis(random.nextInt(20_000)));
          case 6 -> {
            release(slow);
            join(senders); // a restart is a crash for nobody's request here: those have a scene of their own
            lab.quiet();
            lab.restart();
          }
          case 7 -> lab.im.registered(BOB);
          case 8 -> phone.answers(slow(slow, random.nextInt(3) > 0 ? 200 : 408));
          case 9 -> release(slow);
          default -> {
            AddressOfRecord from = random.nextBoolean() ? ALICE : CAROL;
            String id = from.value().substring(4, 5) + number++;
            senders.add(sendInTurn(lab, from, id, accepted, senders));
          }
        }
      }
      release(slow);
      join(senders);
      phones.forEach(p -> p.answers(200));
      for (int i = 0; i < 3; i++) {
        phones.forEach(p -> lab.registers(BOB, p));
        lab.quiet();
      }

      for (FakePhone phone : phones) {
        assertThat(phone.ids()).doesNotHaveDuplicates();
        accepted.forEach((from, ids) -> assertThat(phone.ids().stream().filter(id -> id.startsWith(from.value().substring(4, 5))).toList())
            .as("what %s sent, on %s, seed %d", from, phone.id(), seed).containsExactlyElementsOf(ids));
      }
      assertThat(lab.im.deferred().queue().list(BOB, 1000, w -> true)).isEmpty();
      assertThat(lab.thrown).isEmpty();
    }
  }

  /// A client sends its next message when the one before was answered, while other clients send theirs.
  private static Thread sendInTurn(ImLab lab, AddressOfRecord from, String id, Map<AddressOfRecord, List<String>> accepted,
      List<Thread> before) {
    List<Thread> earlier = before.stream().filter(t -> t.getName().equals(from.value())).toList();
    return Thread.ofVirtual().name(from.value()).start(() -> {
      join(earlier);
      int status = lab.text(from, BOB, id, "text " + id).status();
      assertThat(status).isIn(200, 202);
      java.util.Objects.requireNonNull(accepted.get(from)).add(id);
    });
  }

  private static java.util.function.Function<SipRequest, Integer> failing(long seed) {
    Random random = new Random(seed);
    return r -> {
      synchronized (random) {
        return random.nextInt(3) == 0 ? 200 : FAILURES[random.nextInt(FAILURES.length)];
      }
    };
  }

  /// Says nothing until it is released.
  private static java.util.function.Function<SipRequest, Integer> slow(List<CountDownLatch> all, int status) {
    CountDownLatch released = new CountDownLatch(1);
    all.add(released);
    return r -> {
      OnBothEngines.hold(released);
      return status;
    };
  }

  private static void release(List<CountDownLatch> all) {
    all.forEach(CountDownLatch::countDown);
    all.clear();
  }

  private static void join(List<Thread> threads) {
    for (Thread t : List.copyOf(threads)) {
      try {
        t.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aNotificationNeverCausesANotification() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      try (ImLab lab = new ImLab(new MemoryEngine())) {
        FakePhone phone = lab.phone(ALICE, "urn:uuid:a");
        int[] answers = {200, 403, 408, 415, 480, 500, 603};
        int status = answers[random.nextInt(answers.length)];
        phone.answers(status);
        if (random.nextBoolean()) {
          phone.goesAway();
        }
        // a client that asks for notifications about its notification
        var cpim = ImLab.notification(BOB, ALICE, "n" + round, "m1");
        var greedy = tucket.protocol.cpim.CpimMessage.builder().from(BOB.value()).to(ALICE.value()).messageId("n" + round)
            .dateTime("2026-11-22T07:59:30.000Z").request(Disposition.values()).content(cpim.content()).build();

        lab.send(BOB, lab.message(BOB, ALICE, greedy));
        lab.clock.advance(Duration.ofDays(31));
        lab.quiet();

        assertThat(lab.core.sent()).as("answer %d", status).hasSize(1);
      }
    }
  }

  @Test
  void everyMessageCausesAtMostOneNotificationOfEachKind() {
    Map<String, Integer> seen = new HashMap<>();
    try (ImLab lab = new ImLab(new MemoryEngine())) {
      lab.text(ALICE, BOB, "m1", "text", Disposition.values());
      lab.text(ALICE, BOB, "m1", "text", Disposition.values());
      lab.quiet();
      for (int i = 0; i < 5; i++) {
        lab.clock.advance(Duration.ofDays(31));
        lab.quiet();
      }
      lab.core.sent().stream().filter(r -> AddressOfRecord.of(r.uri()).equals(ALICE)).forEach(r -> seen.merge(FakePhone.text(r), 1,
          Integer::sum));
    }
    assertThat(seen).hasSize(2);
    Set<Integer> counts = new HashSet<>(seen.values());
    assertThat(counts).containsExactly(1);
    assertThat(Envelope.Kind.values()).hasSize(3);
  }
}
