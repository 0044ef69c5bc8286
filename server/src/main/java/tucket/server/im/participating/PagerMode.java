// Pager mode: one MESSAGE, from its sender's server to the devices of its recipient.
package tucket.server.im.participating;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.Limits;
import tucket.server.Trace;
import tucket.server.im.deferred.Asking;
import tucket.server.im.deferred.DeferredMessagingFunction;
import tucket.server.im.deferred.DeliveryState;
import tucket.server.im.deferred.Push;
import tucket.server.im.deferred.Responsibility;
import tucket.server.im.message.Answer;
import tucket.server.im.message.Brief;
import tucket.server.im.message.EnvelopeReader;
import tucket.server.im.message.Fork;
import tucket.server.im.message.Reading;
import tucket.server.im.message.Reports;
import tucket.server.im.message.Responses;
import tucket.server.im.message.ServerNotifications;
import tucket.server.im.policy.Facts;
import tucket.server.im.policy.Policy;
import tucket.server.im.policy.Verdict;
import tucket.server.im.settings.ImSettings;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Leg;
import tucket.transport.Deadline;
import tucket.transport.Pending;
import tucket.transport.World;

/// OMA-TS-SIMPLE_IM chapter 8, RFC 3428. The delivery law: no 2xx before the next hop has acknowledged the message or it is committed to
/// disk. The path of a message to somebody online writes nothing. Thread-safe.
public final class PagerMode {
  /// Bound while a message is under way that is larger than a MESSAGE of a client may be.
  private static final ScopedValue<Boolean> LARGE = ScopedValue.newInstance();

  private final World world;
  private final Im2ServerCore core;
  private final Push.Delivering delivering;
  private final Responses responses;
  private final Policy ofAnySize;
  private final Policy ofMessages;
  private final int messageBytes;
  private final ServerNotifications notifications;
  private final DeferredMessagingFunction deferred;
  private final Circumstances circumstances;
  private final ImSettings.AwaitedDevices awaited;
  private final String accept;
  private final Trace trace;
  private final Duration patience;
  private final Lanes lanes;
  private final Recent recent;
  private volatile Reports reports = new Reports();

  /// What pager mode works with; `ofAnySize` judges what has come over MSRP, where its size was judged already.
  public record Parts(World world, Im2ServerCore core, Push.Delivering delivering, Responses responses, Policy policy, Policy ofAnySize,
      ServerNotifications notifications, DeferredMessagingFunction deferred, Circumstances circumstances, ImSettings operator, Trace trace) {}

  public PagerMode(Parts parts, Limits limits) {
    world = parts.world();
    core = parts.core();
    delivering = parts.delivering();
    responses = parts.responses();
    ofMessages = parts.policy();
    ofAnySize = parts.ofAnySize();
    messageBytes = limits.messageBytes();
    notifications = parts.notifications();
    deferred = parts.deferred();
    circumstances = parts.circumstances();
    awaited = parts.operator().devices();
    List<String> types = parts.operator().acceptedTypes();
    accept = types.isEmpty() ? "*/*" : "message/cpim, " + String.join(", ", types);
    trace = parts.trace();
    patience = limits.pushTimeout();
    lanes = new Lanes(world.clock(), limits.requestsInFlightPerUser());
    recent = new Recent(world.clock());
  }

  /// Who wants to hear of messages that their recipients report as delivered.
  public void reportTo(Reports listener) {
    reports = listener;
  }

  /// Serves the sender: makes certain that the message has an id and may go, and sends it onward.
  public Pending<SipResponse> originate(SipRequest request, AddressOfRecord served, AddressOfRecord to, Deadline by) {
    // he may send under any of his identities; the usual one is not held once more for each message that waits
    AddressOfRecord from = EnvelopeReader.sender(request).filter(sender -> !sender.equals(served)).orElse(served);
    return switch (delivering.reader().read(request, from, to, world.clock().now())) {
      case EnvelopeReader.Undecodable u -> Pending.of(responses.undecodable(request));
      case EnvelopeReader.UnreadableNotification n -> Pending.of(consumed(request, from, n.why()));
      case EnvelopeReader.Read read -> originate(request, read.reading(), served, by);
    };
  }

