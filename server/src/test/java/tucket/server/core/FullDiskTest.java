// Registrations while the store takes nothing.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tucket.server.core.Lab.user;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tucket.server.Limits;
import tucket.store.Engine;
import tucket.store.Kind;
import tucket.store.MemoryEngine;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.store.Unavailable;
import tucket.store.View;
import tucket.transport.Protocol;

class FullDiskTest {
  /// Refuses writes while it is full.
  private static final class Full implements Engine {
    private final Engine engine = new MemoryEngine();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean full;

    @Override
    public <T> T read(Partition of, Function<View, T> body) {
      return engine.read(of, body);
    }

    @Override
    public <T> T write(Partition of, Function<Transaction, T> body) {
      if (full) {
        refused.incrementAndGet();
        throw new Unavailable("The disk is full.");
      }
      return engine.write(of, body);
    }

    @Override
    public Iterable<Partition> partitions(Kind kind) {
      return engine.partitions(kind);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  @Test
  void aConnectionThatEndsWhileTheDiskIsFullIsUnregisteredAfterwards() {
    Full engine = new Full();
    try (Lab lab = new Lab(CoreSettings.of(Lab.DOMAIN), Limits.DEFAULT, engine, "127.0.0.1")) {
      lab.add("alice");
      Phone phone = lab.phone("alice", Protocol.TCP);
      phone.instance = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
      phone.regId = 1;
      assertThat(phone.register().status()).isEqualTo(200);
      engine.full = true;
      phone.close();
      await().atMost(Duration.ofSeconds(60)).until(() -> engine.refused.get() > 0);
      assertThat(lab.im.deregistered).isEmpty();

      engine.full = false;

      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
        lab.clock.advance(Duration.ofSeconds(5));
        assertThat(lab.im.deregistered).containsExactly(user("alice"));
      });
      assertThat(lab.core.devices(user("alice"))).singleElement().matches(d -> !d.registered());
    }
  }

  @Test
  void aRegistrationThatRunsOutWhileTheDiskIsFullIsToldAfterwards() {
    Full engine = new Full();
    try (Lab lab = new Lab(CoreSettings.of(Lab.DOMAIN), Limits.DEFAULT, engine, "127.0.0.1")) {
      lab.add("alice");
      lab.registered("alice", Protocol.UDP);
      engine.full = true;
      lab.clock.advance(Duration.ofHours(2));
      await().atMost(Duration.ofSeconds(60)).until(() -> engine.refused.get() > 0);

      engine.full = false;

      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
        lab.clock.advance(Duration.ofSeconds(5));
        assertThat(lab.im.deregistered).containsExactly(user("alice"));
      });
    }
  }
}
