// The load generator itself.
package tucket.app.load;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tucket.protocol.Malformed;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.transport.Deadline;
import tucket.transport.Unavailable;
import tucket.transport.World;

/// To be used in this order: [#connect], [#register], any number of [#run], [#collect], [#result]. These block and belong on one thread;
/// everything that arrives is worked off on the network's thread, under one lock. Best with a network of one event loop.
public final class Load implements AutoCloseable {
  private static final long SECONDS = 7200;
  private static final long TICK = 20_000_000L;
  private static final long PACED_TICK = 1_000_000L;
  private static final byte[] BRANCH = Octets.of(Layout.BRANCH);

  private final World world;
  private final LoadPlan plan;
  private final Layout layout;
  private final Proofs proofs;
  private final Enrolment enrolment;
  private final Incoming incoming;
  private final Ledger ledger;
  private final Notifications notifications;
  private final byte[] mark;
  private final Wires wires;
  private final Exchange[] lanes;
  private final Map<Integer, Long> statuses = new TreeMap<>();
  private final LatencyHistogram latency = new LatencyHistogram();
  private final List<Exchange> resting = new ArrayList<>();
  /// Where a rate is wanted: the lanes on which nothing is under way, the one that has been so longest first.
  private final ArrayDeque<Exchange> free = new ArrayDeque<>();
  private Pace pace = Pace.NONE;
  private int inFlight;
  private long sent;
  private long runSent;
  private long expected;
  private long nanos;
  private long lastAnswer;
  private long lastArrival;
  private long firstArrival;
  private long cut;
  private long lookAgain;
  private boolean collected;
  private boolean mute;
  private boolean closed;

  public Load(World world, LoadPlan plan) {
    this.world = world;
    this.plan = plan;
    String dateTime = world.clock().now().truncatedTo(ChronoUnit.SECONDS).toString();
    layout = new Layout(plan, world.chance().token(4), dateTime);
    mark = layout.mark();
    proofs = new Proofs(plan);
    enrolment = new Enrolment(this, layout, proofs);
    incoming = new Incoming(plan.prefix());
    ledger = new Ledger(plan.window(), plan.devices(), plan.users() - plan.senders());
    notifications = new Notifications(this, layout, plan);
    wires = new Wires(world, plan, this);
    lanes = new Exchange[plan.window()];
  }

  // ---- before