  /// The same for one of many recipients of a message: where it fails, the sender is told by a notification, if he asked for that; the answer to his
  /// request speaks for all.
  SipResponse originateToOneOfMany(SipRequest request, AddressOfRecord served, AddressOfRecord to, Deadline by) {
    SipResponse answer = originate(request, served, to, by).await();
    if (!answer.isSuccess()) {
      AddressOfRecord from = EnvelopeReader.sender(request).orElse(served);
      EnvelopeReader.Result result = delivering.reader().read(request, from, to, world.clock().now());
      if (result instanceof EnvelopeReader.Read read && read.reading().envelope().wanted().contains(Disposition.NEGATIVE_DELIVERY)) {
        int status = core.send(notifications.failed(ServerNotifications.Subject.of(read.reading()), world.clock().now()), by).await().status();
        trace.note(read.reading().envelope().messageId(), Trace.What.NOTIFIED, from.value(), "failed for " + to + ": " + status);
      }
    }
    return answer;
  }

  /// The same of a message that has come in a session. What is larger than a MESSAGE may be is stored for its recipient here and pushed at once as his
  /// devices take it, and goes to another domain in large message mode (OMA-TS-SIMPLE_IM chapter 9).
  SipResponse originateToOneOfManyInSession(SipRequest request, AddressOfRecord served, AddressOfRecord to, Deadline by) {
    return request.bodyLength() <= messageBytes
        ? originateToOneOfMany(request, served, to, by)
        : ScopedValue.where(LARGE, true).call(() -> originateToOneOfMany(request, served, to, by));
  }

  private Policy policy() {
    return LARGE.isBound() ? ofAnySize : ofMessages;
  }

  private Pending<SipResponse> originate(SipRequest request, Reading reading, AddressOfRecord served, Deadline by) {
    Envelope envelope = reading.envelope();
    Facts facts = circumstances.of(Leg.ORIGINATING, Facts.Mode.PAGER, served, envelope);
    if (policy().judge(envelope, facts) instanceof Verdict.Refuse refusal) {
      return Pending.of(refused(request, envelope, refusal));
    }
    trace.note(envelope.messageId(), Trace.What.ACCEPTED, served.value(), "to " + envelope.to());
    if (reading.isNotification()) {
      if (reports.any()) {
        delivery(reading).ifPresent(said -> reports.reported(served, said.messageId(), device(request, served)));
      }
      if (deferred.isWaitingFor(served)) {
        noteDelivered(request, reading, served);
      }
    }
    if (LARGE.isBound() && !core.mayUseIm(envelope.to())) {
      Optional<SipResponse> taken = deferred.handOverLarge(reading);
      if (taken.isPresent()) {
        return Pending.of(responses.relay(request, taken.get()));
      }
    }
    SipRequest onward = identified(request, reading);
    Pending<SipResponse> answer = onward == request
        ? delivering.reader().during(request, reading, () -> core.send(request, by))
        : core.send(onward, by);
    Brief brief = Brief.of(reading);
    return answer.then(a -> {
      boolean kept = brief.isNotification() && !a.isSuccess() && deferred.keptForOther(delivering.reader().again(request, brief), a.status());
      return kept ? responses.of(request, Status.ACCEPTED) : responses.relay(request, a); // nobody else keeps it
    });
  }

  /// A device that reports a message as delivered has it, whatever became of its 200.
  private void noteDelivered(SipRequest request, Reading reading, AddressOfRecord served) {
    Optional<Device> sender = Asking.certain(request, core.devices(served));
    Optional<Imdn> said = delivery(reading);
    if (sender.isPresent() && said.isPresent()) {
      deferred.saidDelivered(served, sender.get(), reading.envelope().to(), said.get().messageId());
    }
  }

