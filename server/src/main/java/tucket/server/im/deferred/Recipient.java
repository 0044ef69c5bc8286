// What the server holds in memory of one recipient while something waits for him or is on its way to him.
package tucket.server.im.deferred;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.transport.Clock;

/// Which of his devices have got everything, which are being pushed to, which failed and rest. No I/O; thread-safe by its own lock.
///
/// A device is *clean* when nothing in the queue is for it: only then may a message go to it past the queue. `pendingFrom` is the lowest
/// sequence that may be for it; a run takes it, delivers from there to the end, and looks again.
final class Recipient {
  private static final long NOTHING = Long.MAX_VALUE;

  private final AddressOfRecord user;
  private final Map<DeviceId, Line> lines = new HashMap<>();
  private final Map<Long, Integer> inFlight = new HashMap<>();
  private final Set<Long> expiring = new HashSet<>();
  private final Set<Long> deleting = new HashSet<>();
  private final Set<Long> ended = new HashSet<>(); // while some run may still hold what it read before
  private @Nullable Set<DeviceId> registered;
  private boolean nonEmpty;
  private boolean keptForRetrieval;
  private int holders;
  private long lastAppended = -1;
  private long epoch;

  /// One device.
  private static final class Line {
    long pendingFrom;
    boolean running;
    boolean resting;
    int failures;
    int late;
    int lateOver;
    long erringAt = NOTHING;
    int serverErrors;
    Clock.@Nullable Alarm alarm;
    final Set<Long> wanted = new HashSet<>();
    final Set<Long> handing = new HashSet<>(); // until it is committed
    final Set<Long> reporting = new HashSet<>(); // the device says that it has them, which is not committed yet
    final Set<Long> reported = new HashSet<>(); // it is, but the run may still hold what it read before
    final List<Settlement> unsettled = new ArrayList<>();

    Line(long pendingFrom) {
      this.pendingFrom = pendingFrom;
    }

    /// Whether nothing is lost with it but what the queue knows too.
    boolean isAtRest() {
      return !running && late == 0 && unsettled.isEmpty();
    }

    void wakeUp() {
      resting = false;
      if (alarm != null) {
        alarm.cancel();
        alarm = null;
      }
    }
  }

  /// What a look at the devices came to: the runs to start (they count as running already), and who has registered since the last look.
  record Look(List<Device> runs, List<Device> newcomers) {}

  Recipient(AddressOfRecord user, boolean nonEmpty) {
    this.user = user;
    this.nonEmpty = nonEmpty;
  }

  AddressOfRecord user() {
    return user;
  }

  synchronized void hold() {
    holders++;
  }

  synchronized void release() {
    holders--;
  }

  /// Whether nothing is lost when this object is forgotten.
  synchronized boolean isIdle() {
    return holders == 0 && !nonEmpty && lines.values().stream().allMatch(Line::isAtRest);
  }

  synchronized boolean hasQueue() {
    return nonEmpty;
  }

  synchronized long epoch() {
    return epoch;
  }

  /// A device registered or gave a sign of life: nobody rests any longer.
  synchronized void signOfLife() {
    epoch++;
    lines.values().forEach(l -> {
      l.wakeUp();
      l.failures = 0;
    });
  }

  /// Takes note of the devices as they are, and of the user's setting to keep messages for retrieval.
  synchronized Look look(List<Device> known, boolean keep) {
    Set<DeviceId> before = registered == null ? Set.of() : registered;
    Set<DeviceId> now = new HashSet<>();
    List<Device> newcomers = new ArrayList<>();
    for (Device d : known) {
      if (d.registered()) {
        now.add(d.id());
        if (!before.contains(d.id())) {
          newcomers.add(d);
        }
      }
    }
    if (registered == null || !now.equals(before) || keep != keptForRetrieval) {
      lines.entrySet().removeIf(e -> !now.contains(e.getKey()) && e.getValue().isAtRest());
      lines.values().forEach(l -> l.pendingFrom = nonEmpty ? 0 : l.pendingFrom);
    }
    registered = now;
    keptForRetrieval = keep;
    List<Device> runs = new ArrayList<>();
    for (Device d : known) {
      if (d.registered() && start(line(d.id()))) {
        runs.add(d);
      }
    }
    return new Look(runs, newcomers);
  }

  private Line line(DeviceId id) {
    return lines.computeIfAbsent(id, i -> new Line(nonEmpty ? 0 : NOTHING));
  }

  private static boolean start(Line line) {
    if (line.running || line.resting || line.late > 0 || line.pendingFrom == NOTHING && line.unsettled.isEmpty()) {
      return false;
    }
    line.running = true;
    return true;
  }

  /// Whether something may go to this device past the queue; `keepable` where it is of the kind that is kept until the user asks for it: what is kept
  /// since before must not be overtaken.
  synchronized boolean isClean(DeviceId id, boolean keepable) {
    Line line = lines.get(id);
    if (line != null && line.late > 0) {
      return false; // it would overtake
    }
    if (!nonEmpty) {
      return true;
    }
    return line != null && !line.running && line.pendingFrom == NOTHING && !(keepable && keptForRetrieval);
  }

