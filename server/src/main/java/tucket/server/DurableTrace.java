// The trace of messages: what is stored is traced in the store, the rest in memory.
package tucket.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tucket.store.Engine;
import tucket.store.Entry;
import tucket.store.Key;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.transport.Clock;

/// Two memories. [#note] keeps a fixed number of events, packed: the oldest are forgotten. [#noteIn] writes into the partition of the user
/// whose queue is changed, in the same transaction, so that the trace of a stored message is as durable as the message; its retention is
/// the queue's affair. [#find] merges both. Thread-safe.
public final class DurableTrace implements Trace {
  private static final byte VERSION = 1;
  private static final int LONGEST_KEY_TEXT = 200;
  private static final int EVENTS_A_PARTITION = 10_000;

  private final Engine engine;
  private final Clock clock;
  private final RecentEvents recent;
  private final AtomicLong number = new AtomicLong();

  /// `eventsInMemory` is at least 1.
  public DurableTrace(Engine engine, Clock clock, int eventsInMemory) {
    this.engine = engine;
    this.clock = clock;
    this.recent = new RecentEvents(eventsInMemory);
  }

  @Override
  public void note(String messageId, What what, String who, String detail) {
    recent.add(new Event(clock.now(), messageId, what, who, detail));
  }

  /// Notes it in the partition of `transaction`.
  public void noteIn(Transaction transaction, String messageId, What what, String who, String detail) {
    Instant now = clock.now();
    byte[] key = prefix(messageId).number(micros(now)).number(number.getAndIncrement()).bytes();
    transaction.put(key, encode(new Event(now, messageId, what, who, detail)));
  }

  /// Forgets what the partition of `transaction` holds of that message.
  public static void forgetIn(Transaction transaction, String messageId) {
    Key prefix = prefix(messageId);
    transaction.deleteRange(prefix.bytes(), prefix.end());
  }

  /// Looks through every user's partition, a seek each: for a person who asks, not for the path of a message.
  @Override
  public List<Event> find(String messageId) {
    List<Event> found = recent.find(messageId);
    Key prefix = prefix(messageId);
    for (Partition user : engine.partitions(Schema.USER)) {
      for (Entry entry : engine.read(user, view -> view.scan(prefix.bytes(), prefix.end(), EVENTS_A_PARTITION))) {
        found.add(decode(messageId, entry));
      }
    }
    found.sort(Comparator.comparing(Event::at));
    return found;
  }

  private static Key prefix(String messageId) {
    return Key.of(Schema.TRACE).text(keyText(messageId));
  }

  /// The text itself, or a digest of it where it is too long for a part of a key.
  public static String keyText(String text) {
    if (text.length() <= LONGEST_KEY_TEXT) {
      return text.isEmpty() ? "-" : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha-256 " + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }

  private static long micros(Instant at) {
    return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1000);
  }

  private static byte[] encode(Event e) {
    byte[] text = (e.who() + "\n" + e.detail()).getBytes(StandardCharsets.UTF_8);
    byte[] value = new byte[2 + text.length];
    value[0] = VERSION;
    value[1] = (byte) e.what().ordinal();
    System.arraycopy(text, 0, value, 2, text.length);
    return value;
  }

  private static Event decode(String messageId, Entry entry) {
    byte[] value = entry.value();
    if (value.length < 2 || value[0] != VERSION) {
      throw new IllegalStateException("trace of another format version");
    }
    Key.Parts parts = Key.parts(entry.key());
    parts.text();
    parts.text();
    long micros = parts.number();
    Instant at = Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
    String text = new String(value, 2, value.length - 2, StandardCharsets.UTF_8);
    int newline = text.indexOf('\n');
    return new Event(at, messageId, What.values()[value[1]], text.substring(0, newline), text.substring(newline + 1));
  }
}