  private Optional<DeviceId> device(SipRequest request, AddressOfRecord user) {
    return Asking.certain(request, core.devices(user)).map(Device::id);
  }

  private static Optional<Imdn> delivery(Reading reading) {
    byte[] xml = reading.wrapper().map(w -> w.content().body()).orElse(reading.plain());
    try {
      return Optional.of(Imdn.parse(xml)).filter(i -> i.status() == Imdn.Status.DELIVERED || i.status() == Imdn.Status.DISPLAYED);
    } catch (Malformed e) {
      return Optional.empty(); // it travels on as it is
    }
  }

  /// The request, with the id in its CPIM wrapper where the client gave none: it has to come out at the other end, whoever stores it.
  private static SipRequest identified(SipRequest request, Reading reading) {
    Optional<CpimMessage> nameless = reading.wrapper().filter(w -> w.messageId().isEmpty() && !w.isSigned() && !reading.passing());
    return nameless.map(w -> request.edit().without(Header.CONTENT_ENCODING)
        .body(MediaType.CPIM, w.withMessageId(reading.envelope().messageId()).write()).request()).orElse(request);
  }

  /// Serves the recipient: hands the message to his devices, or to the deferred function.
  public Pending<SipResponse> terminate(SipRequest request, AddressOfRecord from, AddressOfRecord served, Deadline by) {
    return switch (delivering.reader().read(request, from, served, world.clock().now())) {
      case EnvelopeReader.Undecodable u -> Pending.of(responses.undecodable(request));
      case EnvelopeReader.UnreadableNotification n -> Pending.of(consumed(request, from, n.why()));
      case EnvelopeReader.Read read -> terminate(request, read.reading(), by);
    };
  }

  private Pending<SipResponse> terminate(SipRequest request, Reading reading, Deadline by) {
    Envelope envelope = reading.envelope();
    Facts facts = circumstances.of(Leg.TERMINATING, Facts.Mode.PAGER, envelope.to(), envelope);
    Verdict verdict = policy().judge(envelope, facts);
    if (verdict instanceof Verdict.Refuse refusal) {
      return Pending.of(refused(request, envelope, refusal));
    }
    if (reading.isNotification() && reports.any()) { // also one of another domain
      delivery(reading).ifPresent(said -> reports.reported(envelope.from(), said.messageId(), device(request, envelope.from())));
    }
    Optional<Lanes.Turn> turn = lanes.enter(envelope.to(), envelope.from(), by);
    if (turn.isEmpty()) {
      return Pending.of(responses.later(request, Status.SERVICE_UNAVAILABLE, "Too many messages to one user in flight", 5));
    }
    return Pending.lastly(() -> inTurn(request, reading, facts, verdict, by), turn.get()::leave);
  }

  private Pending<SipResponse> inTurn(SipRequest request, Reading reading, Facts facts, Verdict verdict, Deadline by) {
    Brief brief = Brief.of(reading);
    DeferredMessagingFunction.Hold hold = deferred.hold(brief.to());
    return Pending.lastly(() -> {
      OptionalInt before = recent.status(brief);
      if (before.isPresent()) {
        trace.note(brief.messageId(), Trace.What.DUPLICATE, brief.to().value(), "from " + brief.from());
        return Pending.of(responses.of(request, before.getAsInt()));
      }
      boolean kept = brief.kind() == Envelope.Kind.MESSAGE && (facts.settings().storePagerMessages() || LARGE.isBound());
      return new Termination(request, reading, brief, hold, verdict).run(kept || verdict instanceof Verdict.Defer, by);
    }, hold::close);
  }

  private SipResponse refused(SipRequest request, Envelope envelope, Verdict.Refuse refusal) {
    trace.note(envelope.messageId(), Trace.What.REFUSED, envelope.from().value(), refusal.status() + " " + refusal.reason());
    SipResponse response = responses.of(request, refusal);
    boolean type = refusal.status() == Status.UNSUPPORTED_MEDIA_TYPE;
    return type ? response.with(Header.ACCEPT, accept) : response;
  }

