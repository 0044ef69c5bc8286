// Storage charging reports: a record for everything that happens to what is stored.
package tucket.server.im.deferred;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Schema;
import tucket.store.Engine;
import tucket.store.Entry;
import tucket.store.Key;
import tucket.store.Partition;
import tucket.store.Transaction;

/// OMA AD SIMPLE IM section 5.3.2.4.3, "storage messaging charging reports". A record is written in the transaction of what it reports:
/// there is never one without the other. Records lie in the partition of the user whose queue it is, ordered by time. Thread-safe.
public final class StorageCharging {
  private final Engine engine;
  private final AtomicLong numbers = new AtomicLong();

  public StorageCharging(Engine engine) {
    this.engine = engine;
  }

  /// Writes a record about a queued message.
  void record(Transaction tx, AddressOfRecord served, Waiting about, ChargingRecord.Type type, Event event) {
    long number = numbers.getAndIncrement();
    ChargingRecord record =
        new ChargingRecord(number, type, mode(about), served.value(), about.from().value(), served.value(), about.messageId(),
            about.contributionId(), about.callId(), about.contentType(), about.bytes(), about.received(), event.at(), event.device(),
            event.result(), event.removed());
    tx.put(Key.of(Schema.CHARGING).number(event.at().toEpochMilli()).number(number).bytes(), record.encode());
  }

  /// What a record says of the moment itself.
  record Event(Instant at, String device, int result, boolean removed) {}

  private static ChargingRecord.Mode mode(Waiting about) {
    return switch (about.kind()) {
      case MESSAGE -> ChargingRecord.Mode.PAGER;
      case NOTIFICATION -> ChargingRecord.Mode.NOTIFICATION;
      case SYSTEM -> ChargingRecord.Mode.SYSTEM;
    };
  }

  /// The records of a user from `since` on, oldest first, at most `limit`.
  public List<ChargingRecord> records(AddressOfRecord user, Instant since, int limit) {
    Key all = Key.of(Schema.CHARGING);
    byte[] from = all.number(since.toEpochMilli()).bytes();
    List<ChargingRecord> found = new ArrayList<>();
    for (Entry entry : engine.read(new Partition(Schema.USER, user.value()), view -> view.scan(from, all.end(), limit))) {
      Key.Parts parts = Key.parts(entry.key());
      parts.text();
      parts.number();
      found.add(ChargingRecord.decode(parts.number(), entry.value()));
    }
    return found;
  }

  /// Forgets what is older than `before`, once the operator has it.
  static void forgetBefore(Transaction tx, Instant before) {
    Key all = Key.of(Schema.CHARGING);
    tx.deleteRange(all.bytes(), all.number(before.toEpochMilli()).bytes());
  }
}
