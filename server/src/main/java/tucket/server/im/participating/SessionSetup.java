// One invitation on its way to a session.
package tucket.server.im.participating;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sdp.Direction;
import tucket.protocol.sdp.MessageMedia;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sdp.SessionDescription;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.Trace;
import tucket.server.im.deferred.DeferredMessagingFunction;
import tucket.server.im.deferred.DeferredSession;
import tucket.server.im.deferred.Responsibility;
import tucket.server.im.message.Answer;
import tucket.server.im.message.EnvelopeReader;
import tucket.server.im.message.EnvelopeWriter;
import tucket.server.im.message.Fork;
import tucket.server.im.message.MediaSecurity;
import tucket.server.im.message.Reading;
import tucket.server.im.message.Reports;
import tucket.server.im.message.Serial;
import tucket.server.im.message.SessionBody;
import tucket.server.im.message.SessionEnd;
import tucket.server.im.policy.Facts;
import tucket.server.im.policy.Verdict;
import tucket.server.reference.Call;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im7ClientServer;
import tucket.server.reference.Invitation;
import tucket.server.reference.Leg;
import tucket.server.reference.Reached;
import tucket.transport.Deadline;

/// Takes it to the devices of the recipient or to another domain and joins the legs; or accepts in the recipient's place, where he is absent or
/// can't be reached. Whether he has the first message is told by its notification and not by the status of the INVITE. For one thread.
final class SessionSetup {
  private static final List<String> TYPES = List.of("message/cpim", "application/im-iscomposing+xml", "text/plain");

  private final SessionMode.Parts parts;
  private final Invitation invitation;
  private final SipRequest request;
  private final AddressOfRecord from;
  private final AddressOfRecord to;
  private final Optional<MessageOffer> offer;
  private final Optional<SessionDescription> sdp;
  private final Optional<Reading> first;
  private Verdict verdict = Verdict.ALLOW;
  private long judged;
  private Optional<Crossings.Pending> crossing = Optional.empty();
  private boolean wasReported;
  private boolean secure; // the second leg's media

  SessionSetup(SessionMode.Parts parts, Invitation invitation, AddressOfRecord from, AddressOfRecord to) {
    this.parts = parts;
    this.invitation = invitation;
    this.request = invitation.request();
    this.from = from;
    this.to = to;
    SessionBody body = SessionBody.of(request, parts.session().messageBytes());
    sdp = body.sdp();
    offer = sdp.flatMap(MessageOffer::in);
    first = body.first().flatMap(e -> read(e, "first"));
  }

  private Optional<Reading> read(Entity message, String unique) {
    return parts.messages().read(request, from, to, message.type(), message.body(), unique, parts.world().clock().now());
  }

  /// Whether policies let it pass; refuses it otherwise.
  boolean isAdmitted(Leg leg, AddressOfRecord served) {
    if (offer.isEmpty()) {
      invitation.refuse(parts.responses().of(request, Status.NOT_ACCEPTABLE_HERE, "No MSRP stream is offered"));
      return false;
    }
    if (parts.operator().mediaPath() && !parts.media().serves(offered().tls())) {
      String only = offered().tls() ? "MSRP goes over TCP here, not over TLS" : "MSRP goes over TLS here";
      invitation.refuse(parts.responses().warned(parts.responses().of(request, Status.NOT_ACCEPTABLE_HERE, only), only));
      return false;
    }
    if (LargeMessageMode.judge(request, offered(), parts.session().messageBytes()) instanceof Verdict.Refuse tooLarge) {
      invitation.refuse(parts.responses().of(request, tooLarge));
      return false;
    }
    judged = parts.circumstances().changes();
    Optional<Reading> message = first.or(() -> read(Entity.of(MediaType.TEXT_PLAIN, new byte[0]), "invitation"));
    verdict = message.map(r -> parts.policy().judge(r.envelope(), parts.circumstances().of(leg, Facts.Mode.SESSION, served, r.envelope())))
        .orElse(Verdict.ALLOW);
    if (verdict instanceof Verdict.Refuse refusal) {
      invitation.refuse(parts.responses().of(request, refusal));
      return false;
    }
    return true;
  }

  private MessageMedia offered() {
    return offer.orElseThrow().media();
  }

  // ---- the recipient is ours

