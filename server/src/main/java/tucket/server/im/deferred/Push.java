// Brings what waits to the devices of its recipients.
package tucket.server.im.deferred;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.Limits;
import tucket.server.Trace;
import tucket.server.im.message.Answer;
import tucket.server.im.message.EnvelopeReader;
import tucket.server.im.message.EnvelopeWriter;
import tucket.server.im.message.Fork;
import tucket.server.im.message.Reading;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Im2ServerCore;
import tucket.transport.Deadline;
import tucket.transport.World;

/// OMA AD SIMPLE IM section 5.3.2.4.3, "forwarding/push delivery". A device has one run at a time, which hands it the oldest message,
/// waits for its answer, and goes on; other devices have runs of their own. A device that fails rests ([BackOff]) and is tried at once
/// when its user gives a sign of life. A message that a device refuses for good is marked and passed over: it blocks nobody. Thread-safe.
public final class Push {
  private static final Logger LOG = LoggerFactory.getLogger(Push.class);
  private static final int BATCH = 16;
  private static final long BATCH_BYTES = 128 * 1024;
  /// A device that answers a message with nothing but 500 more often than this will not take it.
  private static final int MOST_SERVER_ERRORS = 8;

  private final World world;
  private final Im2ServerCore core;
  private final DeferredQueue queue;
  private final Recipients recipients;
  private final EnvelopeReader reader;
  private final EnvelopeWriter writer;
  private final Fork fork;
  private final Predicate<AddressOfRecord> keepsForRetrieval;
  private final Trace trace;
  private final Duration patience;
  private final Semaphore parallel;
  private volatile BiConsumer<AddressOfRecord, List<Device>> newcomers = (user, devices) -> {};
  private volatile Consumer<AddressOfRecord> changed = user -> {};
  private volatile Optional<SessionPush> sessions = Optional.empty();
  private volatile Optional<LargeMessagePush> large = Optional.empty();
  private volatile Optional<RetrievalSessions> retrievals = Optional.empty();
  private volatile boolean closed;

  /// How messages are read, written and handed over.
  public record Delivering(EnvelopeReader reader, EnvelopeWriter writer, Fork fork) {}

  /// `keepsForRetrieval` says whose pager messages wait until he asks for them; `parallel` bounds the runs at the same time.
  Push(World world, Im2ServerCore core, DeferredQueue queue, Recipients recipients, Delivering delivering,
      Predicate<AddressOfRecord> keepsForRetrieval, Trace trace, Limits limits, int parallel) {
    this.world = world;
    this.core = core;
    this.queue = queue;
    this.recipients = recipients;
    this.reader = delivering.reader();
    this.writer = delivering.writer();
    this.fork = delivering.fork();
    this.keepsForRetrieval = keepsForRetrieval;
    this.trace = trace;
    this.patience = limits.pushTimeout();
    this.parallel = new Semaphore(parallel);
  }

  /// How devices are served that take messages only in a session.
  void inSessions(SessionPush push) {
    sessions = Optional.of(push);
  }

  /// How large messages go.
  Optional<LargeMessagePush> large() {
    return large;
  }

  /// How large messages go, and what users retrieve in sessions.
  void byMsrp(LargeMessagePush largeMessages, RetrievalSessions retrievalSessions) {
    large = Optional.of(largeMessages);
    retrievals = Optional.of(retrievalSessions);
  }

  Optional<SessionPush> sessions() {
    return sessions;
  }

  /// Who is told about devices that became available while something waits.
  void onNewcomers(BiConsumer<AddressOfRecord, List<Device>> listener) {
    newcomers = listener;
  }

  /// Who is told that what waits for a user has changed.
  void onChange(Consumer<AddressOfRecord> listener) {
    changed = listener;
  }

  /// A device of the user registered or gave a sign of life: what waits is pushed at once. Returns at once.
  void registered(AddressOfRecord user) {
    Optional<Recipient> known = recipients.find(user);
    known.ifPresent(Recipient::signOfLife);
    if (known.isPresent() || !recipients.isLoaded()) {
      world.threads().start("push " + user, () -> {
        wake(user);
      });
    }
  }

