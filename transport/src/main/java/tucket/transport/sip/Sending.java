// A request that is on its way to its final response.
package tucket.transport.sip;

import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Pending;
import tucket.transport.Threads;

/// What [SipStack#begin] gives. Thread-safe.
public final class Sending implements Responses {
  /// Hears nothing.
  static final Responses NOBODY = new Responses() {
    @Override
    public void response(SipResponse response) {}

    @Override
    public void failed(Outcome outcome) {}
  };

  private final Pending.Later<Outcome> outcome;
  private volatile @Nullable Attempts attempts;

  Sending(Threads threads) {
    outcome = new Pending.Later<>(threads, this::abandon);
  }

  /// One that has ended so, where nothing is sent at all.
  public static Sending ended(Outcome outcome) {
    Sending sending = new Sending((name, body) -> body.run());
    sending.outcome.complete(outcome);
    return sending;
  }

  void run(Attempts sending) {
    attempts = sending;
    sending.run();
  }

  /// How it ends: an interrupt of who awaits it abandons it.
  public Pending<Outcome> outcome() {
    return outcome;
  }

  /// Nobody wants the response any more: ends as [Outcome.Silent] where none has come.
  public void abandon() {
    Attempts running = attempts;
    if (running != null && !outcome.isHere()) {
      running.abandon();
    }
    outcome.complete(new Outcome.Silent());
  }

  @Override
  public void response(SipResponse response) {
    if (response.isFinal()) {
      outcome.complete(new Outcome.Answered(response));
    }
  }

  @Override
  public void failed(Outcome failure) {
    outcome.complete(failure);
  }
}