  void terminate() {
    List<Device> known = parts.core().devices(to);
    Addressees meant = Addressees.of(request, known);
    List<Device> present = able(meant.devices());
    try (DeferredMessagingFunction.Hold hold = parts.deferred().hold(to)) {
      boolean clean = present.stream().allMatch(hold::isClean); // else it would overtake what waits
      if (present.isEmpty() || !clean && isKeptHere() || verdict instanceof Verdict.Defer) {
        absent(meant);
        return;
      }
      secure = MediaSecurity.of(present);
      Set<DeviceId> ids = new HashSet<>();
      present.forEach(d -> ids.add(d.id()));
      Reached reached = join(invite -> parts.core().invite(to, invite, new Devices.Only(ids), ringing(), by()));
      if (reached instanceof Reached.Refused refused && !invitation.isOver()) {
        hold.failedAt(failing(refused)); // they are not tried again at once
        notAnswered(refused, meant);
      }
    }
  }

  private static List<DeviceId> failing(Reached.Refused refused) {
    return refused.answers().entrySet().stream().filter(e -> Answer.of(e.getValue()) == Answer.FAILING).map(Map.Entry::getKey).toList();
  }

  /// The devices that are there and speak IM; where none says so, all that are there.
  private List<Device> able(List<Device> devices) {
    return LargeMessageMode.able(request, devices.stream().filter(Device::registered).toList());
  }

  private Deadline by() {
    return Deadline.in(parts.session().ringing(), parts.world().clock());
  }

  private Reached.Ringing ringing() {
    return new Reached.Ringing() {
      @Override
      public void provisional(SipResponse response) {
        invitation.ring(response.withoutBody());
      }

      @Override
      public void whenGivenUp(Runnable cancel) {
        invitation.onCancelled(cancel);
        crossing.ifPresent(c -> c.onTakenBack(cancel));
      }
    };
  }

  /// Nobody took it. A 6xx is the user's own word; a device that has reported the message has it whatever it answered.
  private void notAnswered(Reached.Refused refused, Addressees meant) {
    SipResponse best = refused.best().orElseGet(() -> SipResponse.to(request, Status.TEMPORARILY_UNAVAILABLE));
    boolean later = refused.answers().values().stream().map(Answer::of).anyMatch(a -> a == Answer.FAILING || a == Answer.WRONG_CLIENT);
    boolean busy = first.isEmpty() && best.status() == Status.BUSY_HERE;
    if (best.status() >= 600 || busy || !refused.answers().isEmpty() && !later || wasReported) {
      parts.trace().note(id(), Trace.What.REFUSED, to.value(), best.status() + " in session");
      invitation.refuse(parts.responses().relay(request, best));
    } else {
      absent(meant);
    }
  }

  /// The recipient can't be reached now: in his place where that is ours, else it is for the other server to decide.
  private void absent(Addressees meant) {
    if (isKeptHere()) {
      acceptFor(meant);
    } else {
      invitation.refuse(parts.responses().of(request, Status.TEMPORARILY_UNAVAILABLE));
    }
  }

  /// OMA AD SIMPLE IM section 5.3.2.1.3.
  private boolean isKeptHere() {
    Responsibility.Mode mode = LargeMessageMode.isMeant(request) ? Responsibility.Mode.LARGE_MESSAGE : Responsibility.Mode.SESSION;
    return parts.deferred().keeps(mode, Envelope.Kind.MESSAGE, from, to);
  }

  private String id() {
    return first.map(r -> r.envelope().messageId()).orElse(request.callId());
  }

  // ---- the recipient is elsewhere

  void elsewhere() {
    boolean keptHere = isKeptHere() && !parts.core().mayUseIm(to); // else his own leg sees to it
    List<Device> there = parts.core().devices(to);
    Addressees meant = new Addressees(there, Set.of());
    try (DeferredMessagingFunction.Hold hold = parts.deferred().hold(to)) {
      if (keptHere && !there.stream().allMatch(hold::isClean)) { // it would overtake what waits
        acceptFor(meant);
        return;
      }
      secure = offered().tls(); // what the caller's own signalling came to
      Reached reached = join(invite -> parts.core().invite(invite, ringing(), by()));
      if (reached instanceof Reached.Refused refused && !invitation.isOver()) {
        SipResponse best = refused.best().orElseGet(() -> SipResponse.to(request, Status.TEMPORARILY_UNAVAILABLE));
        boolean busy = first.isEmpty() && best.status() == Status.BUSY_HERE;
        boolean absent = Answer.of(best) == Answer.FAILING && !busy && !wasReported;
        if (absent && keptHere) {
          hold.failedAt(there.stream().map(Device::id).toList());
          acceptFor(meant);
        } else {
          invitation.refuse(parts.responses().relay(request, best));
        }
      }
    }
  }