  /// Opens all connections or sockets; throws [Unavailable] where one can't be opened.
  public void connect() {
    wires.open();
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = new Exchange(wireOf(i % plan.senders(), 0), i);
      free.add(lanes[i]);
    }
    synchronized (this) {
      lookAgain = now();
      tick();
    }
  }

  /// Registers the senders and the receivers who are there; throws [Unavailable] where one is refused. Returns how many devices there are.
  public long register() {
    return enrol(0, plan.senders() + plan.onlineReceivers(), SECONDS);
  }

  private synchronized long enrol(int from, int to, long seconds) {
    for (int user = from; user < to; user++) {
      for (int device = 0; device < plan.devicesOf(user); device++) {
        enrolment.add(user, device, seconds);
      }
    }
    enrolment.go(now());
    while (!enrolment.isDone()) {
      pause();
    }
    if (!enrolment.refused().isEmpty()) {
      throw new Unavailable("The server did not register all devices: " + enrolment.refused()
          + " (status=count; 0 is silence). Are there users " + plan.user(0) + " to " + plan.user(plan.users() - 1) + " with these passwords?");
    }
    return enrolment.registered();
  }

  // ---- sending

  /// Sends `messages`, or for `time`, whichever ends first; returns when each has its final response or has waited too long for it. What has
  /// been sent counts on from run to run, but latency and speed are those of the last run.
  public synchronized void run(long messages, Duration time) {
    long start = now();
    latency.clear();
    lastAnswer = start;
    pace = new Pace(start, start + Math.min(time.toNanos(), Long.MAX_VALUE / 4), messages, plan.rate());
    runSent = 0;
    if (plan.rate() == 0) {
      for (Exchange lane : lanes) {
        next(lane, now());
      }
    }
    while (inFlight > 0 || !resting.isEmpty() || !pace.isOver(now(), runSent)) {
      pause();
    }
    pace = Pace.NONE;
    nanos = lastAnswer - start;
  }

  /// Sends `messages` to receivers who take them and say nothing, and returns when these have arrived, or the plan's patience is over: so
  /// many are then pending in the server. Nothing else can be done with this load afterwards but to close it.
  public synchronized long hold(long messages) {
    mute = true;
    long start = now();
    pace = new Pace(start, Long.MAX_VALUE / 2 + start / 2, messages, 0);
    for (Exchange lane : lanes) {
      next(lane, now());
    }
    Deadline by = Deadline.in(plan.patience(), world.clock());
    while (ledger.count() < messages && !by.passed(world.clock())) {
      pause();
    }
    return ledger.count();
  }

  /// When to send and when to stop.
  private record Pace(long start, long end, long most, double rate) {
    static final Pace NONE = new Pace(0, 0, 0, 0);

    boolean isOver(long now, long sent) {
      return sent >= most || now - end >= 0;
    }

    /// How many are due by now.
    long due(long now) {
      return (long) ((now - start) / 1e9 * rate);
    }

    long dueAt(long number) {
      return start + (long) (number * 1e9 / rate);
    }
  }

  private void next(Exchange lane, long now) {
    if (pace.isOver(now, runSent)) {
      return;
    }
    runSent++;
    message(lane, now, now);
  }

  private void message(Exchange lane, long since, long now) {
    lane.from = lane.index % plan.senders();
    lane.to = recipient(lane.index, lane.sequence);
    lane.attempt = 0;
    lane.since = since;
    inFlight++;
    sent++;
    transmit(lane, now);
  }

  private void transmit(Exchange lane, long now) {
    Template template = lane.wire.message(layout);
    byte[] data = template.fill(lane.index, lane.sequence, lane.from, lane.to, lane.device, lane.attempt);
    lane.send(proved(template, data, lane.from, lane.to), now);
  }

  byte[] proved(Template template, byte[] data, int from, int to) {
    String line = proofs.line(from, "sip:" + plan.user(to) + "@" + plan.domain());
    return line.isEmpty() ? data : template.authorized(data, line);
  }

  /// Who gets a message: spread by its number, the same whenever it is asked.
  private int recipient(int lane, int sequence) {
    long mixed = (lane * 0x9E3779B97F4A7C15L ^ sequence) * 0xBF58476D1CE4E5B9L;
    int spread = (int) ((mixed ^ mixed >>> 32) >>> 1) & Integer.MAX_VALUE;
    long turn = sequence + 37L * lane;
    boolean away = plan.offline() > 0 && (turn + 1) * plan.offline() / 100 > turn * plan.offline() / 100;
    return away
        ? plan.senders() + plan.onlineReceivers() + spread % plan.offlineReceivers()
        : plan.senders() + spread % Math.max(1, plan.onlineReceivers());
  }

  private boolean isAway(int user) {
    return user >= plan.senders() + plan.onlineReceivers();
  }

  Wire wireOf(int user, int device) {
    return wires.of(user, device);
  }

  // ---- receiving

  /// Takes a message that came over `wire`; on the network's thread.
  synchronized void received(Wire wire, byte[] in, int from, int to) {
    if (closed || to - from < 16) {
      return;
    }
    if (in[from] == 'S' && in[from + 1] == 'I') {
      response(in, from, to);
    } else {
      request(wire, in, from, to);
    }
  }

  private void response(byte[] in, int from, int to) {
    int status = Octets.number(in, from + 8, to);
    int branch = Octets.find(in, from, to, BRANCH);
    int token = branch + BRANCH.length + 1;
    if (status < 200 || branch < 0 || to - token < 20) {
      return;
    }
    int index = Octets.hex(in, token, to, 8);
    int sequence = Octets.hex(in, token + 8, to, 8);
    int device = Octets.hex(in, token + 16, to, 2);
    int attempt = Octets.hex(in, token + 18, to, 2);
    long now = now();
    switch (in[token - 1]) {
      case 'm' -> answered(index, sequence, attempt, status, in, from, to, now);
      case 'n' -> notifications.answered(index, sequence, device, attempt, status, in, from, to, now);
      case 'r' -> {
        enrolment.answered(index, sequence, attempt, status, in, from, to, now);
        if (enrolment.isDone()) {
          notifyAll();
        }
      }
      default -> {}
    }
  }

  private void answered(int index, int sequence, int attempt, int status, byte[] in, int from, int to, long now) {
    if (index < 0 || index >= lanes.length) {
      return;
    }
    Exchange lane = lanes[index];
    if (!lane.open || lane.sequence != sequence || lane.attempt != attempt) {
      return; // a response that came again
    }
    if (challenged(status, lane, in, from, to)) {
      transmit(lane, now);
    } else {
      end(lane, status, now);
    }
  }

  /// Takes a challenge up; whether the request is worth another try.
  boolean challenged(int status, Exchange exchange, byte[] in, int from, int to) {
    if (status != 401 && status != 407 || exchange.attempt >= 3) {
      return false;
    }
    try {
      Optional<DigestChallenge> challenge = proofs.challenge(in, from, to);
      challenge.ifPresent(c -> proofs.hold(exchange.from, c, status == 407));
      exchange.attempt++;
      return challenge.isPresent();
    } catch (Malformed unreadable) {
      return false;
    }
  }

  private void end(Exchange lane, int status, long now) {
    lane.open = false;
    inFlight--;
    statuses.merge(status, 1L, Long::sum);
    lastAnswer = now;
    if (status / 100 == 2) {
      ledger.acknowledged(lane.index, lane.sequence);
      expected += isAway(lane.to) && !collected ? 0 : plan.devicesOf(lane.to);
      latency.add(now - lane.since);
    }
    lane.sequence++;
    if (plan.rate() > 0) {
      free.add(lane);
      due(now);
    } else if (status == 503) {
      resting.add(lane); // until the next tick: who is turned away does not come back at once
    } else {
      next(lane, now);
    }
    if (inFlight == 0) {
      notifyAll();
    }
  }

  /// Sends what is due by now, as far as lanes are free.
  private void due(long now) {
    while (!free.isEmpty() && pace.due(now) > runSent && !pace.isOver(now, runSent)) {
      long number = runSent++;
      message(free.remove(), pace.dueAt(number), now);
    }
  }

  private void request(Wire wire, byte[] in, int from, int to) {
    incoming.read(in, from, to);
    int at = incoming.message ? Octets.find(in, incoming.body, to, mark) : -1;
    if (at >= incoming.body + 2) {
      int lane = Octets.hex(in, at + mark.length, to, 8);
      int sequence = Octets.hex(in, at + mark.length + 8, to, 8);
      if (in[at - 1] == 'n') {
        notifications.arrived(lane, sequence, Octets.hex(in, at + mark.length + 16, to, 2), incoming.branch);
      } else {
        arrived(lane, sequence);
      }
    }
    if (!mute) {
      wire.send(incoming.ok());
    }
  }

  private void arrived(int lane, int sequence) {
    if (ledger.arrived(lane, sequence, incoming.user, incoming.device, incoming.branch) == Ledger.Mark.NEW) {
      lastArrival = now();
      firstArrival = firstArrival == 0 ? lastArrival : firstArrival;
      if (plan.notifies()) {
        notifications.send(lane, sequence, incoming.device, incoming.user, lane % plan.senders(), lastArrival);
      }
    }
  }

  synchronized void cut() {
    if (!closed) {
      cut++;
    }
  }

  // ---- time

  private synchronized void tick() {
    if (closed) {
      return;
    }
    long now = now();
    long patience = plan.patience().toNanos();
    if (now - lookAgain >= 0) {
      lookAgain = now + TICK;
      look(now, patience);
    }
    enrolment.tick(now, patience);
    notifications.tick(now, patience);
    List<Exchange> rested = List.copyOf(resting);
    resting.clear();
    rested.forEach(lane -> next(lane, now));
    boolean paced = plan.rate() > 0 && pace != Pace.NONE;
    if (paced) {
      due(now);
    }
    notifyAll();
    world.clock().after(Duration.ofNanos(paced ? PACED_TICK : TICK), this::tick);
  }

  /// Sends again what has waited too long for its answer, and gives up what has waited for good.
  private void look(long now, long patience) {
    for (Exchange lane : lanes) {
      if (lane.open) {
        if (now - lane.since > patience) {
          end(lane, 0, now);
        } else {
          lane.repeat(now);
        }
      }
    }
  }

  private synchronized void pause() {
    try {
      wait(TICK / 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
  }

  long now() {
    return world.clock().nanos();
  }

  // ---- afterwards

  /// What the pushes to those who were away came to.
  ///
  /// @param messages that arrived
  /// @param nanos from the first to the last
  public record Pushed(long messages, long nanos) {
    /// Messages a second.
    public double rate() {
      return nanos == 0 ? 0 : messages * 1e9 / nanos;
    }
  }

  /// Registers the receivers who were away and waits until all that was kept for them has come, or nothing has come for the plan's patience.
  public synchronized Pushed collect() {
    settle();
    long before = ledger.count();
    firstArrival = 0;
    expected += missing(true);
    collected = true;
    enrol(plan.senders() + plan.onlineReceivers(), plan.users(), SECONDS);
    settle();
    return new Pushed(ledger.count() - before, firstArrival == 0 ? 0 : lastArrival - firstArrival);
  }

  /// The receivers who were away until [#collect] are so again.
  public synchronized void leave() {
    enrol(plan.senders() + plan.onlineReceivers(), plan.users(), 0);
    collected = false;
  }

  /// Waits until all has arrived that should, or nothing has come for the plan's patience.
  public synchronized void settle() {
    long since = now();
    while (!notifications.isDone() || ledger.count() < expected || notifications.isMissing()) {
      Deadline by = new Deadline(Math.max(since, Math.max(lastArrival, notifications.lastArrival())) + plan.patience().toNanos());
      if (by.passed(world.clock())) {
        return;
      }
      pause();
    }
  }

  private long missing(boolean away) {
    long[] count = new long[1];
    ledger.missing((lane, sequence, device) -> count[0] += isAway(recipient(lane, sequence)) == away ? 1 : 0);
    return count[0];
  }

  /// All that has happened so far.
  public synchronized LoadResult result() {
    long away = missing(true);
    LatencyHistogram times = new LatencyHistogram();
    times.add(latency);
    return new LoadResult(
        nanos, sent, statuses, times, ledger.count(), missing(false) + (collected ? away : 0), collected ? 0 : away, ledger.doubled(),
        ledger.disordered(), ledger.repeated(), notifications.acknowledged(), notifications.count(), notifications.lost(), notifications.doubled(),
        cut);
  }

  /// What a display of progress shows.
  ///
  /// @param p99 of the messages so far, in nanoseconds
  public record Progress(long devices, long sent, long answered, long arrived, long inFlight, long p99) {}

  public synchronized Progress progress() {
    long answered = statuses.values().stream().mapToLong(Long::longValue).sum();
    return new Progress(enrolment.registered(), sent, answered, ledger.count(), inFlight, latency.at(0.99));
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    wires.close();
  }
}
