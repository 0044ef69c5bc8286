// One dialog of a session while it lasts.
package tucket.server.core;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.Dialog;
import tucket.server.reference.Call;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Flow;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.Target;

/// Repeats each 2xx to an INVITE until its ACK comes (RFC 3261 section 13.3.1.4), whatever the transport, and ends the dialog where none
/// does.
final class CallLeg implements Call {
  private static final String REASON = "[A-Za-z0-9.]+ *;.*"; // RFC 3326 section 2; else it is a word for the log
  private static final String EXPIRED = "SIP;cause=408;text=\"Session expired\"";
  private static final Duration LONGEST = Duration.ofDays(1); // some clients write milliseconds

  private final Calls calls;
  private final Dialog.DialogId id;
  private final Optional<Flow> flow;
  private final SipMessage peerMessage;
  private final Map<Long, Repetition> unacknowledged = new ConcurrentHashMap<>();
  private Dialog dialog;
  private @Nullable Peer peer;
  private boolean over;
  private String why = "";
  private boolean told;
  private Clock.@Nullable Alarm expiry;

  /// A 2xx that is repeated.
  private static final class Repetition {
    Clock.@Nullable Alarm alarm;
    boolean done;
  }

  /// `peerMessage` is what the peer began the dialog with.
  CallLeg(Calls calls, Dialog dialog, Optional<Flow> flow, SipMessage peerMessage) {
    this.calls = calls;
    this.dialog = dialog;
    this.id = dialog.id();
    this.flow = flow;
    this.peerMessage = peerMessage;
  }

  Dialog.DialogId id() {
    return id;
  }

  // ---- what we answer

  /// Sends a 2xx to an INVITE and sees to its ACK.
  void answer(ServerTransaction tx, SipResponse success) {
    refreshed(success);
    long cseq = success.cseq().number();
    Repetition repetition = new Repetition();
    unacknowledged.put(cseq, repetition);
    tx.respond(success);
    repeat(tx, success, repetition, Calls.T1, calls.world().clock().nanos() + Calls.PATIENCE.toNanos());
  }

  private void repeat(ServerTransaction tx, SipResponse success, Repetition repetition, Duration after, long until) {
    synchronized (repetition) {
      if (repetition.done) {
        return;
      }
      repetition.alarm = calls.world().clock().after(after, () -> {
        synchronized (repetition) {
          if (repetition.done) {
            return;
          }
        }
        if (until - calls.world().clock().nanos() <= 0) {
          calls.world().threads().start("no ACK", () -> lost("no ACK"));
          return;
        }
        tx.respond(success);
        Duration twice = after.multipliedBy(2);
        repeat(tx, success, repetition, twice.compareTo(Calls.T2) > 0 ? Calls.T2 : twice, until);
      });
    }
  }

  /// RFC 4028 section 10: a session that nobody refreshes in time has ended, whatever became of its ends. `success` is the 2xx to an INVITE or
  /// UPDATE, from us or from the peer.
  void refreshed(SipResponse success) {
    Optional<Duration> interval = interval(success);
    synchronized (this) {
      if (expiry != null) {
        expiry.cancel();
        expiry = null;
      }
      if (!over && interval.isPresent()) {
        expiry = calls.world().clock().after(interval.get(), () -> calls.world().threads().start("session expired", () -> lost(EXPIRED)));
      }
    }
  }

  private static Optional<Duration> interval(SipResponse success) {
    try {
      return success.first(Header.SESSION_EXPIRES).map(v -> Duration.ofSeconds(Long.parseLong(v.split(";", 2)[0].strip())))
          .map(d -> d.compareTo(LONGEST) > 0 ? LONGEST : d);
    } catch (NumberFormatException unreadable) {
      return Optional.empty();
    }
  }

  void acknowledged(SipRequest ack) {
    stop(unacknowledged.remove(ack.cseq().number()));
  }

  private static void stop(@Nullable Repetition repetition) {
    if (repetition != null) {
      synchronized (repetition) {
        repetition.done = true;
        if (repetition.alarm != null) {
          repetition.alarm.cancel();
        }
      }
    }
  }

  // ---- what the peer does

  void received(ServerTransaction tx) {
    SipRequest request = tx.request();
    Optional<Dialog> next;
    Peer listener;
    synchronized (this) {
      next = dialog.received(request);
      next.ifPresent(d -> dialog = d);
      listener = peer;
    }
    if (next.isEmpty()) {
      tx.respond(SipResponse.to(request, Status.SERVER_INTERNAL_ERROR, "CSeq out of order")); // RFC 3261 section 12.2.2
    } else if (request.is("BYE")) {
      tx.respond(SipResponse.to(request, Status.OK));
      finish(reason(request));
    } else if (listener == null) {
      tx.respond(SipResponse.to(request, Status.REQUEST_PENDING));
    } else {
      respond(tx, listener.requested(request, Deadline.in(Calls.PATIENCE, calls.world().clock())));
    }
  }

