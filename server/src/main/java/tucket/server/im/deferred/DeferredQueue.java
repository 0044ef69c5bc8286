// The deferred messages and notifications of every user, in the store.
package tucket.server.im.deferred;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.DurableTrace;
import tucket.server.Envelope;
import tucket.server.Limits;
import tucket.server.Schema;
import tucket.server.Trace;
import tucket.server.im.message.EnvelopeCodec;
import tucket.server.im.message.ServerNotifications;
import tucket.server.reference.Device;
import tucket.store.Engine;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.store.View;
import tucket.transport.Clock;

/// Each call is one transaction or one snapshot of the user's partition, and throws [tucket.store.Unavailable]. Nothing leaves the queue
/// but by acknowledgement, expiry or the user's delete, in the same transaction as its charging record and its trace. Ids and times never
/// change. Thread-safe; keeps nothing in memory.
public final class DeferredQueue {
  private static final int STATES_A_READ = 2000;
  /// Room beyond the quota that only notifications may use: they are small, and clients do not send them twice.
  private static final int NOTIFICATION_RESERVE_PERCENT = 25;

  private final Engine engine;
  private final Clock clock;
  private final Limits limits;
  private final StorageCharging charging;
  private final DurableTrace trace;

  public DeferredQueue(Engine engine, Clock clock, Limits limits, StorageCharging charging, DurableTrace trace) {
    this.engine = engine;
    this.clock = clock;
    this.limits = limits;
    this.charging = charging;
    this.trace = trace;
  }

  /// What appending came to.
  public sealed interface Appended {}

  /// It is on the disk.
  public record Stored(Waiting waiting) implements Appended {}

  /// The same message was stored before; it may have been delivered since.
  public record Duplicate() implements Appended {}

  /// The user's quota is used up; `reason` is a phrase for the sender.
  public record Full(String reason) implements Appended {}

  /// A stored message, opened.
  public record Ready(Waiting waiting, Envelope envelope) {}

  /// A part of the queue: what is to be delivered, what is done though nobody noticed yet, and where to read on (-1 at the end).
  public record Batch(List<Ready> ready, List<Long> done, long next) {}

  /// What is left after a change: the number of messages, and the sequence that the next one will get.
  public record Left(int messages, long next) {}

  private static Partition of(AddressOfRecord user) {
    return new Partition(Schema.USER, user.value());
  }

  /// Stores a message behind all others: one durable write. With `owed` its sender is owed the notification that it is stored, until [#told].
  public Appended append(AddressOfRecord user, Envelope envelope, DeliveryState state, Optional<ServerNotifications.Subject> owed) {
    byte[] encoded = EnvelopeCodec.encode(envelope);
    Instant now = clock.now();
    return engine.write(of(user), tx -> {
      Appended appended = append(tx, user, envelope, encoded, state, now);
      if (appended instanceof Stored(Waiting waiting)) {
        owed.ifPresent(about -> QueueTable.owe(tx, waiting.sequence(), about));
      }
      return appended;
    });
  }

  /// The notifications that senders are still owed, by the sequence of the message, at most `limit`.
  Map<Long, ServerNotifications.Subject> owed(AddressOfRecord user, int limit) {
    return engine.read(of(user), view -> QueueTable.owed(view, limit));
  }

  boolean isOwed(AddressOfRecord user, long sequence) {
    return engine.read(of(user), view -> QueueTable.isOwed(view, sequence));
  }

  /// The sender of that message has been told, or is not to be told any more.
  void told(AddressOfRecord user, long sequence) {
    engine.write(of(user), tx -> {
      QueueTable.settled(tx, sequence);
      return sequence;
    });
  }

  private Appended append(Transaction tx, AddressOfRecord user, Envelope envelope, byte[] encoded, DeliveryState state, Instant now) {
    if (QueueTable.isKnown(tx, envelope)) {
      trace.noteIn(tx, envelope.messageId(), Trace.What.DUPLICATE, user.value(), "from " + envelope.from());
      return new Duplicate();
    }
    if (!fits(QueueTable.count(tx), envelope, encoded.length)) {
      makeRoom(tx, user, envelope, encoded.length, now);
    }
    QueueTable.Count count = QueueTable.count(tx);
    if (!fits(count, envelope, encoded.length)) {
      Waiting refused = Waiting.of(-1, envelope, encoded.length, state);
      charging.record(tx, user, refused, ChargingRecord.Type.REJECT_QUOTA, new StorageCharging.Event(now, "", 480, false));
      trace.noteIn(tx, envelope.messageId(), Trace.What.REFUSED, user.value(), "480 quota");
      return new Full(count.messages() + " messages wait already");
    }
    Waiting waiting = QueueTable.append(tx, count, envelope, encoded, state);
    charging.record(tx, user, waiting, ChargingRecord.Type.STORE, new StorageCharging.Event(now, "", 0, false));
    trace.noteIn(tx, envelope.messageId(), Trace.What.STORED, user.value(), "sequence " + waiting.sequence() + " from " + envelope.from());
    return new Stored(waiting);
  }

