// Two joined legs of a session.
package tucket.server.im.participating;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.Trace;
import tucket.server.im.deferred.Asking;
import tucket.server.im.deferred.DeferredMessagingFunction;
import tucket.server.im.message.Reading;
import tucket.server.im.message.Serial;
import tucket.server.im.message.SessionMessages;
import tucket.server.reference.Call;
import tucket.server.reference.Device;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im7ClientServer;
import tucket.transport.Deadline;
import tucket.transport.World;

/// The participating function in the media path (OMA AD SIMPLE IM section 5.3.2.3.2, note 1). A message gets its 200 when the other leg's peer
/// has taken it. Where a leg is lost the server becomes the end point in its place: what can't be delivered is kept, then answered 200. So is what would
/// overtake a message of the same author that waits for the terminal, from before the session or beside it. A BYE on one leg ends the other. Thread-safe.
final class SessionRelay {
  private static final Logger LOG = LoggerFactory.getLogger(SessionRelay.class);

  private static final IntConsumer NO_REPORT = status -> {};
  private static final Duration BYE_MAY_FOLLOW = Duration.ofSeconds(2);

  private final World world;
  private final SessionMessages messages;
  private final Trace trace;
  private final Circumstances circumstances;
  private final DeferredMessagingFunction deferred;
  private final Im2ServerCore core;
  private final long judged;
  private final SipRequest invite;
  private final String began;
  private final Side caller;
  private final Side callee;
  private long count;

  /// `keep` makes a message safe that this party can't be given now, and gives the MSRP status for its sender.
  record Party(AddressOfRecord user, Im7ClientServer.Media media, ToIntFunction<Reading> keep) {}

  /// `invite` is what the session began with, `judged` the change of rules ([Circumstances#changes]) up to which it was let through.
  SessionRelay(SessionMode.Parts parts, SipRequest invite, long judged, Party caller, Party callee) {
    this.world = parts.world();
    this.messages = parts.messages();
    this.trace = parts.trace();
    this.circumstances = parts.circumstances();
    this.deferred = parts.deferred();
    this.core = parts.core();
    this.judged = judged;
    this.invite = invite;
    this.began = world.chance().token(4);
    this.caller = new Side(caller);
    this.callee = new Side(callee);
    this.caller.terminal = Optional.of(invite);
    this.caller.other = this.callee;
    this.callee.other = this.caller;
  }

  Im7ClientServer.Listener callerMedia() {
    return caller;
  }

  Im7ClientServer.Listener calleeMedia() {
    return callee;
  }

  /// Both dialogs stand. `ofCallee` came from the callee's terminal, which its Contact names.
  void join(Call withCaller, Call withCallee, SipMessage ofCallee) {
    callee.terminal = Optional.of(ofCallee);
    caller.call = withCaller;
    callee.call = withCallee;
    withCaller.listen(caller);
    withCallee.listen(callee);
  }

  /// Gives the caller a message of the callee that did not come over MSRP; `settle` gets its MSRP status.
  void toCaller(Reading reading, IntConsumer settle) {
    caller.admit(reading, messages.content(reading, false), settle, NO_REPORT);
  }

  /// Shows the callee a message of the caller that is stored: where the callee does not take it, it is not stored again. May be called before the session is
  /// joined; it then comes first. `settle` gets the callee's MSRP status.
  void showCallee(Reading reading, IntConsumer settle) {
    callee.party.media().send(messages.content(reading, false), settle);
  }

  /// Nothing came of it.
  void drop() {
    caller.party.media().end();
    callee.party.media().end();
  }

  private synchronized String unique() {
    return began + "." + ++count;
  }

  /// One of the two. Hears what its peer sends.
  private final class Side implements Im7ClientServer.Listener, Call.Peer {
    final Party party;
    final Serial serial; // keeps what this side's peer is to get and can't
    volatile @Nullable Side other;
    volatile @Nullable Call call;
    volatile Optional<SipMessage> terminal = Optional.empty();
    volatile boolean lost;
    /// Up to which change of rules this party is known to let the other one through.
    volatile long open = judged;
    private volatile SessionMessages.@Nullable Direction direction;

    Side(Party party) {
      this.party = party;
      this.serial = new Serial(world.threads(), "keep for " + party.user());
    }

    // A benign race: two make the same.
    private SessionMessages.Direction direction() {
      SessionMessages.Direction known = direction;
      if (known == null) {
        known = messages.direction(invite, party.user(), other().party.user());
        direction = known;
      }
      return known;
    }

    private Side other() {
      return java.util.Objects.requireNonNull(other);
    }

    @Override
    public void message(Im7ClientServer.Content content, IntConsumer settle) {
      message(content, settle, NO_REPORT);
    }

    /// RFC 4975 section 7.1.2: the report is the receiver's, from end to end; ours where we keep the message in his place.
    @Override
    public void message(Im7ClientServer.Content content, IntConsumer settle, IntConsumer report) {
      Side to = other();
      try {
        Optional<Reading> reading = direction().read(MediaType.parse(content.type()), content.body(), unique(), world.clock().now());
        if (reading.isEmpty()) {
          to.party.media().send(content, settle, report); // what we can't read, its receiver may
          return;
        }
        to.admit(reading.get(), messages.content(reading.get(), content.successReport()), settle, report);
      } catch (Malformed fault) {
        settle.accept(MsrpStatus.BAD_REQUEST);
      }
    }

