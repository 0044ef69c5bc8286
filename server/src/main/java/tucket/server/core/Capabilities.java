// What OPTIONS is answered.
package tucket.server.core;

import java.util.Comparator;
import java.util.Set;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.event.Notifier;
import tucket.server.reference.Delivery;
import tucket.server.reference.Devices;
import tucket.transport.Deadline;
import tucket.transport.Pending;

/// RFC 3261 section 11: ours where we are meant, else those of whom it is for. Thread-safe; blocks.
record Capabilities(Router router, Fork fork, Interconnect interconnect, Notifier notifier) {
  Pending<SipResponse> options(SipRequest request, Deadline by) {
    if (request.number(Header.MAX_FORWARDS).orElse(1) == 0) {
      return Pending.of(capabilities(request));
    }
    return switch (router.destination(request.uri())) {
      case Destination.Ourselves here -> Pending.of(capabilities(request));
      case Destination.Service service -> Pending.of(capabilities(request));
      case Destination.User user -> fork.deliver(user.subscriber().id(), request, devices(user), by).then(delivery -> best(request, delivery));
      case Destination.Elsewhere elsewhere -> interconnect.send(request, elsewhere.uri(), by);
      case Destination.Nobody nobody -> Pending.of(SipResponse.to(request, Status.NOT_FOUND));
    };
  }

  private SipResponse capabilities(SipRequest request) {
    Edit edit = SipResponse.to(request, Status.OK).edit();
    edit.with(Header.ALLOW, String.join(", ", SipListener.METHODS)).with(Header.ALLOW_EVENTS, notifier.allowEvents());
    edit.with(Header.ACCEPT, "message/cpim, text/plain, message/imdn+xml, application/im-iscomposing+xml");
    edit.with(Header.ACCEPT_ENCODING, "deflate, gzip, identity");
    return edit.with(Header.SUPPORTED, "path, gruu, outbound, pref").response();
  }

  // RFC 3261 section 16.7 step 6: a 2xx, else a 6xx, else the lowest class.
  private static SipResponse best(SipRequest request, Delivery delivery) {
    return delivery.answers().values().stream()
        .min(Comparator.comparingInt(r -> r.isSuccess() ? 0 : r.status() >= 600 ? 1 : r.status()))
        .map(r -> r.has(Header.TO) ? r : SipResponse.to(request, r.status(), r.reason())) // one that stands for silence has a status alone
        .orElseGet(() -> SipResponse.to(request, Status.TEMPORARILY_UNAVAILABLE));
  }

  static Devices devices(Destination.User user) {
    return user.device().<Devices>map(d -> new Devices.Only(Set.of(d))).orElseGet(Devices.All::new);
  }
}