  private boolean fits(QueueTable.Count count, Envelope envelope, int bytes) {
    int percent = 100 + (envelope.kind() == Envelope.Kind.NOTIFICATION ? NOTIFICATION_RESERVE_PERCENT : 0);
    return count.messages() + 1 <= (long) limits.queueMessagesPerUser() * percent / 100
        && count.bytes() + bytes <= limits.queueBytesPerUser() / 100 * percent;
  }

  /// A device that is never seen again must not fill the queue: what another device of the user has acknowledged gives way, oldest first.
  private void makeRoom(Transaction tx, AddressOfRecord user, Envelope envelope, int bytes, Instant now) {
    List<Waiting> spare = new ArrayList<>();
    QueueTable.scan(tx, 0, w -> {
      if (!w.state().acknowledged().isEmpty()) {
        spare.add(w);
      }
      return spare.size() < STATES_A_READ;
    });
    for (Waiting w : spare) {
      if (fits(QueueTable.count(tx), envelope, bytes)) {
        return;
      }
      remove(tx, user, w, ChargingRecord.Type.DELETE, new StorageCharging.Event(now, "", 0, true), Trace.What.DELETED,
          "gave way, acknowledged");
    }
  }

  private void remove(Transaction tx, AddressOfRecord user, Waiting gone, ChargingRecord.Type type, StorageCharging.Event event,
      Trace.What what, String detail) {
    QueueTable.remove(tx, gone);
    charging.record(tx, user, gone, type, event);
    trace.noteIn(tx, gone.messageId(), what, user.value(), detail);
  }

  /// Whether a message of that author waits for the device; `known` are all devices of the user.
  boolean isAwaited(AddressOfRecord user, Device device, AddressOfRecord author, List<Device> known) {
    return holds(user, author, w -> w.state().isPendingFor(device, known));
  }

  /// Whether a message of that author waits for any device, also one that is not known yet.
  boolean isAwaited(AddressOfRecord user, AddressOfRecord author) {
    return holds(user, author, w -> true);
  }

  private boolean holds(AddressOfRecord user, AddressOfRecord author, Predicate<Waiting> which) {
    return engine.read(of(user), view -> {
      boolean[] found = new boolean[1];
      QueueTable.scan(view, 0, w -> {
        found[0] = w.kind() == Envelope.Kind.MESSAGE && w.from().equals(author) && which.test(w);
        return !found[0];
      });
      return found[0];
    });
  }

  /// Whether anything waits for the user.
  public boolean isEmpty(AddressOfRecord user) {
    return engine.read(of(user), QueueTable::isEmpty);
  }

  /// A message of that sender that still waits for the user.
  Optional<Waiting> find(AddressOfRecord user, AddressOfRecord sender, String messageId) {
    return engine.read(of(user), view -> QueueTable.sequenceOf(view, Envelope.Kind.MESSAGE, sender, messageId)
        .flatMap(sequence -> QueueTable.waiting(view, sequence)));
  }

  /// A message where it still waits.
  Optional<Ready> find(AddressOfRecord user, long sequence) {
    return engine.read(of(user), view -> ready(view, sequence));
  }

  private static Optional<Ready> ready(View view, long sequence) {
    return QueueTable.waiting(view, sequence).flatMap(w -> QueueTable.envelope(view, sequence).map(e -> new Ready(w, e)));
  }

  /// When something of the user's ends next.
  public Optional<Instant> nextEnd(AddressOfRecord user) {
    return engine.read(of(user), QueueTable::nextEnd);
  }

  /// What waits, oldest first, at most `limit`.
  public List<Ready> list(AddressOfRecord user, int limit, Predicate<Waiting> which) {
    return batch(user, 0, limit, Long.MAX_VALUE, w -> false, which).ready();
  }

  /// Reads on from sequence `from`: what `which` chooses, until there are `most` or they amount to `bytes`.
  Batch batch(AddressOfRecord user, long from, int most, long bytes, Predicate<Waiting> done, Predicate<Waiting> which) {
    return engine.read(of(user), view -> {
      List<Waiting> chosen = new ArrayList<>();
      List<Long> finished = new ArrayList<>();
      long[] progress = {-1, 0, 0}; // next, bytes, states read
      QueueTable.scan(view, from, w -> {
        if (chosen.size() >= most || progress[1] >= bytes || progress[2] >= STATES_A_READ && most != Integer.MAX_VALUE) {
          progress[0] = w.sequence();
          return false;
        }
        progress[2]++;
        if (done.test(w)) {
          finished.add(w.sequence());
        } else if (which.test(w)) {
          chosen.add(w);
          progress[1] += w.bytes();
        }
        return true;
      });
      Map<Long, Envelope> envelopes = QueueTable.envelopes(view, chosen.stream().map(Waiting::sequence).toList());
      List<Ready> ready = new ArrayList<>();
      for (Waiting w : chosen) {
        Envelope envelope = envelopes.get(w.sequence());
        if (envelope != null) {
          ready.add(new Ready(w, envelope));
        }
      }
      return new Batch(ready, finished, progress[0]);
    });
  }

