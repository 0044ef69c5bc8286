// A transaction machine with its timers: what is common to client and server.
package tucket.transport.sip;

import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.transaction.Ending;
import tucket.protocol.sip.transaction.Output;
import tucket.protocol.sip.transaction.TimerName;
import tucket.protocol.sip.transaction.TransactionKey;
import tucket.transport.Flow;

/// Guards its machine with its own monitor; what the machine asks for is collected under the monitor and done outside of it, so that no
/// lock is held while bytes are sent or messages delivered. Kept small: there may be hundreds of thousands of these.
abstract class Running extends TimerWheel.Node {
  private static final long NEVER = Long.MAX_VALUE;

  final TransactionKey key;
  final Transactions table;
  final Flow flow;
  private @Nullable TimerName firstTimer;
  private @Nullable TimerName secondTimer;
  private long firstAt;
  private long secondAt;
  private long giveUpAt = NEVER;
  private boolean over;

  Running(TransactionKey key, Transactions table, Flow flow) {
    this.key = key;
    this.table = table;
    this.flow = flow;
  }

  /// One event of a machine, collecting what it asks for. Only used under the transaction's monitor until it is handed to [#perform].
  final class Actions implements Output {
    @Nullable SipMessage transmit;
    @Nullable SipMessage deliver;
    @Nullable Ending ended;
    boolean retransmit;

    @Override
    public void transmit(SipMessage message) {
      transmit = message;
    }

    @Override
    public void retransmit() {
      retransmit = true;
    }

    @Override
    public void deliver(SipMessage message) {
      deliver = message;
    }

    @Override
    public void schedule(TimerName timer, long atNanos) {
      if (firstTimer == timer || firstTimer == null && secondTimer != timer) {
        firstTimer = timer;
        firstAt = atNanos;
      } else {
        secondTimer = timer;
        secondAt = atNanos;
      }
    }

    @Override
    public void cancel(TimerName timer) {
      if (firstTimer == timer) {
        firstTimer = null;
      } else if (secondTimer == timer) {
        secondTimer = null;
      }
    }

    @Override
    public void ended(Ending why) {
      ended = why;
    }
  }

  abstract void fire(TimerName timer, long now, Actions out);

  /// Does what an event asked for, outside the monitor.
  abstract void perform(Actions actions);

  /// The time set by [#giveUpAt] has come; called outside the monitor.
  abstract void giveUp(long now);

  abstract void forget();

  /// Has [#giveUp] called at `at`, a time of its own beside the machine's timers. To be called under the monitor.
  final void giveUpAt(long at) {
    giveUpAt = at;
  }

  final synchronized boolean isOver() {
    return over;
  }

  /// Ends an event: puts the transaction where the wheel finds it in time, or takes it off. To be called under the monitor.
  final void settle(Actions actions) {
    if (over) {
      return;
    }
    if (actions.ended != null) {
      end();
      return;
    }
    long at = earliest();
    if (at != NEVER) {
      table.wheel().place(this, at);
    }
  }

  /// Forgets the transaction. To be called under the monitor.
  final void end() {
    over = true;
    firstTimer = null;
    secondTimer = null;
    giveUpAt = NEVER;
    table.wheel().remove(this);
    forget();
  }

  private long earliest() {
    long at = giveUpAt;
    if (firstTimer != null) {
      at = Math.min(at, firstAt);
    }
    if (secondTimer != null) {
      at = Math.min(at, secondAt);
    }
    return at;
  }

  @Override
  final void ring(long now) {
    while (true) {
      Actions actions = new Actions();
      boolean last;
      synchronized (this) {
        if (over || giveUpAt != NEVER && giveUpAt - now <= 0) {
          break;
        }
        TimerName due = nextDue(now);
        last = due == null;
        if (due != null) {
          fire(due, now, actions);
        }
        settle(actions);
      }
      if (last) {
        return;
      }
      perform(actions);
    }
    giveUpNow(now);
  }

  private void giveUpNow(long now) {
    synchronized (this) {
      if (over) {
        return;
      }
      giveUpAt = NEVER;
    }
    giveUp(now);
  }

  private @Nullable TimerName nextDue(long now) {
    TimerName due = null;
    if (firstTimer != null && firstAt - now <= 0) {
      due = firstTimer;
      firstTimer = null;
    } else if (secondTimer != null && secondAt - now <= 0) {
      due = secondTimer;
      secondTimer = null;
    }
    return due;
  }
}
