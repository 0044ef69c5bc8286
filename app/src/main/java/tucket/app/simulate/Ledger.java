// Writes down what everybody says and does, and finds the first law that is broken.
package tucket.app.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.imdn.Imdn;
import tucket.transport.simulated.Simulator;

/// For the simulating thread and the threads in the simulation. After the first broken law it only counts.
final class Ledger {
  /// A user's wish that these go; all where none is named.
  private static final class Deletion {
    final String user;
    final List<String> ids;
    final long askedAt;
    long triedAt;

    Deletion(String user, List<String> ids, long askedAt) {
      this.user = user;
      this.ids = ids;
      this.askedAt = askedAt;
      this.triedAt = askedAt;
    }

    boolean means(String id, String to) {
      return to.equals(user) && (ids.isEmpty() || ids.contains(id));
    }
  }

  /// How long a push that has begun may take to its first packet: a connection that can't be made is given up sooner.
  private static final long BEGINS_NANOS = Duration.ofSeconds(15).toNanos();

  /// How long a request may be on its way over TCP while one of both machines is dark, and then at work.
  private static final long LONGEST_WAY_NANOS = Duration.ofMinutes(10).toNanos();

  /// How long a request of a sender may be at work in the server.
  private static final long TRY_NANOS = Duration.ofSeconds(45).toNanos();

  /// The same in a session: a device may ring, another may be silent in MSRP, and then it is still to be kept.
  private static final long SESSION_TRY_NANOS = Duration.ofSeconds(120).toNanos();

  private static final String SYSTEM = "sip:im-system@" + SimulatedServer.DOMAIN;

  private final Simulator simulator;
  private final Map<String, Letter> letters = new LinkedHashMap<>();
  private final Map<String, Letter> byCall = new LinkedHashMap<>();
  private final Map<String, Deletion> deletions = new LinkedHashMap<>();
  private final Map<String, Long> deletedAt = new LinkedHashMap<>();
  private final Map<String, Letter> lastShown = new LinkedHashMap<>();
  private final Set<String> keeping = new LinkedHashSet<>();
  private final Map<String, Integer> figures = new LinkedHashMap<>();
  private @Nullable Broken broken;

  Ledger(Simulator simulator) {
    this.simulator = simulator;
  }

  /// The first law that was broken.
  Optional<Broken> broken() {
    return Optional.ofNullable(broken);
  }

  void broken(Law law, String about, String what) {
    if (broken == null) {
      broken = new Broken(law, about, what);
      simulator.note("BROKEN " + law + " " + about + " " + what);
    }
  }

  void note(String what) {
    simulator.note(what);
  }

  /// Counts something for the report.
  void count(String what) {
    figures.merge(what, 1, Integer::sum);
  }

  Map<String, Integer> figures() {
    return Map.copyOf(figures);
  }

  Collection<Letter> letters() {
    return letters.values();
  }

  Optional<Letter> letter(String id, String to) {
    return Optional.ofNullable(letters.get(id + " " + to));
  }

  /// From now on the user's pager messages wait until he asks for them, or no longer; `waiting` are those that wait now.
  void keeps(String user, boolean on, List<String> waiting) {
    if (on) {
      keeping.add(user);
      waiting.forEach(id -> letter(id, user).ifPresent(l -> l.kept = true));
    } else {
      keeping.remove(user);
    }
  }

  boolean isKeeping(String user) {
    return keeping.contains(user);
  }

  /// Somebody is about to send it.
  void written(Letter letter) {
    letter.deletedAt = deletedAt.getOrDefault(letter.id + " " + letter.to, 0L); // what the server makes is known here only when it arrives
    letters.put(letter.id + " " + letter.to, letter);
    count(letter.kind.name().toLowerCase(java.util.Locale.ROOT) + "s written");
  }

  /// The request with that Call-ID, or the MSRP message with that id, carries it.
  void called(String callId, Letter letter) {
    byCall.put(callId, letter);
  }

  /// A packet with that id leaves its sender.
  void sent(String callId) {
    Letter letter = byCall.get(callId);
    if (letter != null) {
      letter.triedAt = simulator.now();
    }
    Deletion deletion = deletions.get(callId);
    if (deletion != null) {
      deletion.triedAt = simulator.now();
    }
  }

  /// The server sends a 2xx to that request, or a 200 or report to that MSRP message.
  void answered(String callId) {
    Letter letter = byCall.get(callId);
    if (letter == null || letter.acknowledged) {
      return;
    }
    letter.acknowledged = true;
    count("acknowledged");
    boolean consumed = letter.isNotification() && !letter.refused.isEmpty();
    if (letter.shown.isEmpty() && !letter.stored && !consumed) {
      broken(Law.DELIVERY, letter.id, letter + " is answered 2xx, but no device has it and it is not durable");
    }
  }

  /// A user is about to have these deleted, all where none is named, by the request with that Call-ID.
  void deletes(String callId, String user, List<String> ids) {
    deletions.put(callId, new Deletion(user, List.copyOf(ids), simulator.now()));
  }

  /// He is told that they are deleted: `waiting` is what still waits for him.
  void deleted(String callId, List<String> waiting) {
    Deletion deletion = Objects.requireNonNull(deletions.get(callId));
    letters.values().stream().filter(l -> deletion.means(l.id, l.to) && l.storedAt > 0 && l.storedAt < deletion.askedAt && waiting.contains(l.id)).findFirst()
        .ifPresent(l -> broken(Law.DELETED, l.id, l + " waits though its recipient was told that it is deleted"));
  }