  /// Notes what came of a run of deliveries, in their order; what is done leaves the queue. `known` are all devices of the user.
  Left settle(AddressOfRecord user, List<Device> known, Collection<Settlement> settlements) {
    Instant now = clock.now();
    return engine.write(of(user), tx -> {
      for (Settlement s : settlements) {
        QueueTable.waiting(tx, s.sequence()).ifPresent(w -> settle(tx, user, known, w, s, now));
      }
      return left(tx);
    });
  }

  private void settle(Transaction tx, AddressOfRecord user, List<Device> known, Waiting w, Settlement s,
      Instant now) {
    String device = s.device().id().value();
    switch (s.how()) {
      case ACKNOWLEDGED -> {
        if (w.state().acknowledged().contains(s.device().id())) {
          return;
        }
        DeliveryState state = w.state().acknowledgedBy(s.device(), known);
        boolean done = state.isDone(known);
        ChargingRecord.Type type = s.retrieval() ? ChargingRecord.Type.RETRIEVE : ChargingRecord.Type.DELIVER;
        charging.record(tx, user, w, type, new StorageCharging.Event(now, device, s.status(), done));
        trace.noteIn(tx, w.messageId(), Trace.What.ACKNOWLEDGED, device, s.status() + (done ? ", done" : ""));
        if (done) {
          QueueTable.remove(tx, w);
        } else {
          QueueTable.put(tx, w.with(state));
        }
      }
      case REJECTED -> {
        QueueTable.put(tx, w.with(w.state().rejectedBy(s.device().id())));
        trace.noteIn(tx, w.messageId(), Trace.What.REFUSED, device, s.status() + " by the device, for good");
        sweep(tx, user, known, w.sequence(), now);
      }
      case FAILED -> {
        QueueTable.put(tx, w.with(w.state().failedAt(s.device().id())));
        trace.noteIn(tx, w.messageId(), Trace.What.PUSH_FAILED, device, Integer.toString(s.status()));
      }
    }
  }

  /// Takes out what is done because a device refused it or is no longer known.
  Left sweep(AddressOfRecord user, List<Device> known, List<Long> sequences) {
    Instant now = clock.now();
    return engine.write(of(user), tx -> {
      sequences.forEach(s -> sweep(tx, user, known, s, now));
      return left(tx);
    });
  }

  private void sweep(Transaction tx, AddressOfRecord user, List<Device> known, long sequence, Instant now) {
    QueueTable.waiting(tx, sequence).filter(w -> w.state().isDone(known)).ifPresent(w -> remove(tx, user, w, ChargingRecord.Type.DELIVER,
        new StorageCharging.Event(now, "", 200, true), Trace.What.ACKNOWLEDGED, "done, nobody else is awaited"));
  }

  /// The user does not want these; returns how many there were, and what is left.
  public Deleted delete(AddressOfRecord user, Collection<Long> sequences) {
    Instant now = clock.now();
    return engine.write(of(user), tx -> {
      int gone = 0;
      for (long sequence : sequences) {
        Optional<Waiting> w = QueueTable.waiting(tx, sequence);
        if (w.isPresent()) {
          remove(tx, user, w.get(), ChargingRecord.Type.DELETE, new StorageCharging.Event(now, "", 0, true), Trace.What.DELETED,
              "by the user");
          gone++;
        }
      }
      return new Deleted(gone, left(tx));
    });
  }

  /// What a delete came to.
  public record Deleted(int messages, Left left) {}

  private static Left left(Transaction tx) {
    QueueTable.Count count = QueueTable.count(tx);
    return new Left(count.messages(), count.next());
  }

  /// What has ended by now: with the message, where it still waits.
  List<Ended> ended(AddressOfRecord user, int limit) {
    Instant now = clock.now();
    return engine.read(of(user), view -> QueueTable.ends(view, now, limit).stream().map(end -> {
      Optional<Ready> still = end.afterlife() ? Optional.empty() : ready(view, end.sequence());
      return new Ended(end, still);
    }).toList());
  }

  record Ended(QueueTable.End end, Optional<Ready> still) {}

  /// Lets go of what has ended: the message, the mark of its identity, and after `traceRetention` its trace; and of charging records that
  /// are older than `chargingRetention`.
  Left expire(AddressOfRecord user, List<Ended> ended, Duration traceRetention, Duration chargingRetention) {
    Instant now = clock.now();
    return engine.write(of(user), tx -> {
      for (Ended e : ended) {
        QueueTable.End end = e.end();
        QueueTable.delete(tx, end);
        if (end.afterlife()) {
          DurableTrace.forgetIn(tx, end.messageId());
          continue;
        }
        QueueTable.waiting(tx, end.sequence()).ifPresent(w -> remove(tx, user, w, ChargingRecord.Type.EXPIRE,
            new StorageCharging.Event(now, "", 0, true), Trace.What.EXPIRED, w.state().attemptsInAll() + " failed tries"));
        QueueTable.forgetIdentity(tx, end);
        QueueTable.put(tx, new QueueTable.End(now.plus(traceRetention), end.sequence(), true, end.kind(), end.from(), end.messageId()));
      }
      StorageCharging.forgetBefore(tx, now.minus(chargingRetention));
      return left(tx);
    });
  }
}