  /// A notification that nobody can use: clients send a refused one again for ever.
  private SipResponse consumed(SipRequest request, AddressOfRecord from, String why) {
    trace.note(request.callId(), Trace.What.REFUSED, from.value(), "notification consumed: " + why);
    return responses.of(request, Status.OK);
  }

  /// One message at its recipient's server.
  private final class Termination {
    private final SipRequest request;
    private final Brief message;
    private @Nullable Reading reading; // until a device is waited for
    private final DeferredMessagingFunction.Hold hold;
    private final List<Device> known;
    private final Addressees meant;
    private final boolean storable;
    private List<Fork.Open> late = List.of();

    Termination(SipRequest request, Reading reading, Brief message, DeferredMessagingFunction.Hold hold, Verdict verdict) {
      this.storable = !(verdict instanceof Verdict.AtOnce);
      this.request = request;
      this.message = message;
      this.reading = reading;
      this.hold = hold;
      this.known = core.devices(message.to());
      this.meant = Addressees.of(request, known);
    }

    Pending<SipResponse> run(boolean defer, Deadline by) {
      List<Device> present = those(meant.devices(), Device::registered);
      // a device that something waits for gets it behind that, and holds up no other
      List<Device> ready = message.passing() ? present
          : those(present, d -> hold.isClean(d, message.kind()) && !isForSession(d));
      if (ready.size() < present.size() && !isKeepable()) { // then it waits for nothing either
        ready = present;
      }
      if (message.passing() && present.isEmpty()) { // is-composing is never stored
        return Pending.of(responses.of(request, Status.TEMPORARILY_UNAVAILABLE));
      }
      if (defer && !message.passing() || ready.isEmpty()) {
        return Pending.of(act(TerminatingDecision.of(TerminatingDecision.Tried.nobody(meant.devices(), meant.excluded()), awaited)));
      }
      List<Device> asked = ready;
      Pending<Fork.Forked> forked = fork(whole(), asked, by);
      reading = null;
      request.slim();
      return forked.then(f -> decide(asked, f));
    }

    private static List<Device> those(List<Device> devices, Predicate<Device> which) {
      for (Device d : devices) {
        if (!which.test(d)) {
          return devices.stream().filter(which).toList();
        }
      }
      return devices; // as a rule all of them
    }

    private SipResponse decide(List<Device> ready, Fork.Forked forked) {
      TerminatingDecision.Tried tried = tried(ready, forked.answers());
      hold.failedAt(failing(tried));
      late = forked.open();
      if (message.passing()) {
        hold.follow(late);
      }
      return act(TerminatingDecision.of(tried, awaited));
    }

    private boolean isKeepable() {
      return storable && deferred.keeps(Responsibility.Mode.PAGER, message.kind(), message.from(), message.to());
    }

    /// An RCS-e terminal that is known to take messages in sessions only: it gets the message as what is stored.
    private boolean isForSession(Device device) {
      return message.kind() == Envelope.Kind.MESSAGE && deferred.takesOnlyInSession(device);
    }

    /// One that turns out to be such a terminal counts as not tried yet.
    private TerminatingDecision.Tried tried(List<Device> ready, Map<DeviceId, SipResponse> answers) {
      List<Device> asked = new ArrayList<>();
      for (Device d : ready) {
        SipResponse answer = answers.get(d.id());
        boolean wrong = answer != null && Answer.of(answer) == Answer.WRONG_CLIENT && !message.passing() && message.kind() == Envelope.Kind.MESSAGE;
        if (!wrong || !deferred.takesInSession(d, message.kind())) {
          asked.add(d);
        }
      }
      return new TerminatingDecision.Tried(meant.devices(), asked, answers, meant.excluded());
    }

    private Pending<Fork.Forked> fork(Reading reading, List<Device> ready, Deadline by) {
      Deadline push = Deadline.in(patience, world.clock());
      Deadline sooner = push.atNanos() - by.atNanos() < 0 ? push : by;
      return delivering.fork().deliver(delivering.writer().outgoing(reading), message.to(), ready, sooner);
    }

