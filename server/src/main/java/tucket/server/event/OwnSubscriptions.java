// All subscriptions that this server has begun.
package tucket.server.event;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// Takes NOTIFYs to those whose they are. Thread-safe.
public final class OwnSubscriptions implements Notified {
  private final List<Notified> watchers = new CopyOnWriteArrayList<>();

  /// One more who hears NOTIFYs.
  public void add(Notified watcher) {
    watchers.add(watcher);
  }

  @Override
  public Optional<SipResponse> notified(SipRequest request) {
    if (watchers.isEmpty() || !request.is("NOTIFY")) {
      return Optional.empty();
    }
    for (Notified watcher : watchers) {
      Optional<SipResponse> answer = watcher.notified(request);
      if (answer.isPresent()) {
        return answer;
      }
    }
    return Optional.empty();
  }
}