  /// Looks whether there is anything for a registered device that is neither resting nor being served, and starts its run.
  void wake(AddressOfRecord user) {
    Recipient recipient = recipients.hold(user);
    try {
      if (closed || !recipient.hasQueue()) {
        return;
      }
      boolean keep;
      do {
        keep = keepsForRetrieval.test(user);
        Recipient.Look look = recipient.look(core.devices(user), keep);
        look.runs().forEach(d -> start(user, d.id()));
        if (!look.newcomers().isEmpty()) {
          newcomers.accept(user, look.newcomers());
        }
      } while (keep != keepsForRetrieval.test(user)); // else another look, with the new setting, may have been before this one
    } finally {
      recipients.release(recipient);
    }
  }

  /// Pushes these to that device because the user asks for them; also what is kept for retrieval, and what it has refused. What it has does not come
  /// again while it waits for another device.
  void retrieve(AddressOfRecord user, List<Device> devices, Set<Long> sequences) {
    Recipient recipient = recipients.hold(user);
    try {
      devices.forEach(d -> recipient.want(d.id(), sequences));
    } finally {
      recipients.release(recipient);
    }
    wake(user);
  }

  /// A message past the queue failed at these devices: they rest, unless the user gave a sign of life since `epoch`.
  void failedPastQueue(Recipient recipient, List<DeviceId> devices, long epoch) {
    for (DeviceId id : devices) {
      int failures = recipient.failedPastQueue(id, epoch);
      if (failures > 0) {
        rest(recipient, id, failures);
      }
    }
  }

  /// A device is still being tried with a message past the queue ([Recipient#beginLate]), which is stored at `sequence` if at all: what it
  /// answers in the end counts as if it had been pushed to. Nothing is pushed to it before. Returns at once.
  void follow(Recipient recipient, Envelope.Kind kind, Fork.Open branch, OptionalLong sequence, long epoch) {
    recipients.hold(recipient.user());
    boolean begun = sequence.isPresent() && recipient.begin(branch.device().id(), sequence.getAsLong());
    branch.answer().whenComplete((answer, failure) -> world.threads().start("late answer of " + recipient.user(), () -> {
      try {
        OptionalInt status = failure == null && answer.isPresent() ? OptionalInt.of(answer.get().status()) : OptionalInt.empty();
        boolean otherwise = status.isPresent() && Answer.of(status.getAsInt()) == Answer.WRONG_CLIENT
            && sessions.filter(s -> s.refused(branch.device(), kind)).isPresent();
        if (!otherwise) { // else it gets it in a session
          answered(recipient, branch.device(), sequence, status, epoch);
        }
      } finally {
        if (begun) {
          recipient.end(branch.device().id(), sequence.getAsLong());
        }
        recipient.endLate(branch.device().id());
        recipients.release(recipient);
        wake(recipient.user());
      }
    }));
  }

  private void answered(Recipient recipient, Device device, OptionalLong sequence, OptionalInt status, long epoch) {
    if (status.isEmpty()) {
      return; // its binding is gone, it starts anew when it comes back
    }
    Answer answer = Answer.of(status.getAsInt());
    if (sequence.isPresent()) {
      Settlement.How how = answer == Answer.ACKNOWLEDGED ? Settlement.How.ACKNOWLEDGED
          : answer.isForGood() ? Settlement.How.REJECTED : Settlement.How.FAILED;
      settle(recipient, new Settlement(sequence.getAsLong(), device, how, status.getAsInt(), false));
    }
    if (answer == Answer.FAILING) {
      failedPastQueue(recipient, List.of(device.id()), epoch);
    }
  }

  // What can't be noted now is noted before the next push.
  private void settle(Recipient recipient, Settlement settlement) {
    try {
      recipient.left(queue.settle(recipient.user(), core.devices(recipient.user()), List.of(settlement)));
      changed.accept(recipient.user());
    } catch (RuntimeException e) {
      LOG.warn("the late answer of {} of {} is not noted yet: {}", settlement.device().id(), recipient.user(), e.toString());
      recipient.unsettled(settlement.device().id(), List.of(settlement));
    }
  }

  private void start(AddressOfRecord user, DeviceId device) {
    Recipient recipient = recipients.hold(user);
    world.threads().start("push " + user, () -> {
      try {
        parallel.acquireUninterruptibly();
        try {
          run(recipient, device);
        } finally {
          parallel.release();
        }
      } finally {
        recipients.release(recipient);
      }
    });
  }

  private Optional<Recipient.Task> next(Recipient recipient, DeviceId id) {
    return closed ? Optional.empty() : recipient.take(id);
  }

