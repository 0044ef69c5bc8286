// An INVITE that only passes.
package tucket.server.core;

import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.sip.ClientTransaction;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Responses;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// A stateful proxy without Record-Route (RFC 3261 section 16): for a push of ours that the core's filter criteria have led back to us. What follows it,
/// the ACK of a 2xx first of all, goes past us.
final class CallThrough implements Responses {
  private final ServerTransaction from;
  private final Runnable ended;
  private final ClientTransaction to;
  private volatile boolean over;

  /// Sends it on; `ended` is told of each final answer, of the first one maybe before this returns.
  CallThrough(SipStack stack, ServerTransaction from, SipRequest onward, Runnable ended) {
    this.from = from;
    this.ended = ended;
    this.to = stack.begin(onward, Target.nextHop(onward), this);
  }

  /// Whether it has its final answer.
  boolean isOver() {
    return over;
  }

  /// Gives it up.
  void cancel() {
    to.cancel("");
  }

  @Override
  public void response(SipResponse response) {
    if (response.status() > 100) {
      Edit edit = response.edit().without(Header.VIA).copy(Header.VIA, from.request());
      from.respond(edit.response());
    }
    if (response.status() >= 200) {
      end();
    }
  }

  @Override
  public void failed(Outcome outcome) {
    from.respond(outcome.asResponse(from.request()));
    end();
  }

  private void end() {
    over = true;
    ended.run();
  }
}