  /// It has left the queue as deleted: whether its recipient has asked for that, by a request that may still be at work.
  boolean isDeleted(String id, String to) {
    boolean asked = deletions.values().stream().anyMatch(d -> d.means(id, to) && simulator.now() - d.triedAt <= LONGEST_WAY_NANOS);
    if (asked) {
      deletedAt.put(id + " " + to, simulator.now());
      letter(id, to).ifPresent(l -> l.deletedAt = simulator.now());
      count("deleted by the recipient");
    }
    return asked;
  }

  /// The page of a system message for one recipient, whose content says what it is.
  Letter system(String id, String to, String text) {
    Optional<Letter> known = letter(id, to);
    if (known.isPresent()) {
      return known.get();
    }
    Letter fresh = new Letter(Letter.Kind.SYSTEM, id, SYSTEM, "", to, 0, "", List.of(), text, "");
    written(fresh);
    return fresh;
  }

  /// The recipients of a system message that the operator was told of as served.
  void served(Letter letter) {
    letter.acknowledged = true;
    count("acknowledged");
  }

  /// The server begins to hand it to a device: a new transaction, no retransmission.
  void pushed(String messageId, String to, String device) {
    letter(messageId, to).ifPresent(letter -> {
      boolean saidAgain = letter.triedAt + LONGEST_WAY_NANOS >= letter.deletedAt;
      if (letter.deletedAt > 0 && !saidAgain && simulator.now() - letter.deletedAt > BEGINS_NANOS) {
        broken(Law.DELETED, letter.id, letter + " is pushed to " + device + ", though its recipient has deleted it, and that is durable");
      }
      Long settledAt = letter.settledAt.get(device);
      if (settledAt != null && letter.triedAt + (letter.inSession ? SESSION_TRY_NANOS : TRY_NANOS) < settledAt) { // else it may be the sender who said it again
        broken(Law.NOT_AGAIN, letter.id, letter + " is pushed to " + device + " again, which has acknowledged it, and that is durable");
      }
    });
  }

  /// A message has arrived at a device, which compares it with what was sent. Empty where it is nothing that anybody has sent.
  Optional<Letter> arrived(CpimMessage cpim, String asserted, String user, String device) {
    String id = cpim.messageId().orElse("");
    count("arrivals");
    if (cpim.isNotification()) {
      List<Imdn> imdns = Imdn.parseAll(cpim.content());
      imdns.forEach(imdn -> notified(imdn, id, user));
    }
    String content = new String(cpim.content().body(), java.nio.charset.StandardCharsets.UTF_8);
    if (asserted.equals(SYSTEM)) {
      system(id, user, content);
    }
    Optional<Letter> known = letter(id, user);
    if (known.isEmpty()) {
      broken(Law.UNCHANGED, id, "a message arrives at " + device + " that nobody has sent to " + user);
      return known;
    }
    Letter letter = known.get();
    List<String> changed = new ArrayList<>();
    if (letter.kind != Letter.Kind.SERVER) {
      compare(changed, "content", letter.content, content);
      compare(changed, "asserted sender", letter.from, asserted);
    }
    if (letter.kind == Letter.Kind.MESSAGE || letter.kind == Letter.Kind.NOTIFICATION) {
      compare(changed, "DateTime", letter.dateTime, cpim.dateTime().orElse(""));
      compare(changed, "dispositions", letter.wanted.toString(), cpim.dispositions().toString());
    }
    if (!changed.isEmpty()) {
      broken(Law.UNCHANGED, id, letter + " has changed: " + String.join(", ", changed));
    }
    return known;
  }

  private static void compare(List<String> changed, String what, String before, String after) {
    if (!before.equals(after)) {
      changed.add(what + " was <" + before + "> and is <" + after + ">");
    }
  }

  private void notified(Imdn imdn, String id, String user) {
    Optional<Letter> about = letters.values().stream().filter(l -> l.id.equals(imdn.messageId())).findFirst();
    if (about.isEmpty() || about.get().isNotification() || !about.get().from.equals(user)) {
      broken(Law.NOTIFICATION_ENDS, id, "a notification about " + imdn.messageId() + " arrives at " + user + ", who has sent no such message: "
          + about.map(Letter::toString).orElse("nobody has"));
      return;
    }
    boolean failure = imdn.status() == Imdn.Status.FAILED || imdn.status() == Imdn.Status.ERROR || imdn.status() == Imdn.Status.FORBIDDEN;
    if (failure && letter(id, user).isEmpty()) {
      written(new Letter(Letter.Kind.SERVER, id, about.get().to, "", user, 0, "", List.of(), "", imdn.messageId()));
      if (!about.get().shown.isEmpty()) {
        count("failures told of what was shown");
      }
    }
  }

  /// The device shows it, for the first time as it believes.
  void shown(Letter letter, String device) {
    count("shown");
    note(letter.id + " is shown at " + device);
    if (!letter.shown.add(device)) {
      broken(Law.SHOWN_ONCE, letter.id, letter + " is shown twice at " + device);
    }
    if (letter.kind == Letter.Kind.MESSAGE) {
      String lane = letter.lane + " " + letter.to + " " + device;
      Letter last = lastShown.getOrDefault(lane, letter);
      // what it once refused, and what waits for other devices that do not have it yet, comes only when it asks for everything
      boolean asked = letter.refused.contains(device)
          || !letter.settled.isEmpty() && !letter.awaited.isEmpty() && !letter.awaited.contains(device);
      boolean kept = letter.kept && last.inSession; // who has pager messages kept takes sessions all the same
      if (last.number > letter.number && !asked && !kept) {
        broken(Law.ORDER, letter.id, letter + " is shown at " + device + " after no. " + last.number);
      }
      lastShown.put(lane, last.number > letter.number ? last : letter);
    }
  }
}