    /// Hands a message to this side's peer, unless his rules are others than when he was asked last and keep it away, or it would overtake what waits for
    /// him. Where that takes a look at rules or queue it does not happen here, but behind what is being looked at or kept already.
    private void admit(Reading reading, Im7ClientServer.Content content, IntConsumer settle, IntConsumer report) {
      boolean ordered = reading.envelope().kind() == Envelope.Kind.MESSAGE && !reading.passing();
      if (open == circumstances.changes() && (!ordered || serial.isIdle() && deferred.isFree(party.user()))) {
        give(reading, content, settle, report);
        return;
      }
      serial.add(() -> {
        long now = circumstances.changes();
        if (now != open && isBlocked(reading)) {
          trace.note(reading.envelope().messageId(), Trace.What.REFUSED, party.user().value(), "by his rules, in session");
          settle.accept(reading.passing() ? MsrpStatus.OK : MsrpStatus.FORBIDDEN);
          return;
        }
        if (ordered && (lost || wouldOvertake(reading))) {
          keepNow(reading, settle, report);
        } else {
          give(reading, content, settle, report);
        }
        if (reading.envelope().kind() == Envelope.Kind.MESSAGE) { // what answers a message is let through whatever the rules say
          open = now;
        }
      });
    }

    /// Whether a message of the same author waits for the terminal, which a session must not overtake.
    private boolean wouldOvertake(Reading reading) {
      try (DeferredMessagingFunction.Hold hold = deferred.hold(party.user())) {
        List<Device> known = core.devices(party.user());
        List<Device> registered = known.stream().filter(Device::registered).toList();
        List<Device> likely = registered.isEmpty() ? known : registered;
        List<Device> meant = terminal.flatMap(t -> Asking.certain(t, known)).map(List::of).orElse(likely);
        if (meant.isEmpty()) { // it calls before it has registered: what waits for nobody yet comes to it then
          return !hold.isClean(reading.envelope().from());
        }
        return meant.stream().anyMatch(d -> !hold.isClean(d, reading.envelope().from(), known));
      } catch (tucket.store.Unavailable e) {
        LOG.warn("whether something waits for {} is not known: {}", party.user(), e.getMessage());
        return true;
      }
    }

    private boolean isBlocked(Reading reading) {
      try {
        return circumstances.isBlocked(reading.envelope());
      } catch (tucket.store.Unavailable | tucket.transport.Unavailable e) {
        LOG.warn("the rules of {} can't be read: {}", party.user(), e.getMessage());
        return true; // who may be blocked is not let through
      }
    }

    /// Hands a message to this side's peer.
    void give(Reading reading, Im7ClientServer.Content content, IntConsumer settle, IntConsumer report) {
      if (lost) {
        keep(reading, settle, report);
        return;
      }
      party.media().send(content, status -> {
        if (status == MsrpStatus.TIMEOUT || status == MsrpStatus.NO_SESSION || status == MsrpStatus.BOUND_ELSEWHERE) {
          keep(reading, settle, report); // first, so that what comes meanwhile waits behind it
          givenUp();
          return;
        }
        if (!reading.passing()) {
          trace.note(reading.envelope().messageId(), status == MsrpStatus.OK ? Trace.What.RELAYED : Trace.What.REFUSED, party.user().value(),
              "in session: " + status);
        }
        settle.accept(status);
      }, report);
    }

    /// A peer that has left one message unanswered gets no other one in this session: it would come before what is kept.
    private void givenUp() {
      if (!lost) {
        lost("unanswered");
      }
    }

    private void keep(Reading reading, IntConsumer settle, IntConsumer report) {
      if (reading.passing()) {
        settle.accept(MsrpStatus.OK); // is-composing is never stored
        return;
      }
      serial.add(() -> keepNow(reading, settle, report));
    }

    private void keepNow(Reading reading, IntConsumer settle, IntConsumer report) {
      int status = kept(reading);
      settle.accept(status);
      if (status == MsrpStatus.OK) {
        report.accept(status);
      }
    }

    private int kept(Reading reading) {
      try {
        return party.keep().applyAsInt(reading);
      } catch (tucket.store.Unavailable | tucket.transport.Unavailable e) {
        LOG.warn("a message in session can't be kept for {}: {}", party.user(), e.getMessage());
        return MsrpStatus.TIMEOUT;
      }
    }

    @Override
    public void lost(String why) {
      lost = true;
      LOG.info("event=session_media_lost user={} why={}", party.user(), why);
      // some close the connection first and send BYE then
      world.clock().after(BYE_MAY_FOLLOW, () -> world.threads().start("session leg lost", this::finish));
    }

    private void finish() {
      end("");
      if (other().lost) {
        other().end("");
      }
    }

    void end(String reason) {
      Call mine = call;
      if (mine != null) {
        mine.end(reason);
      }
    }

    @Override
    public SipResponse requested(SipRequest request, Deadline by) {
      boolean sdp = request.contentType().filter(t -> t.is(MediaType.SDP)).isPresent();
      if (request.is("INVITE") && !sdp) {
        return SipResponse.to(request, Status.NOT_ACCEPTABLE_HERE, "An offer is wanted");
      }
      Call theirs = other().call;
      SipResponse answer;
      if (theirs == null || theirs.isOver()) {
        answer = SipResponse.to(request, Status.OK);
      } else {
        answer = theirs.send(sdp ? request.withBody(MediaType.SDP, other().party.media().description()) : request, by);
      }
      return sdp && answer.isSuccess() ? answer.withBody(MediaType.SDP, party.media().description()) : answer;
    }

    @Override
    public void ended(String why) {
      lost = true;
      party.media().end(); // what is under way to this peer is kept for him
      serial.add(() -> { // behind that
        Side to = other();
        to.end(why);
        to.party.media().end();
      });
    }
  }
}
