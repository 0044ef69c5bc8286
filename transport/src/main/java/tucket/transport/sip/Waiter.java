// A thread that waits for the outcome of a request.
package tucket.transport.sip;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipResponse;

/// Parks without a time: the deadline comes through the clock of the world, as every other timer.
final class Waiter implements Responses {
  /// Hears nothing.
  static final Responses NOBODY = new Responses() {
    @Override
    public void response(SipResponse response) {}

    @Override
    public void failed(Outcome outcome) {}
  };

  private final Thread thread = Thread.currentThread();
  private volatile @Nullable Outcome outcome;

  @Override
  public void response(SipResponse response) {
    if (response.isFinal()) {
      end(new Outcome.Answered(response));
    }
  }

  @Override
  public void failed(Outcome failure) {
    end(failure);
  }

  private void end(Outcome end) {
    if (outcome == null) {
      outcome = end;
      LockSupport.unpark(thread);
    }
  }

  Outcome await(Attempts attempts) {
    boolean interrupted = false;
    Outcome end = outcome;
    while (end == null) {
      LockSupport.park(this);
      end = outcome;
      if (end == null && Thread.interrupted()) {
        interrupted = true;
        attempts.abandon();
        end = new Outcome.Silent();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return end;
  }
}
