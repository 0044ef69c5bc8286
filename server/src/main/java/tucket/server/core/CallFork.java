// Sends an INVITE to several places at once.
package tucket.server.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.Dialog;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Reached;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Flow;
import tucket.transport.sip.ClientTransaction;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Responses;
import tucket.transport.sip.Target;

/// RFC 3261 section 16.7 for INVITE: the first 2xx wins and the other branches are cancelled with a Reason that tells them so (RFC 3326); a
/// 6xx ends all. A second 2xx is acknowledged and ended. For one INVITE.
final class CallFork {
  private static final Logger LOG = LoggerFactory.getLogger(CallFork.class);
  private static final String ELSEWHERE = "SIP;cause=200;text=\"Call completed elsewhere\"";

  private final Calls calls;
  private final Reached.Ringing ringing;
  private final List<Branch> branches = new ArrayList<>();
  private final Deque<SipResponse> provisional = new ArrayDeque<>();
  private @Nullable Branch winner;
  private volatile @Nullable Thread waiting;
  private boolean givenUp;
  private boolean over;

  CallFork(Calls calls, Reached.Ringing ringing) {
    this.calls = calls;
    this.ringing = ringing;
  }

  /// One place to send it to; `targets` are tried one after the other while they cannot be reached.
  record Place(DeviceId device, List<Way> ways) {}

  /// One way to a place.
  record Way(SipRequest request, Target target) {}

  private final class Branch implements Responses {
    final Place place;
    int way;
    @Nullable ClientTransaction transaction;
    boolean heard;
    @Nullable SipResponse answer;
    @Nullable CallLeg leg;

    Branch(Place place) {
      this.place = place;
    }

    Way current() {
      return place.ways().get(way);
    }

    void begin() {
      Way now = current();
      SipRequest request = now.request().with(Header.CONTACT, calls.contact(now.target(), now.request()));
      ClientTransaction begun = calls.stack().begin(request, now.target(), this);
      synchronized (CallFork.this) {
        transaction = begun;
      }
    }

    @Override
    public void response(SipResponse response) {
      boolean again;
      synchronized (CallFork.this) {
        heard |= response.status() > 100; // a stack says 100 where nobody is behind it
        if (response.isProvisional()) {
          provisional.add(response);
          wake();
          return;
        }
        again = answer != null;
        if (!again) {
          answer = response;
          if (response.isSuccess() && winner == null && !over) {
            winner = this;
          }
          wake();
        }
        if (!response.isSuccess() || !again && winner == this) {
          return;
        }
      }
      calls.world().threads().start("further 2xx", () -> further(response));
    }

    /// A repeated 2xx wants its ACK again; another one is not wanted any more.
    private void further(SipResponse response) {
      CallLeg mine;
      synchronized (CallFork.this) {
        mine = leg;
      }
      if (mine != null && mine.id().equals(Dialog.DialogId.ofReceived(response))) {
        mine.acknowledge(response.cseq().number());
        return;
      }
      try {
        CallLeg unwanted = leg(response);
        calls.add(unwanted);
        unwanted.acknowledge(response.cseq().number());
        unwanted.end(ELSEWHERE);
      } catch (Malformed noDialog) {
        LOG.debug("a 2xx of {} makes no dialog: {}", place.device(), noDialog.getMessage());
      }
    }

    CallLeg leg(SipResponse response) {
      Way now = current();
      Optional<Flow> flow = now.target() instanceof Target.Over over ? Optional.of(over.flow()) : Optional.empty();
      return new CallLeg(calls, Dialog.asClient(now.request(), response), flow, response);
    }

    @Override
    public void failed(Outcome outcome) {
      boolean next;
      synchronized (CallFork.this) {
        next = outcome instanceof Outcome.Unreachable && way + 1 < place.ways().size() && !over && !givenUp;
        if (next) {
          way++;
        } else if (answer == null) {
          answer = outcome.asResponse(current().request());
          wake();
        }
      }
      if (next) {
        calls.world().threads().start("next way", this::begin);
      }
    }

