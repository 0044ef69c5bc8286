// A lab on each of the engines.
package tucket.server.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Limits;
import tucket.server.im.deferred.ChargingRecord;
import tucket.server.im.settings.ImSettings;
import tucket.store.Engine;
import tucket.store.MemoryEngine;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;

/// Tests that extend it run once with each engine.
abstract class OnBothEngines {
  Engine engine;
  ImLab lab;

  @Parameter EngineChoice choice = EngineChoice.MEMORY;
  @TempDir Path folder = Path.of("");

  /// Which engine a class of tests runs on.
  enum EngineChoice {
    MEMORY,
    ROCKS
  }

  private Engine open() {
    return choice == EngineChoice.MEMORY ? new MemoryEngine() : new RocksEngine(folder, RocksSettings.DEFAULT);
  }

  @BeforeEach
  void setUp() {
    engine = open();
    lab = new ImLab(engine);
    lab.quiet();
  }

  @AfterEach
  void tearDown() {
    lab.close();
    lab.quiet();
    engine.close();
    assertThat(lab.thrown).isEmpty();
  }

  void labWith(ImSettings settings, Limits limits) {
    lab.close();
    lab = new ImLab(engine, settings, limits);
    lab.quiet();
  }

  /// A new lab whose engine can hold a writer or a reader.
  ParkingEngine labThatParks() {
    ParkingEngine parking = new ParkingEngine(engine);
    lab.close();
    lab = new ImLab(parking);
    lab.quiet();
    return parking;
  }

  static Limits limits(int messages, long bytes) {
    Limits d = Limits.DEFAULT;
    return new Limits(d.messageBytes(), d.inflatedBytes(), messages, bytes, d.devicesPerUser(), d.devicesRememberedPerUser(),
        d.registrationsTotal(), d.subscriptionsTotal(), d.subscriptionsPerUser(), d.aliasesPerUser(), d.requestsInFlightPerUser(),
        d.requestsPerSecondPerUser(), d.requestsInFlightTotal(), d.failuresRemembered(), d.traceEventsInMemory(), d.requestTimeout(),
        d.pushTimeout(), d.settle(), d.registrationMin(), d.registrationMax(), d.subscriptionMin(), d.subscriptionMax(), d.deviceRemembered());
  }

  void awaitTexts(FakePhone phone, String... texts) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(phone.texts()).containsExactly(texts));
  }

  int waiting(AddressOfRecord user) {
    return lab.im.deferred().queue().list(user, 1000, w -> true).size();
  }

  void awaitEmpty(AddressOfRecord user) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(waiting(user)).isZero());
  }

  static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  List<ChargingRecord.Type> charged(AddressOfRecord user) {
    return lab.im.charging().records(user, Instant.EPOCH, 1000).stream().map(ChargingRecord::type).toList();
  }
}