    private static List<DeviceId> failing(TerminatingDecision.Tried tried) {
      List<DeviceId> failing = new ArrayList<>();
      for (Device d : tried.tried()) {
        SipResponse answer = tried.answers().get(d.id());
        if (answer != null && Answer.of(answer) == Answer.FAILING) {
          failing.add(d.id());
        }
      }
      return failing;
    }

    /// The whole message, read again where a device has been waited for.
    private Reading whole() {
      Reading kept = reading;
      return kept != null ? kept : delivering.reader().again(request, message);
    }

    private SipResponse act(TerminatingDecision decision) {
      switch (decision) {
        case TerminatingDecision.Delivered delivered -> {
          if (!message.passing()) {
            recent.add(message, Status.OK);
          }
          if (delivered.rest().isPresent() && !message.passing() && storable) {
            storeRest(delivered.rest().get());
          }
          trace.note(message.messageId(), Trace.What.RELAYED, message.to().value(), Integer.toString(delivered.answer().status()));
          return responses.relay(request, delivered.answer());
        }
        case TerminatingDecision.Refused refused -> {
          return refuse(refused.answer());
        }
        case TerminatingDecision.Defer defer -> {
          return message.passing() ? responses.of(request, Status.TEMPORARILY_UNAVAILABLE) : defer(defer.state());
        }
      }
    }

    private SipResponse refuse(SipResponse answer) {
      trace.note(message.messageId(), Trace.What.REFUSED, message.to().value(), answer.status() + " by the device");
      return message.isNotification() ? responses.of(request, Status.OK) : responses.relay(request, answer);
    }

    /// For the devices that do not have it yet. The user has it: whatever becomes of this, the sender's answer is 2xx.
    private void storeRest(DeliveryState rest) {
      try {
        if (!(hold.storeRest(whole(), rest, known, late) instanceof DeferredMessagingFunction.Kept)) {
          trace.note(message.messageId(), Trace.What.REFUSED, message.to().value(), "not kept for his other devices");
        }
      } catch (tucket.store.Unavailable e) {
        trace.note(message.messageId(), Trace.What.REFUSED, message.to().value(), "not kept for his other devices: " + e.getMessage());
      }
    }

    private SipResponse defer(DeliveryState state) {
      if (!isKeepable()) {
        trace.note(message.messageId(), Trace.What.REFUSED, message.to().value(), "not kept for him here");
        return responses.of(request, Status.TEMPORARILY_UNAVAILABLE);
      }
      return switch (hold.store(whole(), state, known)) {
        case DeferredMessagingFunction.Kept k -> {
          recent.add(message, Status.ACCEPTED);
          yield responses.of(request, Status.ACCEPTED); // RFC 3428 section 7
        }
        case DeferredMessagingFunction.TooLate t ->
            responses.of(request, Status.TEMPORARILY_UNAVAILABLE, "Not reachable before the message expires");
        case DeferredMessagingFunction.NoRoom full -> responses.warned(
            responses.later(request, Status.TEMPORARILY_UNAVAILABLE, "Mailbox full: " + full.reason(), 3600),
                "Mailbox full: " + full.reason());
      };
    }
  }

  /// What is sent to the address of system messages goes nowhere: a notification is consumed, a message refused, so that no answer to a
  /// system message can ever cause another one.
  SipResponse toSystem(SipRequest request, AddressOfRecord from, AddressOfRecord system) {
    EnvelopeReader.Result result = delivering.reader().read(request, from, system, world.clock().now());
    boolean message = result instanceof EnvelopeReader.Read read && !read.reading().isNotification() && !read.reading().passing();
    return message ? responses.notAllowed(request) : responses.of(request, Status.OK);
  }

  /// Whose messages are in flight, for metrics.
  public int lanesInUse() {
    return lanes.count();
  }
}
