// The Deferred Messaging IM Function.
package tucket.server.im.deferred;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.DurableTrace;
import tucket.server.Envelope;
import tucket.server.Limits;
import tucket.server.Schema;
import tucket.server.Trace;
import tucket.server.im.message.Answer;
import tucket.server.im.message.Fork;
import tucket.server.im.message.Reading;
import tucket.server.im.message.ServerNotifications;
import tucket.server.im.settings.ImSettings;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Im2ServerCore;
import tucket.store.Engine;
import tucket.store.Partition;
import tucket.transport.World;

/// OMA AD SIMPLE IM section 5.3.2.4.3: the alternate service when the intended user is not available. [Hold#store] makes one durable write
/// and then looks again, so that a message that was committed while its user was registering is pushed at once. Thread-safe.
public final class DeferredMessagingFunction {
  private static final Logger LOG = LoggerFactory.getLogger(DeferredMessagingFunction.class);

  private final World world;
  private final Im2ServerCore core;
  private final Engine engine;
  private final DeferredQueue queue;
  private final Recipients recipients;
  private final Push push;
  private final Expiry expiry;
  private final StoredNotices notices;
  private final Placement placement;
  private final Predicate<AddressOfRecord> keepsForRetrieval;
  private final Trace trace;
  private volatile Consumer<AddressOfRecord> changed = user -> {};
  private volatile boolean closed;

  /// What the function works with. `keepsForRetrieval` says whose pager messages wait until he asks for them.
  public record Parts(World world, Im2ServerCore core, Engine engine, DurableTrace trace, ImSettings settings, Limits limits,
      Push.Delivering delivering, ServerNotifications notifications, Predicate<AddressOfRecord> keepsForRetrieval) {}

  public DeferredMessagingFunction(Parts parts, StorageCharging charging) {
    world = parts.world();
    core = parts.core();
    engine = parts.engine();
    trace = parts.trace();
    placement = new Placement(core, parts.settings().deferral());
    keepsForRetrieval = parts.keepsForRetrieval();
    queue = new DeferredQueue(engine, world.clock(), parts.limits(), charging, parts.trace());
    recipients = new Recipients(queue);
    push = new Push(world, core, queue, recipients, parts.delivering(), keepsForRetrieval, trace, parts.limits(),
        parts.settings().pushParallel());
    notices = new StoredNotices(world, core, queue, parts.notifications(), trace);
    expiry = new Expiry(world, core, queue, recipients, parts.delivering().reader(), parts.notifications(), parts.settings(), trace);
  }

  /// What became of a message that was to be stored.
  public sealed interface Outcome {}

  /// It is stored, or was before.
  public record Kept() implements Outcome {}

  /// It is not: the user's quota is used up.
  public record NoRoom(String reason) implements Outcome {}

  /// It is not: its life is over.
  public record TooLate() implements Outcome {}

  /// Finds again who has messages waiting: in the background, so that a start is not held up by it. Whoever is still registered is pushed
  /// to.
  public void start() {
    world.threads().start("load the queues", this::load);
  }

  private void load() {
    int users = 0;
    try {
      for (Partition partition : engine.partitions(Schema.USER)) {
        if (closed) {
          return;
        }
        AddressOfRecord user = new AddressOfRecord(partition.id());
        queue.nextEnd(user).ifPresent(at -> expiry.ends(user, at));
        notices.load(user);
        if (!queue.isEmpty(user)) {
          users++;
          Recipient held = recipients.hold(user); // stays known because its queue is not empty
          recipients.release(held);
          push.wake(user);
        }
      }
      recipients.loaded();
      LOG.info("messages wait for {} users", users);
    } catch (RuntimeException e) {
      if (closed) {
        return; // the storage went away under it, as it had to
      }
      LOG.error("the queues could not be listed; until the next start users are looked up one by one: {}", e.toString(), e);
    }
  }

  /// A device of the user registered or gave a sign of life. Returns at once.
  public void registered(AddressOfRecord user) {
    push.registered(user);
  }

  /// The user's setting to keep messages for retrieval has changed.
  public void settingChanged(AddressOfRecord user) {
    push.registered(user);
  }

  /// How devices are served that take stored messages only in a session.
  public void pushInSessions(SessionPush sessions) {
    sessions.onFailing(this::keptForOther);
    push.inSessions(sessions);
  }

  /// How large messages go, and what users retrieve in sessions.
  public void pushByMsrp(LargeMessagePush large, RetrievalSessions retrievals) {
    push.byMsrp(large, retrievals);
  }