  /// A message was committed. `keep` where it is kept until the user asks for it.
  synchronized void appended(Waiting waiting, List<Device> known, boolean keep) {
    boolean first = !nonEmpty;
    nonEmpty = true;
    lastAppended = Math.max(lastAppended, waiting.sequence());
    if (first) { // until now every device was clean
      known.stream().filter(Device::registered).forEach(d -> lines.putIfAbsent(d.id(), new Line(NOTHING)));
    }
    if (first && registered == null) {
      registered = known.stream().filter(Device::registered).map(Device::id).collect(Collectors.toSet());
      keptForRetrieval = keep;
    }
    for (Device d : known) {
      Line line = lines.get(d.id());
      if (line != null && !keep && waiting.state().isPendingFor(d, known)) {
        line.pendingFrom = Math.min(line.pendingFrom, waiting.sequence());
      }
    }
    // a device that registered since `known` was read has a line that does not know of this message
    lines.forEach((id, line) -> {
      if (known.stream().noneMatch(d -> d.id().equals(id) && d.registered())) {
        line.pendingFrom = Math.min(line.pendingFrom, waiting.sequence());
      }
    });
  }

  /// Whether the last commit happened is not known: the queue is to be read.
  synchronized void unsure() {
    nonEmpty = true;
    lines.values().forEach(l -> l.pendingFrom = 0);
  }

  /// What is left in the store after a change; a later append is not forgotten by it.
  synchronized void left(DeferredQueue.Left left) {
    if (left.messages() == 0 && lastAppended < left.next()) {
      nonEmpty = false;
    }
  }

  /// The user asks for these on that device.
  synchronized void want(DeviceId id, Set<Long> sequences) {
    Line line = line(id);
    line.wanted.addAll(sequences);
    line.wakeUp();
    line.failures = 0;
    sequences.forEach(s -> line.pendingFrom = Math.min(line.pendingFrom, s));
  }

  /// What a run is to do: from which sequence on, what the user has asked for, and whether his messages are kept until he asks. It is as it was at one
  /// moment: what is asked for or no longer kept while the run is under way comes in the next one, which begins with the oldest; else it would overtake.
  record Task(long from, Set<Long> wanted, boolean keep) {}

  /// The next task of a run of this device; empty where there is none, and the run has ended.
  synchronized Optional<Task> take(DeviceId id) {
    Line line = lines.get(id);
    if (line == null) {
      return Optional.empty();
    }
    if (line.late > 0) {
      line.running = false;
      return Optional.empty();
    }
    if (line.pendingFrom == NOTHING) {
      stopped(line);
      line.wanted.clear();
      line.failures = 0;
      return Optional.empty();
    }
    long from = line.pendingFrom;
    line.pendingFrom = NOTHING;
    return Optional.of(new Task(from, Set.copyOf(line.wanted), keptForRetrieval));
  }

  /// Whether something before that sequence has become known since the run took its task: commits have an order, but not who hears of his first.
  synchronized boolean hasOlder(DeviceId id, long sequence) {
    return line(id).pendingFrom < sequence;
  }

  /// The task is to be done again from that sequence on.
  synchronized void again(DeviceId id, long sequence) {
    Line line = line(id);
    line.pendingFrom = Math.min(line.pendingFrom, sequence);
  }

  /// A run gives way to a message that the device is being tried with past the queue; there is more from that sequence.
  synchronized void yielded(DeviceId id, long sequence) {
    Line line = line(id);
    line.running = false;
    line.pendingFrom = Math.min(line.pendingFrom, sequence);
  }

  /// A message past the queue is still on its way to the device, and its sender is not kept waiting for that: until [#endLate] nothing else
  /// goes to the device, for it would overtake.
  synchronized void beginLate(DeviceId id) {
    line(id).late++;
  }

  synchronized void endLate(DeviceId id) {
    Line line = lines.get(id);
    if (line != null) {
      line.late--;
      line.lateOver++;
    }
  }

  /// Whether a message past the queue is on its way to the device.
  synchronized boolean isLate(DeviceId id) {
    Line line = lines.get(id);
    return line != null && line.late > 0;
  }

  /// How many messages past the queue have come to their end late.
  synchronized int lateOver(DeviceId id) {
    return line(id).lateOver;
  }

  /// Whether one is on its way now, or has come to its end since `over` were counted: what was read of the queue then may be out of date.
  synchronized boolean isLate(DeviceId id, int over) {
    Line line = line(id);
    return line.late > 0 || line.lateOver != over;
  }

