// Looks at a user's queue before and after each commit: what may leave it, and what it may hold.
package tucket.app.simulate;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.DurableTrace;
import tucket.server.Envelope;
import tucket.server.Limits;
import tucket.server.im.deferred.ChargingRecord;
import tucket.server.im.deferred.DeferredQueue;
import tucket.server.im.deferred.DeliveryState;
import tucket.server.im.deferred.StorageCharging;
import tucket.server.im.deferred.Waiting;
import tucket.server.reference.DeviceId;
import tucket.store.Engine;
import tucket.store.Partition;
import tucket.transport.Clock;

/// Reads what is durable, past the server. For the simulating thread and the threads in the simulation.
final class QueueWatch {
  private static final int ERRORS_THAT_REFUSE = 9;
  private static final int EVERYTHING = 100_000;

  private final Ledger ledger;
  private final StorageCharging charging;
  private final Limits limits;
  private final DeferredQueue queue;
  private final Supplier<Instant> wall;
  private final Supplier<Long> now;

  QueueWatch(Ledger ledger, Limits limits, Engine durable, Clock clock, Supplier<Instant> wall, Supplier<Long> now) {
    this.ledger = ledger;
    this.limits = limits;
    this.wall = wall;
    this.now = now;
    charging = new StorageCharging(durable);
    queue = new DeferredQueue(durable, clock, limits, charging, new DurableTrace(durable, clock, 1));
  }

  /// What waits for a user, as it is durable.
  List<DeferredQueue.Ready> waiting(String user) {
    return queue.list(new AddressOfRecord(user), EVERYTHING, w -> true);
  }

  /// Runs a commit and judges it.
  <T> T watching(Partition partition, Supplier<T> commit) {
    String user = partition.id();
    Map<Long, DeferredQueue.Ready> before = bySequence(user);
    T result = commit.get();
    Map<Long, DeferredQueue.Ready> after = bySequence(user);
    after.forEach((sequence, ready) -> {
      if (!before.containsKey(sequence)) {
        appended(user, ready);
      }
      settled(user, ready.waiting(), ready.waiting().state());
    });
    before.forEach((sequence, ready) -> {
      if (!after.containsKey(sequence)) {
        left(user, ready.waiting());
      }
    });
    if (after.size() > (long) limits.queueMessagesPerUser() * 125 / 100) {
      ledger.broken(Law.LIMITS, "", after.size() + " messages wait for " + user + ", more than the limit of " + limits.queueMessagesPerUser());
    }
    return result;
  }

  private Map<Long, DeferredQueue.Ready> bySequence(String user) {
    Map<Long, DeferredQueue.Ready> found = new LinkedHashMap<>();
    waiting(user).forEach(r -> found.put(r.waiting().sequence(), r));
    return found;
  }

  private void appended(String user, DeferredQueue.Ready ready) {
    ledger.count("stored");
    Envelope envelope = ready.envelope();
    ledger.letter(envelope.messageId(), user).ifPresent(letter -> {
      letter.stored = true;
      letter.kept |= ledger.isKeeping(user);
      letter.storedAt = now.get();
      ready.waiting().state().awaited().forEach(a -> letter.awaited.add(a.id().value()));
    });
    ledger.note(envelope.messageId() + " is durable in the queue of " + user + " as " + ready.waiting().sequence() + ", " + said(ready.waiting()));
  }

  private void settled(String user, Waiting waiting, DeliveryState state) {
    ledger.letter(waiting.messageId(), user).ifPresent(letter -> {
      for (DeviceId device : state.acknowledged()) {
        if (letter.settled.add(device.value())) {
          letter.settledAt.put(device.value(), now.get());
          ledger.note(letter.id + " is durably acknowledged by " + device);
          if (!letter.shown.contains(device.value())) {
            ledger.broken(Law.QUEUE, letter.id, letter + " counts as acknowledged by " + device + ", which never has");
          }
        }
      }
    });
  }

  private static String said(Waiting w) {
    return "awaited " + w.state().awaited().stream().map(a -> a.id().value()).toList() + " acknowledged "
        + w.state().acknowledged().stream().map(DeviceId::value).sorted().toList() + " rejected "
        + w.state().rejected().stream().map(DeviceId::value).sorted().toList();
  }

  private void left(String user, Waiting gone) {
    Optional<ChargingRecord> why = charging.records(new AddressOfRecord(user), Instant.EPOCH, EVERYTHING).stream()
        .filter(r -> r.removed() && r.messageId().equals(gone.messageId())).reduce((one, next) -> next);
    ledger.note(gone.messageId() + " leaves the queue of " + user + ": " + why.map(r -> r.type() + " " + r.device()).orElse("no record"));
    if (why.isEmpty()) {
      ledger.broken(Law.QUEUE, gone.messageId(), gone.messageId() + " has left the queue without a charging record");
    }
    boolean deleted = why.filter(r -> r.type() == ChargingRecord.Type.DELETE).isPresent();
    if (deleted && ledger.isDeleted(gone.messageId(), user)) {
      return;
    }
    Letter letter = ledger.letter(gone.messageId(), user).orElse(null);
    if (letter == null) {
      return; // what the server made and nobody has seen yet
    }
    if (!gone.expires().isAfter(wall.get())) {
      letter.expired = true;
      ledger.count("expired");
      return;
    }
    ledger.count("left by acknowledgement");
    if (letter.shown.isEmpty()) {
      ledger.broken(Law.QUEUE, letter.id, letter + " has left the queue, but no device has it and its life does not end before " + gone.expires());
      return;
    }
    if (deleted) {
      ledger.count("gave way to a full queue");
      return; // what one device has may give way when the queue is full; of those whose answers were lost nothing is known, and a run may be at it
    }
    letter.shown.forEach(device -> {
      if (letter.settled.add(device)) {
        letter.settledAt.put(device, now.get());
      }
    });
    for (DeliveryState.Awaited awaited : gone.state().awaited()) {
      String device = awaited.id().value();
      if (awaited.lasting() && !letter.shown.contains(device) && !isRefused(letter, device)) {
        ledger.broken(Law.QUEUE, letter.id, letter + " has left the queue, but " + device + " was awaited and has neither taken nor refused it");
      }
    }
  }

  /// Whether the device will never take it, by what it has answered.
  static boolean isRefused(Letter letter, String device) {
    return letter.refused.contains(device) || letter.errors.getOrDefault(device, 0) >= ERRORS_THAT_REFUSE;
  }
}