  private void run(Recipient recipient, DeviceId id) {
    Run run = new Run(recipient, id);
    long at = 0;
    try {
      run.settleRest();
      for (Optional<Recipient.Task> task = next(recipient, id); task.isPresent(); task = next(recipient, id)) {
        at = task.get().from();
        long failedAt = run.perform(task.get());
        if (failedAt == Run.GONE) {
          run.finish();
          recipient.gone(id);
          wake(recipient.user()); // it may have come back meanwhile
          return;
        }
        boolean committed = run.finish();
        if (failedAt == Run.LATE && committed) {
          recipient.yielded(id, at);
          wake(recipient.user()); // the answer may have come meanwhile
          return;
        }
        if (failedAt >= 0 || !committed) {
          int failures = recipient.failed(id, failedAt >= 0 ? failedAt : at, committed ? run.epoch : recipient.epoch());
          if (failures > 0) {
            rest(recipient, id, failures);
            return;
          }
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("push to {} of {} has stopped and will be tried again: {}", id, recipient.user(), e.toString(), e);
      run.finish();
      rest(recipient, id, recipient.failed(id, Math.max(at, 0), recipient.epoch()));
    }
  }

  private void rest(Recipient recipient, DeviceId id, int failures) {
    if (closed) {
      return;
    }
    AddressOfRecord user = recipient.user();
    Duration pause = BackOff.after(failures, world.chance());
    recipient.rests(id, world.clock().after(pause, () -> world.threads().start("push again " + user, () -> {
      recipients.find(user).ifPresent(r -> r.rested(id));
      wake(user);
    })));
  }

  /// Lets the runs end after the message they are at.
  void close() {
    closed = true;
    sessions.ifPresent(SessionPush::close);
    retrievals.ifPresent(RetrievalSessions::close);
  }

  /// One run of one device.
  private final class Run {
    static final long GONE = -2;
    static final long LATE = -3;
    private static final long OLDER = -4;
    private static final long WENT_WELL = -1;

    private final Recipient recipient;
    private final AddressOfRecord user;
    private final DeviceId id;
    private final Settling settling;
    private volatile List<Device> known = List.of();
    private long epoch;
    private int lateOver;

    Run(Recipient recipient, DeviceId id) {
      this.recipient = recipient;
      this.user = recipient.user();
      this.id = id;
      this.settling = new Settling(world.threads(), this::commit, done -> done.forEach(s -> recipient.end(id, s.sequence())));
    }

    private void commit(List<Settlement> settlements) {
      recipient.left(queue.settle(user, known, settlements));
      changed.accept(user);
    }

    /// What an earlier run could not commit comes before everything else: else it would be delivered again.
    void settleRest() {
      known = core.devices(user);
      List<Settlement> rest = recipient.takeUnsettled(id);
      if (!rest.isEmpty()) {
        try {
          commit(rest);
        } catch (RuntimeException e) {
          recipient.unsettled(id, rest);
          throw e;
        }
      }
    }

    /// Delivers from the task's sequence to the end; returns where it failed, or [#GONE], or [#LATE] where the device is still being tried with a
    /// message past the queue, or another negative number.
    long perform(Recipient.Task task) {
      boolean silentFirst = sessions.isPresent() && core.devices(user).stream()
          .anyMatch(d -> d.id().equals(id) && sessions.get().isFor(user, d, Envelope.Kind.NOTIFICATION));
      if (silentFirst) { // terminals take sessions of notifications without asking their user
        long failed = perform(task, true);
        if (failed != WENT_WELL) {
          return failed >= 0 ? task.from() : failed; // the messages that lie before it have not been looked at
        }
        settling.drain();
      }
      long failed = perform(task, false);
      if (failed == OLDER) {
        recipient.again(id, task.from());
        return WENT_WELL;
      }
      return failed;
    }

    private long perform(Recipient.Task task, boolean notificationsOnly) {
      long at = task.from();
      while (at >= 0) {
        known = core.devices(user);
        Optional<Device> device = known.stream().filter(d -> d.registered() && d.id().equals(id)).findFirst();
        if (device.isEmpty()) {
          return GONE;
        }
        List<Device> seen = known;
        Instant now = world.clock().now();
        lateOver = recipient.lateOver(id);
        DeferredQueue.Batch batch = queue.batch(user, at, BATCH, BATCH_BYTES, w -> w.state().isDone(seen),
            w -> w.expires().isAfter(now) && !(notificationsOnly && w.kind() != Envelope.Kind.NOTIFICATION)
                && (task.wanted().contains(w.sequence()) && !w.state().acknowledged().contains(id)
                || !(task.keep() && w.kind() == Envelope.Kind.MESSAGE) && w.state().isPendingFor(device.get(), seen)));
        if (!batch.done().isEmpty()) {
          recipient.left(queue.sweep(user, seen, batch.done()));
        }
        for (DeferredQueue.Ready ready : batch.ready()) {
          if (!notificationsOnly && recipient.hasOlder(id, ready.waiting().sequence())) {
            return OLDER; // committed before, but known only now: what came behind it must not overtake it
          }
          long failed = hand(ready, device.get(), task.wanted().contains(ready.waiting().sequence()));
          if (failed != WENT_WELL) {
            return failed;
          }
        }
        at = batch.next();
      }
      return WENT_WELL;
    }

    private long hand(DeferredQueue.Ready ready, Device device, boolean retrieval) {
      Waiting w = ready.waiting();
      if (closed) {
        return w.sequence();
      }
      if (recipient.isLate(id, lateOver)) {
        return LATE;
      }
      if (!recipient.begin(id, w.sequence())) {
        return WENT_WELL; // it is being expired, or the device has it
      }
      boolean handedOn = false;
      epoch = recipient.epoch();
      try {
        Optional<SipResponse> answer = offer(reader.open(ready.envelope()), device);
        if (answer.isEmpty()) {
          return isRegistered() ? w.sequence() : GONE;
        }
        int status = answer.get().status();
        Settlement.How how = judge(w, status);
        trace.note(w.messageId(), Trace.What.PUSHED, id.value(), Integer.toString(status));
        handedOn = true;
        boolean commits = settling.add(new Settlement(w.sequence(), device, how, status, retrieval));
        return how == Settlement.How.FAILED || !commits ? w.sequence() : WENT_WELL;
      } finally {
        if (!handedOn) {
          recipient.end(id, w.sequence());
        }
      }
    }

    /// By MESSAGE, or in a session where the device has opened one for it, takes nothing else, or the message is large.
    private Optional<SipResponse> offer(Reading reading, Device device) {
      Envelope.Kind kind = reading.envelope().kind();
      Optional<RetrievalSessions.Open> opened = retrievals.flatMap(r -> r.find(device.id(), reading));
      if (opened.isPresent()) {
        return Optional.of(opened.get().deliver(reading));
      }
      if (sessions.isPresent() && sessions.get().isFor(user, device, kind)) {
        Optional<SipResponse> inSession = sessions.get().deliver(user, device, reading);
        if (inSession.filter(a -> sessions.get().takesNone(device, a.status())).isEmpty()) {
          return inSession;
        }
      }
      if (large.isPresent() && large.get().isFor(device, reading.envelope())) {
        Optional<SipResponse> inOne = large.get().deliver(user, device, reading);
        boolean otherwise = inOne.map(Answer::of).filter(a -> a == Answer.WRONG_CLIENT || a == Answer.REFUSED).isPresent();
        if (!otherwise) {
          return inOne;
        }
      }
      Optional<SipResponse> answer = fork.deliver(writer.outgoing(reading), user, device, Deadline.in(patience, world.clock()));
      boolean wrong = answer.filter(a -> Answer.of(a) == Answer.WRONG_CLIENT).isPresent();
      return wrong && sessions.isPresent() && sessions.get().refused(device, kind) ? sessions.get().deliver(user, device, reading) : answer;
    }

    private boolean isRegistered() {
      return core.devices(user).stream().anyMatch(d -> d.registered() && d.id().equals(id));
    }

    private Settlement.How judge(Waiting w, int status) {
      Answer answer = Answer.of(status);
      if (answer == Answer.ACKNOWLEDGED) {
        return Settlement.How.ACKNOWLEDGED;
      }
      int serverErrors = recipient.serverErrors(id, w.sequence(), status == Status.SERVER_INTERNAL_ERROR);
      return answer.isForGood() || serverErrors > MOST_SERVER_ERRORS ? Settlement.How.REJECTED : Settlement.How.FAILED;
    }

    /// Waits for the commits; returns whether all succeeded. What did not is kept for the next run.
    boolean finish() {
      List<Settlement> lost = new ArrayList<>(settling.drain());
      if (!lost.isEmpty()) {
        lost.forEach(s -> recipient.end(id, s.sequence()));
        recipient.unsettled(id, lost);
      }
      return lost.isEmpty();
    }
  }
}