  // ---- both

  /// How the INVITE of the second leg is sent.
  private interface Way {
    Reached send(SipRequest invite);
  }

  private Reached join(Way way) {
    Optional<Crossings.Pending> entered = enter();
    if (entered.isEmpty()) {
      return new Reached.Refused(Map.of()); // answered together with the one that came the other way
    }
    Crossings.Pending mine = entered.get();
    crossing = entered;
    boolean met = false;
    try (Reports.Watch watch = parts.reports().watch(to, id())) {
      Reached reached = parts.operator().mediaPath() ? relayed(way) : past(way);
      Optional<SessionSetup> second = mine.end();
      if (reached instanceof Reached.Refused) {
        wasReported = watch.seen();
        met = second.isPresent() && !invitation.isOver() && meet(second.get());
        boolean wanted = first.filter(r -> r.envelope().wanted().contains(Disposition.POSITIVE_DELIVERY)).isPresent();
        wasReported |= !met && wanted && !invitation.isOver() && isAnswered(reached) && isReportedYet(watch);
      }
      return reached;
    } finally {
      mine.end();
      mine.tell(met);
    }
  }

  private boolean isReportedYet(Reports.Watch watch) {
    return watch.await(Deadline.in(parts.session().grace(), parts.world().clock()), parts.world().clock());
  }

  // ---- crossing INVITEs