  private static String reason(SipRequest bye) {
    return bye.first(Header.REASON).orElse("");
  }

  private void respond(ServerTransaction tx, SipResponse answer) {
    SipRequest request = tx.request();
    Edit edit = SipResponse.to(request, answer.status(), answer.reason().isEmpty() ? Status.reason(answer.status()) : answer.reason()).edit();
    boolean target = request.is("INVITE") || request.is("UPDATE");
    if (target && answer.isSuccess()) {
      edit.with(Header.CONTACT, calls.contact(tx.flow(), answer));
    }
    SipResponse ours = Calls.carry(answer, edit).response();
    if (request.is("INVITE") && ours.isSuccess()) {
      answer(tx, ours);
    } else {
      if (request.is("UPDATE") && ours.isSuccess()) {
        refreshed(ours);
      }
      tx.respond(ours);
    }
  }

  // ---- what we do

  @Override
  public SipResponse send(SipRequest like, Deadline by) {
    SipRequest request;
    Target target;
    synchronized (this) {
      if (over) {
        return SipResponse.to(like, Status.CALL_DOES_NOT_EXIST);
      }
      Dialog.Sending sending = dialog.request(like.method());
      dialog = sending.dialog();
      target = Calls.next(sending.request(), flow);
      Edit edit = sending.request().edit();
      edit.with(Header.CONTACT, calls.contact(target, like));
      request = Calls.carry(like, edit).request();
    }
    Outcome outcome = calls.stack().send(request, target, by);
    SipResponse answer = outcome.asResponse(request);
    synchronized (this) {
      try {
        dialog = dialog.answered(answer);
      } catch (Malformed noContact) {
        return SipResponse.to(like, Status.BAD_GATEWAY);
      }
    }
    if (answer.isSuccess() && (like.is("INVITE") || like.is("UPDATE"))) {
      refreshed(answer);
    }
    if (like.is("INVITE") && answer.isSuccess()) {
      acknowledge(request.cseq().number());
    }
    boolean gone = answer.status() == Status.CALL_DOES_NOT_EXIST || answer.status() == Status.REQUEST_TIMEOUT;
    if (gone) { // RFC 3261 section 12.2.1.2
      lost(answer.status() + " within the dialog");
    }
    return answer;
  }

  /// Sends the ACK for a 2xx to our INVITE.
  void acknowledge(long cseq) {
    SipRequest ack;
    synchronized (this) {
      ack = dialog.ack(cseq);
    }
    calls.stack().acknowledge(ack, Calls.next(ack, flow));
  }

  @Override
  public void end(String reason) {
    SipRequest bye;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      told = true;
      Dialog.Sending sending = dialog.request("BYE");
      dialog = sending.dialog();
      bye = reason.matches(REASON) ? sending.request().with(Header.REASON, reason) : sending.request();
    }
    release();
    calls.leave(bye, Calls.next(bye, flow));
  }

  /// Ends it on both sides of us: with a BYE to the peer, and by telling our own.
  void lost(String because) {
    SipRequest bye;
    synchronized (this) {
      if (over) {
        return;
      }
      Dialog.Sending sending = dialog.request("BYE");
      dialog = sending.dialog();
      bye = sending.request();
    }
    calls.leave(because.matches(REASON) ? bye.with(Header.REASON, because) : bye, Calls.next(bye, flow));
    finish(because);
  }

  private void finish(String because) {
    Peer listener;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      why = because;
      listener = peer;
      told = listener != null;
    }
    release();
    if (listener != null) {
      listener.ended(because);
    }
  }

  private void release() {
    calls.remove(this);
    synchronized (this) {
      if (expiry != null) {
        expiry.cancel();
      }
    }
    unacknowledged.values().forEach(CallLeg::stop);
    unacknowledged.clear();
  }

  @Override
  public void listen(Peer listener) {
    boolean tell;
    synchronized (this) {
      peer = listener;
      tell = over && !told;
      told |= tell;
    }
    if (tell) {
      listener.ended(why);
    }
  }

  @Override
  public synchronized boolean isOver() {
    return over;
  }

  @Override
  public String toString() {
    return id.callId() + " with " + peerMessage.startLine();
  }
}
