// The keys and values of one user's queue, and the changes that keep them consistent.
package tucket.server.im.deferred;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.DurableTrace;
import tucket.server.Envelope;
import tucket.server.Schema;
import tucket.server.im.message.EnvelopeCodec;
import tucket.server.im.message.Packed;
import tucket.server.im.message.ServerNotifications;
import tucket.store.Key;
import tucket.store.Transaction;
import tucket.store.View;

/// All inside one transaction of one partition; see [Schema] for the keys. Stateless.
final class QueueTable {
  private static final int VERSION = 1;
  private static final Key QUEUE = Key.of(Schema.QUEUE);
  private static final Key STATE = Key.of(Schema.STATE);
  private static final Key OWED = Key.of(Schema.OWED);
  private static final Key DEADLINE = Key.of(Schema.DEADLINE);
  private static final byte[] NEXT = Key.of(Schema.NEXT).bytes();

  /// A step of a walk costs less than a look-up of its own as long as not more than so many are passed over for each one.
  private static final int MOST_APART = 4;

  private QueueTable() {}

  /// The next sequence number, and what is in the queue.
  record Count(long next, int messages, long bytes) {
    static final Count EMPTY = new Count(0, 0, 0);

    byte[] encode() {
      return new Packed.Writer(VERSION).put(next).put(messages).put(bytes).bytes();
    }
  }

  /// Something that ends at a time: a message's life and with it the mark of its identity, or (`afterlife`) its trace.
  record End(Instant at, long sequence, boolean afterlife, Envelope.Kind kind, AddressOfRecord from, String messageId) {
    byte[] encode() {
      return new Packed.Writer(VERSION).put((byte) (afterlife ? 1 : 0)).put((byte) kind.ordinal()).put(from.value()).put(messageId).bytes();
    }
  }

  static Count count(View view) {
    return view.get(NEXT).map(QueueTable::decodeCount).orElse(Count.EMPTY);
  }

  private static Count decodeCount(byte[] value) {
    Packed.Reader in = new Packed.Reader(value, VERSION);
    return new Count(in.longNumber(), in.number(), in.longNumber());
  }

  static Optional<Waiting> waiting(View view, long sequence) {
    return view.get(STATE.number(sequence).bytes()).map(v -> Waiting.decode(sequence, v));
  }

  static Optional<Envelope> envelope(View view, long sequence) {
    return view.get(QUEUE.number(sequence).bytes()).map(EnvelopeCodec::decode);
  }

  /// The envelopes of these sequences, which are in ascending order, with one walk over the queue where they lie close together. One that is not there is
  /// left out.
  static Map<Long, Envelope> envelopes(View view, List<Long> sequences) {
    Map<Long, Envelope> found = new HashMap<>();
    if (sequences.isEmpty()) {
      return found;
    }
    long first = sequences.getFirst();
    long last = sequences.getLast();
    if (last - first >= MOST_APART * (long) sequences.size()) {
      sequences.forEach(s -> envelope(view, s).ifPresent(e -> found.put(s, e)));
      return found;
    }
    Set<Long> wanted = Set.copyOf(sequences);
    view.scan(QUEUE.number(first).bytes(), QUEUE.number(last + 1).bytes(), (key, value) -> {
      Key.Parts parts = Key.parts(key);
      parts.text();
      long sequence = parts.number();
      if (wanted.contains(sequence)) {
        found.put(sequence, EnvelopeCodec.decode(value));
      }
      return true;
    });
    return found;
  }

  /// Visits the queue from `from` on, oldest first, until `visitor` says no.
  static void scan(View view, long from, java.util.function.Predicate<Waiting> visitor) {
    view.scan(STATE.number(from).bytes(), STATE.end(), (key, value) -> {
      Key.Parts parts = Key.parts(key);
      parts.text();
      return visitor.test(Waiting.decode(parts.number(), value));
    });
  }

  static boolean isEmpty(View view) {
    return view.scan(STATE.bytes(), STATE.end(), 1).isEmpty();
  }

  private static byte[] identity(Envelope.Kind kind, AddressOfRecord from, String messageId) {
    return Key.of(Schema.IDENTITY).text(kind == Envelope.Kind.NOTIFICATION ? "n" : "m").text(DurableTrace.keyText(from.value()))
        .text(DurableTrace.keyText(messageId)).bytes();
  }

  /// Whether that message was stored before and its life has not ended; it may have been delivered since.
  static boolean isKnown(View view, Envelope envelope) {
    return view.get(identity(envelope.kind(), envelope.from(), envelope.messageId())).isPresent();
  }

