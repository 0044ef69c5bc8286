// Registers many devices, some at a time.
package tucket.app.load;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.TreeMap;
import tucket.protocol.Malformed;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;

/// RFC 3261 section 10.2, with digest where the registrar wants it. Guarded by the load.
final class Enrolment {
  private static final int WINDOW = 64;

  private final Load load;
  private final Layout layout;
  private final Proofs proofs;
  private final Deque<Job> jobs = new ArrayDeque<>();
  private final Exchange[] slots = new Exchange[WINDOW];
  private final Job[] running = new Job[WINDOW];
  private final TreeMap<Integer, Integer> refused = new TreeMap<>();
  private int open;
  private int round;
  private long registered;

  private record Job(int user, int device, long seconds) {}

  Enrolment(Load load, Layout layout, Proofs proofs) {
    this.load = load;
    this.layout = layout;
    this.proofs = proofs;
  }

  /// Puts a device on the list; `seconds` 0 takes its registration away.
  void add(int user, int device, long seconds) {
    jobs.add(new Job(user, device, seconds));
  }

  boolean isDone() {
    return jobs.isEmpty() && open == 0;
  }

  /// How many devices were registered.
  long registered() {
    return registered;
  }

  /// What registrars refused: how many by status, 0 where no answer came.
  TreeMap<Integer, Integer> refused() {
    return refused;
  }

  void go(long now) {
    round++;
    for (int i = 0; i < WINDOW && !jobs.isEmpty(); i++) {
      if (slots[i] == null || !slots[i].open) {
        begin(i, now);
      }
    }
  }

  private void begin(int slot, long now) {
    Job job = jobs.poll();
    if (job == null) {
      return;
    }
    open++;
    running[slot] = job;
    Exchange exchange = new Exchange(load.wireOf(job.user, job.device), slot);
    slots[slot] = exchange;
    exchange.sequence = job.user;
    exchange.since = now;
    send(exchange, job, now);
  }

  private void send(Exchange exchange, Job job, long now, DigestCredentials... proof) {
    String request = layout.register(exchange.index, round, exchange.attempt, job.user, job.device, job.seconds, exchange.wire.here(), proof);
    exchange.send(Octets.of(request), now);
  }

  void answered(int slot, int user, int attempt, int status, byte[] in, int from, int to, long now) {
    if (slot < 0 || slot >= WINDOW || slots[slot] == null) {
      return;
    }
    Exchange exchange = slots[slot];
    if (!exchange.open || exchange.sequence != user || exchange.attempt != attempt || status < 200) {
      return;
    }
    Job job = running[slot];
    if (status == 401 && exchange.attempt < 3) {
      Optional<DigestChallenge> challenge = challenge(in, from, to);
      if (challenge.isPresent()) {
        exchange.attempt++;
        send(exchange, job, now, proofs.answer(challenge.get(), job.user, "REGISTER", layout.registrar(), 1));
        return;
      }
    }
    end(slot, status, now);
  }

  private Optional<DigestChallenge> challenge(byte[] in, int from, int to) {
    try {
      return proofs.challenge(in, from, to);
    } catch (Malformed unreadable) {
      return Optional.empty();
    }
  }

  private void end(int slot, int status, long now) {
    slots[slot].open = false;
    open--;
    if (status / 100 == 2) {
      registered++;
    } else {
      refused.merge(status, 1, Integer::sum);
    }
    begin(slot, now);
  }

  void tick(long now, long patience) {
    for (int i = 0; i < WINDOW; i++) {
      Exchange exchange = slots[i];
      if (exchange != null && exchange.open) {
        if (now - exchange.since > patience) {
          end(i, 0, now);
        } else {
          exchange.repeat(now);
        }
      }
    }
  }
}