  /// Hands a message to a user of another domain in large message mode, and blocks for what came of it; empty where he can't be reached so.
  public Optional<SipResponse> handOverLarge(Reading reading) {
    AddressOfRecord to = reading.envelope().to();
    return core.devices(to).stream().findFirst().flatMap(there -> push.large().flatMap(l -> l.deliver(to, there, reading)));
  }

  /// Whether a device that has refused a MESSAGE as RCS-e terminals do gets it in a session, once it is stored.
  public boolean takesInSession(Device device, Envelope.Kind kind) {
    return push.sessions().filter(s -> s.refused(device, kind)).isPresent();
  }

  /// Whether that device has refused a MESSAGE before and is not asked again.
  public boolean takesOnlyInSession(Device device) {
    return push.sessions().filter(s -> s.hasRefused(device)).isPresent();
  }

  /// The notice that users get whose devices become available while something waits for them.
  public void onAvailable(WaitingNotice notice) {
    push.onNewcomers(notice::available);
  }

  /// Who is told that what waits for a user has changed. Must return at once.
  public void onChange(Consumer<AddressOfRecord> listener) {
    changed = listener;
    push.onChange(listener);
    expiry.onChange(listener);
  }

  /// Whether what `from` sends to `to` and can't be delivered now is this server's to keep (OMA AD SIMPLE IM section 5.3.2.1.3). A notification
  /// does not tell in which mode its message went: it counts as one of session mode, where more is kept.
  public boolean keeps(Responsibility.Mode mode, Envelope.Kind kind, AddressOfRecord from, AddressOfRecord to) {
    return placement.isOurs(kind == Envelope.Kind.NOTIFICATION ? Responsibility.Mode.SESSION : mode, kind, from, to);
  }

  /// Keeps what another domain has answered with that final status, where it is this server's to keep; whether it is kept now. It is tried again
  /// after a while, and when its recipient shows that he is there.
  public boolean keptForOther(Reading message, int status) {
    Envelope e = message.envelope();
    boolean absent = Answer.of(status) == Answer.FAILING; // 404 too: so says a server that does not defer of who is not registered
    if (!absent || message.passing() || core.mayUseIm(e.to()) || !keeps(Responsibility.Mode.SESSION, e.kind(), e.from(), e.to())) {
      return false;
    }
    List<Device> there = core.devices(e.to());
    try (Hold hold = hold(e.to())) {
      hold.failedAt(there.stream().map(Device::id).toList());
      return !there.isEmpty() && hold.store(message, DeliveryState.waitingFor(there), there) instanceof Kept;
    }
  }

  /// Whether it is known without asking the store that nothing waits for the user and nothing is on its way to him past the queue late. Does not block.
  public boolean isFree(AddressOfRecord user) {
    return recipients.isLoaded() && recipients.find(user).isEmpty();
  }

  /// Opens what waits for a user while a message to him is decided on.
  public Hold hold(AddressOfRecord user) {
    return new Hold(recipients.hold(user));
  }

  /// The queue itself, for retrieval and administration.
  public DeferredQueue queue() {
    return queue;
  }

  Push push() {
    return push;
  }

  /// The user deletes these; returns how many there were.
  public int delete(AddressOfRecord user, List<Long> sequences) {
    Recipient recipient = recipients.hold(user);
    boolean committed = false;
    recipient.beginDelete(sequences);
    try {
      DeferredQueue.Deleted deleted = queue.delete(user, sequences);
      committed = true;
      recipient.left(deleted.left());
      changed.accept(user);
      return deleted.messages();
    } finally {
      recipient.endDelete(sequences, committed);
      if (!committed) {
        push.wake(user);
      }
      recipients.release(recipient);
    }
  }

  /// Whether something waits for the user, as far as is known without asking the store.
  public boolean isWaitingFor(AddressOfRecord user) {
    return recipients.find(user).filter(Recipient::hasQueue).isPresent();
  }

  /// A device of `user` says that it has a message of `sender`. Where its 200 was lost on the way, the message still waits: it is not
  /// delivered again. Never fails.
  public void saidDelivered(AddressOfRecord user, Device device, AddressOfRecord sender, String messageId) {
    Recipient recipient = recipients.hold(user);
    try {
      Optional<Waiting> waiting = queue.find(user, sender, messageId).filter(w -> !w.state().acknowledged().contains(device.id()));
      if (waiting.isPresent() && recipient.beginReport(device.id(), waiting.get().sequence())) { // else its answer is just on the way
        boolean committed = false;
        try {
          recipient.left(queue.settle(user, core.devices(user),
              List.of(new Settlement(waiting.get().sequence(), device, Settlement.How.ACKNOWLEDGED, 0, false))));
          committed = true;
        } finally {
          recipient.endReport(device.id(), waiting.get().sequence(), committed);
        }
      }
    } catch (tucket.store.Unavailable e) {
      LOG.debug("the acknowledgement of {} by {} is not noted: {}", messageId, device.id(), e.getMessage());
    } finally {
      recipients.release(recipient);
    }
  }