  /// The sequence of a message that was stored under that identity.
  static Optional<Long> sequenceOf(View view, Envelope.Kind kind, AddressOfRecord from, String messageId) {
    return view.get(identity(kind, from, messageId)).map(v -> new Packed.Reader(v, VERSION).longNumber());
  }

  /// Appends at the end of the queue.
  static Waiting append(Transaction tx, Count before, Envelope envelope, byte[] encoded, DeliveryState state) {
    Waiting waiting = Waiting.of(before.next(), envelope, encoded.length, state);
    tx.put(QUEUE.number(before.next()).bytes(), encoded);
    tx.put(STATE.number(before.next()).bytes(), waiting.encode());
    tx.put(identity(envelope.kind(), envelope.from(), envelope.messageId()), new Packed.Writer(VERSION).put(before.next()).bytes());
    put(tx, new End(envelope.expires(), before.next(), false, envelope.kind(), envelope.from(), envelope.messageId()));
    tx.put(NEXT, new Count(before.next() + 1, before.messages() + 1, before.bytes() + encoded.length).encode());
    return waiting;
  }

  static void put(Transaction tx, Waiting changed) {
    tx.put(STATE.number(changed.sequence()).bytes(), changed.encode());
  }

  /// Takes a message out of the queue; the mark of its identity stays until its life ends.
  static Count remove(Transaction tx, Waiting gone) {
    tx.delete(QUEUE.number(gone.sequence()).bytes());
    tx.delete(STATE.number(gone.sequence()).bytes());
    Count before = count(tx);
    Count after = new Count(before.next(), before.messages() - 1, before.bytes() - gone.bytes());
    tx.put(NEXT, after.encode());
    return after;
  }

  /// What ends until `now`, first things first, at most `limit`.
  static List<End> ends(View view, Instant now, int limit) {
    List<End> found = new ArrayList<>();
    view.scan(DEADLINE.bytes(), DEADLINE.number(now.toEpochMilli() + 1).bytes(), (key, value) -> {
      found.add(end(key, value));
      return found.size() < limit;
    });
    return found;
  }

  /// When the next thing ends.
  static Optional<Instant> nextEnd(View view) {
    return view.scan(DEADLINE.bytes(), DEADLINE.end(), 1).stream().findFirst().map(e -> end(e.key(), e.value()).at());
  }

  private static End end(byte[] key, byte[] value) {
    Key.Parts parts = Key.parts(key);
    parts.text();
    Instant at = Instant.ofEpochMilli(parts.number());
    long sequence = parts.number();
    Packed.Reader in = new Packed.Reader(value, VERSION);
    boolean afterlife = in.oneByte() == 1;
    return new End(at, sequence, afterlife, Envelope.Kind.values()[in.oneByte()], new AddressOfRecord(in.text()), in.text());
  }

  static void put(Transaction tx, End end) {
    tx.put(DEADLINE.number(end.at().toEpochMilli()).number(end.sequence()).bytes(), end.encode());
  }

  static void delete(Transaction tx, End end) {
    tx.delete(DEADLINE.number(end.at().toEpochMilli()).number(end.sequence()).bytes());
  }

  static void forgetIdentity(Transaction tx, End end) {
    tx.delete(identity(end.kind(), end.from(), end.messageId()));
  }

  // ---- notifications that are owed

  static void owe(Transaction tx, long sequence, ServerNotifications.Subject about) {
    tx.put(OWED.number(sequence).bytes(),
        new Packed.Writer(VERSION).put(about.messageId()).put(about.dateTime()).put(about.from().value()).put(about.to().value()).bytes());
  }

  /// By the sequence of the message that each is about, at most `limit`.
  static Map<Long, ServerNotifications.Subject> owed(View view, int limit) {
    Map<Long, ServerNotifications.Subject> found = new LinkedHashMap<>();
    view.scan(OWED.bytes(), OWED.end(), limit).forEach(e -> {
      Key.Parts parts = Key.parts(e.key());
      parts.text();
      Packed.Reader in = new Packed.Reader(e.value(), VERSION);
      found.put(parts.number(), new ServerNotifications.Subject(in.text(), in.text(), new AddressOfRecord(in.text()), new AddressOfRecord(in.text())));
    });
    return found;
  }

  static boolean isOwed(View view, long sequence) {
    return view.get(OWED.number(sequence).bytes()).isPresent();
  }

  static void settled(Transaction tx, long sequence) {
    tx.delete(OWED.number(sequence).bytes());
  }
}