  /// The device is not registered any more: its run has ended, and it starts anew when it comes back.
  synchronized void gone(DeviceId id) {
    Line line = line(id);
    stopped(line);
    line.pendingFrom = 0;
    if (line.isAtRest()) {
      lines.remove(id);
    }
    if (registered != null && registered.contains(id)) {
      Set<DeviceId> rest = new HashSet<>(registered);
      rest.remove(id);
      registered = rest;
    }
  }

  /// The run has failed at that sequence; returns how many failures in a row that makes. 0 where the user gave a sign of life since
  /// `epochThen`: the run then goes on at once.
  synchronized int failed(DeviceId id, long sequence, long epochThen) {
    Line line = line(id);
    line.pendingFrom = Math.min(line.pendingFrom, sequence);
    if (epoch != epochThen) {
      return 0;
    }
    stopped(line);
    line.resting = true;
    return ++line.failures;
  }

  private void stopped(Line line) {
    line.running = false;
    line.reported.clear();
    if (lines.values().stream().noneMatch(l -> l.running)) {
      ended.clear();
    }
  }

  /// How often in a row the device has answered this message with a server error, `now` once more or not.
  synchronized int serverErrors(DeviceId id, long sequence, boolean now) {
    Line line = line(id);
    line.serverErrors = !now ? 0 : line.erringAt == sequence ? line.serverErrors + 1 : 1;
    line.erringAt = sequence;
    return line.serverErrors;
  }

  /// A message past the queue failed at this device, while nobody gave a sign of life since `epoch`; returns the failures in a row, 0 where
  /// the device need not rest.
  synchronized int failedPastQueue(DeviceId id, long epochThen) {
    Line line = lines.computeIfAbsent(id, i -> new Line(NOTHING));
    if (epochThen != epoch || line.running || line.resting) {
      return 0;
    }
    line.resting = true;
    return ++line.failures;
  }

  /// The alarm that ends the rest.
  synchronized void rests(DeviceId id, Clock.Alarm alarm) {
    Line line = lines.get(id);
    if (line == null || !line.resting) {
      alarm.cancel();
    } else {
      line.alarm = alarm;
    }
  }

  synchronized void rested(DeviceId id) {
    Line line = lines.get(id);
    if (line != null) {
      line.resting = false;
      line.alarm = null;
    }
  }

  /// What could not be committed waits for the next run.
  synchronized void unsettled(DeviceId id, List<Settlement> settlements) {
    line(id).unsettled.addAll(settlements);
  }

  synchronized List<Settlement> takeUnsettled(DeviceId id) {
    List<Settlement> unsettled = line(id).unsettled;
    List<Settlement> taken = List.copyOf(unsettled);
    unsettled.clear();
    return taken;
  }

  /// Whether that message may be handed to the device now: not while it is being expired or deleted, nor when it has ended or the device has said
  /// that it has it since the run has read it.
  synchronized boolean begin(DeviceId id, long sequence) {
    Line line = line(id);
    boolean leaves = expiring.contains(sequence) || deleting.contains(sequence) || ended.contains(sequence);
    if (leaves || line.reporting.contains(sequence) || line.reported.contains(sequence)) {
      return false;
    }
    line.handing.add(sequence);
    inFlight.merge(sequence, 1, Integer::sum);
    return true;
  }

  synchronized void end(DeviceId id, long sequence) {
    Line line = lines.get(id);
    if (line != null) {
      line.handing.remove(sequence);
    }
    inFlight.computeIfPresent(sequence, (s, n) -> n == 1 ? null : n - 1);
  }

  /// The device says that it has the message; false where it is just being handed to it, so that its answer will say the same.
  synchronized boolean beginReport(DeviceId id, long sequence) {
    Line line = line(id);
    return !line.handing.contains(sequence) && line.reporting.add(sequence);
  }

  /// What the device said is committed, or could not be.
  synchronized void endReport(DeviceId id, long sequence, boolean committed) {
    Line line = line(id);
    line.reporting.remove(sequence);
    if (!committed) {
      line.pendingFrom = Math.min(line.pendingFrom, sequence);
    } else if (line.running) {
      line.reported.add(sequence);
    }
  }

  /// Whether that message may expire now: not while it is being handed over.
  synchronized boolean beginExpiry(long sequence) {
    return !inFlight.containsKey(sequence) && expiring.add(sequence);
  }

  synchronized void endExpiry(long sequence) {
    expiring.remove(sequence);
    gone(List.of(sequence));
  }

  /// The user deletes these: nothing of them is begun any more, for the commit is known only some time after it happened.
  synchronized void beginDelete(List<Long> sequences) {
    deleting.addAll(sequences);
  }

  /// They are gone, or could not be deleted and are still to be delivered.
  synchronized void endDelete(List<Long> sequences, boolean committed) {
    sequences.forEach(deleting::remove);
    if (committed) {
      gone(sequences);
    } else {
      unsure();
    }
  }

  /// These have left the queue.
  synchronized void gone(List<Long> sequences) {
    if (lines.values().stream().anyMatch(l -> l.running)) {
      ended.addAll(sequences);
    }
  }
}