  /// How many users something waits for or is on its way to.
  public int recipientsInMemory() {
    return recipients.count();
  }

  /// Starts nothing new; what is under way comes to its end.
  public void close() {
    closed = true;
    push.close();
    expiry.close();
    notices.close();
  }

  /// One recipient while a message to him is decided on. To be closed.
  public final class Hold implements AutoCloseable {
    private final Recipient recipient;
    private final long epoch;
    private OptionalLong at = OptionalLong.empty();

    private Hold(Recipient recipient) {
      this.recipient = recipient;
      this.epoch = recipient.epoch();
    }

    /// Whether nothing waits for this device that a session would overtake.
    public boolean isClean(Device device) {
      return recipient.isClean(device.id(), false);
    }

    /// Whether no message of that author waits for this device which another one of his in a session would overtake; `known` are all devices of the
    /// user.
    public boolean isClean(Device device, AddressOfRecord author, List<Device> known) {
      return isClean(device) || !recipient.isLate(device.id()) && !queue.isAwaited(recipient.user(), device, author, known);
    }

    /// Whether no message of that author waits for the user at all.
    public boolean isClean(AddressOfRecord author) {
      return !queue.isAwaited(recipient.user(), author);
    }

    /// Whether nothing waits for this device: an envelope of that kind may go to it past the queue.
    public boolean isClean(Device device, Envelope.Kind kind) {
      return recipient.isClean(device.id(), kind == Envelope.Kind.MESSAGE);
    }

    /// A message past the queue failed at these: when it is stored they are not tried again at once.
    public void failedAt(List<DeviceId> devices) {
      push.failedPastQueue(recipient, devices, epoch);
    }

    /// These are still being tried with a message that nobody keeps: what comes next waits for their answer, and one that fails rests.
    public void follow(List<Fork.Open> late) {
      late.forEach(branch -> recipient.beginLate(branch.device().id()));
      late.forEach(branch -> push.follow(recipient, Envelope.Kind.MESSAGE, branch, OptionalLong.empty(), epoch));
    }

    /// Stores the message for those who do not have it yet, while `late` are still being tried: they are not pushed to before they have
    /// answered, and what they answer counts.
    public Outcome storeRest(Reading message, DeliveryState state, List<Device> known, List<Fork.Open> late) {
      late.forEach(branch -> recipient.beginLate(branch.device().id()));
      at = OptionalLong.empty();
      try {
        return store(message, state, known);
      } finally {
        late.forEach(branch -> push.follow(recipient, message.envelope().kind(), branch, at, epoch));
      }
    }

    /// Stores the message for its recipient: one durable write. Then looks again. `known` are his devices as they were when the state was
    /// made.
    public Outcome store(Reading message, DeliveryState state, List<Device> known) {
      Envelope envelope = message.envelope();
      if (!envelope.expires().isAfter(world.clock().now())) {
        return new TooLate();
      }
      AddressOfRecord user = recipient.user();
      boolean owed = envelope.kind() == Envelope.Kind.MESSAGE && envelope.wanted().contains(Disposition.PROCESSING) && state.acknowledged().isEmpty();
      Optional<ServerNotifications.Subject> about = owed ? Optional.of(ServerNotifications.Subject.of(message)) : Optional.empty();
      switch (append(user, envelope, state, about)) {
        case DeferredQueue.Full full -> {
          return new NoRoom(full.reason());
        }
        case DeferredQueue.Duplicate d -> {
          return new Kept();
        }
        case DeferredQueue.Stored(Waiting waiting) -> {
          boolean keep = envelope.kind() == Envelope.Kind.MESSAGE && keepsForRetrieval.test(user);
          at = OptionalLong.of(waiting.sequence());
          recipient.appended(waiting, known, keep);
          expiry.ends(user, waiting.expires());
          changed.accept(user);
          push.wake(user); // after every append, look again
          about.ifPresent(a -> notices.stored(user, waiting.sequence(), a));
          return new Kept();
        }
      }
    }

    private DeferredQueue.Appended append(AddressOfRecord user, Envelope envelope, DeliveryState state,
        Optional<ServerNotifications.Subject> owed) {
      try {
        return queue.append(user, envelope, state, owed);
      } catch (tucket.store.Unavailable e) {
        recipient.unsure();
        throw e;
      }
    }

    @Override
    public void close() {
      recipients.release(recipient);
    }
  }
}
