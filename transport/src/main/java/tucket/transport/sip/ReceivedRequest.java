// The handle of a server transaction that a handler holds.
package tucket.transport.sip;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Flow;

/// Apart from [ServerExchange] so that the request itself is let go as soon as the handler has let it go.
final class ReceivedRequest implements ServerTransaction {
  private final SipRequest request;
  private final Flow flow;
  private final ServerExchange exchange;
  private final Transactions table;
  private volatile @Nullable SipResponse finalResponse;
  private @Nullable String tag;
  private volatile boolean cancelled;

  ReceivedRequest(SipRequest request, Flow flow, ServerExchange exchange, Transactions table) {
    this.request = request;
    this.flow = flow;
    this.exchange = exchange;
    this.table = table;
  }

  @Override
  public SipRequest request() {
    return request;
  }

  @Override
  public Flow flow() {
    return flow;
  }

  @Override
  public void respond(SipResponse response) {
    SipResponse tagged = response.status() > 100 ? response.withToTag(localTag()) : response;
    if (!tagged.isFinal() || isFirstFinal(tagged)) {
      exchange.respond(tagged, this);
    }
  }

  // Or a 2xx to an INVITE once more.
  private synchronized boolean isFirstFinal(SipResponse response) {
    SipResponse before = finalResponse;
    if (before == null) {
      finalResponse = response;
      return true;
    }
    return response.isSuccess() && before.isSuccess() && request.method().equals("INVITE");
  }

  @Override
  public synchronized String localTag() {
    String made = tag;
    if (made == null) {
      made = table.chance().token(8);
      tag = made;
    }
    return made;
  }

  @Override
  public Optional<SipResponse> finalResponse() {
    return Optional.ofNullable(finalResponse);
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  void cancelled() {
    cancelled = true;
  }
}