  /// Enters it among those that are on their way; empty where it was answered together with one that came the other way, or given up.
  private Optional<Crossings.Pending> enter() {
    boolean conversation = !LargeMessageMode.isMeant(request) && EnvelopeReader.sender(request).filter(from::equals).isPresent();
    if (!conversation) { // what is stored, and single messages, cross nothing
      return Optional.of(parts.crossings().apart(from, to));
    }
    boolean calleeIsOurs = parts.core().mayUseIm(to);
    while (!invitation.isOver()) {
      Crossings.Entry entry = parts.crossings().enter(from, to, calleeIsOurs);
      if (entry.own().isPresent()) {
        return entry.own();
      }
      Crossings.Pending opposite = entry.opposite().orElseThrow();
      boolean asked = !opposite.survives(from) && opposite.meet(this);
      if (opposite.await(by(), parts.world().clock()) && asked) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /// This one was taken back because its callee calls its caller: both are answered now.
  private boolean meet(SessionSetup second) {
    boolean here = parts.core().mayUseIm(to) && isKeptHere();
    return here ? new SessionMeeting(parts, this, second).join(wasReported, false)
        : parts.core().mayUseIm(second.to) && second.isKeptHere() && new SessionMeeting(parts, second, this).join(false, wasReported);
  }

  SipRequest request() {
    return request;
  }

  long judged() {
    return judged;
  }

  AddressOfRecord caller() {
    return from;
  }

  boolean isOver() {
    return invitation.isOver();
  }

  Optional<Reading> firstMessage() {
    return first.filter(r -> !r.passing());
  }

  Im7ClientServer.Media openMedia() {
    return parts.media().open(offered().tls());
  }

  /// Answers with our own SDP.
  Optional<Call> acceptHere(Im7ClientServer.Media media, Im7ClientServer.Listener listener) {
    return invitation.accept(ok(media.answer(offer.orElseThrow(), terms(TYPES, List.of("*"), Direction.SENDRECV), listener)));
  }

  /// Stores the first message while it is given to the device in `late` otherwise; whether it is stored.
  boolean storeFirst(Reading message, List<Fork.Open> late) {
    try (DeferredMessagingFunction.Hold hold = parts.deferred().hold(to)) {
      List<Device> known = parts.core().devices(to);
      TerminatingDecision nobody = TerminatingDecision.of(TerminatingDecision.Tried.nobody(known, Set.of()), parts.operator().devices());
      return nobody instanceof TerminatingDecision.Defer defer
          && hold.storeRest(message, defer.state(), known, late) instanceof DeferredMessagingFunction.Kept;
    }
  }

  /// The media goes past us.
  private Reached past(Way way) {
    Reached reached = way.send(onward(sdp.orElseThrow().write()));
    if (reached instanceof Reached.Accepted accepted) {
      Call callee = accepted.call();
      Optional<SessionDescription> answer = SessionBody.of(accepted.answer(), parts.session().messageBytes()).sdp();
      if (answer.isEmpty()) {
        callee.end("");
        invitation.refuse(parts.responses().of(request, Status.NOT_ACCEPTABLE_HERE, "The callee takes no MSRP stream"));
        return reached;
      }
      Optional<Call> caller = accept(accepted, answer.get().write());
      caller.ifPresentOrElse(c -> SessionSignalling.join(c, callee), () -> callee.end("")); // cancelled while the 200 was on its way
    }
    return reached;
  }

  private Optional<Call> accept(Reached.Accepted accepted, byte[] answer) {
    Optional<Call> caller = invitation.accept(accepted.answer().edit().without(Header.CONTENT_ENCODING).body(MediaType.SDP, answer).response());
    if (caller.isPresent()) {
      first.ifPresent(r -> parts.trace().note(id(), Trace.What.RELAYED, to.value(), "200 in session"));
    }
    return caller;
  }

  private Reached relayed(Way way) {
    Reached reached = relayed(way, secure);
    boolean again = reached instanceof Reached.Refused refused && !invitation.isOver()
        && MediaSecurity.isToFallBack(secure, parts.media(), refused.best());
    return again ? relayed(way, false) : reached;
  }

  private Reached relayed(Way way, boolean overTls) {
    Im7ClientServer.Media withCaller = parts.media().open(offered().tls());
    Im7ClientServer.Media withCallee = parts.media().open(overTls);
    boolean joined = false;
    SessionRelay relay = new SessionRelay(parts, request, judged,
        new SessionRelay.Party(from, withCaller, r -> SessionMode.sendOutside(parts, r)),
        new SessionRelay.Party(to, withCallee, this::keepOrSend));
    try {
      SipRequest invite = onward(withCallee.offer(terms(offered().acceptTypes(), offered().acceptWrappedTypes(), offered().direction())));
      Reached reached = way.send(invite);
      if (reached instanceof Reached.Accepted accepted) {
        joined = join(relay, withCaller, withCallee, accepted);
      }
      return reached;
    } finally {
      if (!joined) {
        relay.drop();
      }
    }
  }

  private static boolean isAnswered(Reached reached) {
    return reached instanceof Reached.Refused refused && refused.answers().values().stream().anyMatch(r -> r.status() != Status.SERVICE_UNAVAILABLE);
  }

  private boolean join(SessionRelay relay, Im7ClientServer.Media withCaller, Im7ClientServer.Media withCallee, Reached.Accepted accepted) {
    Call callee = accepted.call();
    Optional<byte[]> sdp = SessionBody.of(accepted.answer(), parts.session().messageBytes()).sdp().map(s -> s.write());
    Optional<Im7ClientServer.Terms> terms = sdp.flatMap(s -> withCallee.answered(s, relay.calleeMedia()));
    if (terms.isEmpty()) {
      callee.end("");
      invitation.refuse(parts.responses().of(request, Status.NOT_ACCEPTABLE_HERE, "The callee takes no MSRP stream"));
      return false;
    }
    byte[] answer = withCaller.answer(offer.orElseThrow(), terms(terms.get().types(), terms.get().wrapped(), terms.get().direction()),
        relay.callerMedia());
    Optional<Call> caller = accept(accepted, answer);
    if (caller.isEmpty()) { // cancelled while the 200 was on its way
      callee.end("");
      return false;
    }
    relay.join(caller.get(), callee, accepted.answer());
    return true;
  }

  private Im7ClientServer.Terms terms(List<String> types, List<String> wrapped, Direction direction) {
    return new Im7ClientServer.Terms(types.isEmpty() ? TYPES : types, wrapped, direction, parts.session().messageBytes());
  }

  /// The INVITE of the second leg: a dialog of its own, everything that is end to end as it came, the first message in its canonical form.
  private SipRequest onward(byte[] sdp) {
    NameAddr caller = request.from();
    Edit edit = request.edit().without(Header.VIA).without(Header.ROUTE).without(Header.RECORD_ROUTE).without(Header.SUPPORTED).without(Header.REQUIRE);
    edit.with(Header.FROM, new NameAddr(caller.displayName(), caller.uri(), tucket.protocol.mime.Params.NONE).withTag(token(8)).toString());
    edit.with(Header.CALL_ID, token(16)).with(Header.CSEQ, "1 INVITE");
    if (request.values(Header.SUPPORTED).stream().anyMatch("timer"::equalsIgnoreCase)) {
      edit.with(Header.SUPPORTED, "timer"); // RFC 4028: refreshed from end to end
    }
    return SessionBody.write(edit, sdp, first.map(parts.messages()::first)).request();
  }

  private String token(int bytes) {
    return parts.world().chance().token(bytes);
  }

  // ---- in the recipient's place

  /// Stores the first message, answers with our own SDP and is the end point from then on.
  private void acceptFor(Addressees meant) {
    if (verdict instanceof Verdict.AtOnce) {
      invitation.refuse(parts.responses().of(request, Status.TEMPORARILY_UNAVAILABLE));
      return;
    }
    if (first.isPresent() && !first.get().passing() && !first.get().isNotification()) {
      DeferredMessagingFunction.Outcome outcome = keep(first.get(), meant);
      if (!(outcome instanceof DeferredMessagingFunction.Kept)) {
        String why = outcome instanceof DeferredMessagingFunction.NoRoom full ? "Mailbox full: " + full.reason() : "Expired";
        invitation.refuse(parts.responses().warned(parts.responses().of(request, Status.TEMPORARILY_UNAVAILABLE, why), why));
        return;
      }
    }
    DeferredSession session = new DeferredSession(r -> keep(r, meant), r -> !parts.circumstances().isBlocked(r.envelope()),
        r -> SessionMode.outside(parts, r));
    endHere(session, "store for " + to);
  }

  /// Answers with our own SDP; `take` takes one message after the other from then on.
  void endHere(ToIntFunction<Reading> take, String task) {
    Im7ClientServer.Media media = openMedia();
    SessionEnd session =
        new SessionEnd((type, body) -> read(Entity.of(type, body), token(8)), take, new Serial(parts.world().threads(), task), media);
    Optional<Call> call = acceptHere(media, session);
    call.ifPresentOrElse(session::begin, media::end);
  }

  private SipResponse ok(byte[] answer) {
    return SipResponse.to(request, Status.OK).edit()
        .with(Header.CONTACT, "<" + parts.services().deferred() + ">;+" + EnvelopeWriter.IM_FEATURE)
        .with(Header.ALLOW, "INVITE, ACK, BYE, CANCEL, UPDATE, MESSAGE, OPTIONS")
        .body(MediaType.SDP, answer).response();
  }

  private DeferredMessagingFunction.Outcome keep(Reading reading, Addressees meant) {
    try (DeferredMessagingFunction.Hold hold = parts.deferred().hold(to)) {
      List<Device> known = parts.core().devices(to);
      TerminatingDecision decision =
          TerminatingDecision.of(TerminatingDecision.Tried.nobody(Addressees.of(request, known).devices(), meant.excluded()), parts.operator().devices());
      if (decision instanceof TerminatingDecision.Defer defer) {
        return hold.store(reading, defer.state(), known);
      }
      throw new IllegalStateException("nobody was tried, so it is deferred");
    }
  }

  /// For a callee whose leg is lost: ours are stored for, others get it through their own functions.
  int keepOrSend(Reading reading) {
    if (reading.isNotification() || !parts.core().mayUseIm(to) || !isKeptHere()) {
      return SessionMode.sendOutside(parts, reading);
    }
    if (verdict instanceof Verdict.AtOnce) {
      return MsrpStatus.STOP_SENDING;
    }
    Addressees all = new Addressees(parts.core().devices(to), Set.of());
    return keep(reading, all) instanceof DeferredMessagingFunction.Kept ? MsrpStatus.OK : MsrpStatus.STOP_SENDING;
  }
}