    void cancel(String reason) {
      ClientTransaction running;
      synchronized (CallFork.this) {
        running = answer == null ? transaction : null;
      }
      if (running != null) {
        running.cancel(reason);
      }
    }
  }

  /// Blocks until somebody has taken it, or nobody will. A place that says nothing until `silent` counts as silent.
  Reached run(List<Place> places, Deadline silent, Deadline by) {
    waiting = Thread.currentThread();
    places.forEach(p -> branches.add(new Branch(p)));
    ringing.whenGivenUp(this::giveUp);
    branches.forEach(Branch::begin);
    Clock clock = calls.world().clock();
    while (true) {
      List<SipResponse> ring = new ArrayList<>();
      Optional<Deadline> until = Optional.empty();
      boolean done;
      synchronized (this) {
        done = winner != null || branches.stream().allMatch(b -> b.answer != null)
            || branches.stream().anyMatch(b -> b.answer != null && b.answer.status() >= 600);
        boolean late = by.passed(clock) || silent.passed(clock) && branches.stream().noneMatch(b -> b.heard && b.answer == null);
        if (!done && !late && provisional.isEmpty() && !givenUp) {
          until = Optional.of(silent.passed(clock) ? by : silent);
        }
        ring.addAll(provisional);
        provisional.clear();
        done |= late || givenUp;
        over = done;
      }
      ring.forEach(ringing::provisional);
      if (done) {
        return result();
      }
      until.ifPresent(this::pause);
    }
  }

  /// What has happened since the look that found nothing ends it at once.
  private void pause(Deadline until) {
    Clock clock = calls.world().clock();
    Clock.Alarm alarm = clock.after(until.left(clock).plusMillis(1), this::wake);
    LockSupport.park(this);
    alarm.cancel();
    if (Thread.currentThread().isInterrupted()) {
      giveUp();
    }
  }

  private void wake() {
    LockSupport.unpark(waiting);
  }

  private synchronized void giveUp() {
    givenUp = true;
    wake();
  }

  private Reached result() {
    Branch won;
    synchronized (this) {
      won = winner;
    }
    branches.stream().filter(b -> b != won).forEach(b -> b.cancel(won == null ? declined() : ELSEWHERE));
    if (won != null) {
      SipResponse answer = java.util.Objects.requireNonNull(won.answer);
      try {
        CallLeg leg = won.leg(answer);
        calls.add(leg);
        synchronized (this) {
          won.leg = leg;
        }
        leg.refreshed(answer);
        leg.acknowledge(answer.cseq().number());
        return new Reached.Accepted(answer, Optional.of(won.place.device()), leg);
      } catch (Malformed noDialog) {
        synchronized (this) {
          won.answer = SipResponse.to(won.current().request(), Status.BAD_GATEWAY);
        }
      }
    }
    Map<DeviceId, SipResponse> answers = new LinkedHashMap<>();
    synchronized (this) {
      for (Branch b : branches) {
        int status = givenUp ? Status.REQUEST_TERMINATED : Status.REQUEST_TIMEOUT;
        answers.put(b.place.device(), b.answer != null ? b.answer : SipResponse.to(b.current().request(), status));
      }
    }
    return new Reached.Refused(answers);
  }

  /// A 6xx of one device is for all.
  private synchronized String declined() {
    return branches.stream().flatMap(b -> Optional.ofNullable(b.answer).stream()).filter(a -> a.status() >= 600).findFirst()
        .map(a -> "SIP;cause=" + a.status() + ";text=\"" + Status.reason(a.status()) + "\"").orElse("");
  }

  /// The INVITE as it leaves: nothing of the hop it came by.
  static Edit bare(SipRequest invite) {
    return invite.edit().without(Header.VIA).without(Header.ROUTE).without(Header.RECORD_ROUTE);
  }
}
