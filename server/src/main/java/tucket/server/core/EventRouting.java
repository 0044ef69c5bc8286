// Where subscriptions begin and notifications end.
package tucket.server.core;

import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.server.event.Notified;
import tucket.server.event.Notifier;
import tucket.server.event.OwnSubscriptions;
import tucket.transport.Flow;

/// SUBSCRIBE of users and of trusted peers to our [Notifier], and NOTIFY for subscriptions of our own. Thread-safe.
final class EventRouting {
  private final Notifier notifier;
  private final Router router;
  private final OwnAddresses addresses;
  private final OwnSubscriptions own = new OwnSubscriptions();

  EventRouting(Notifier notifier, Router router, OwnAddresses addresses) {
    this.notifier = notifier;
    this.router = router;
    this.addresses = addresses;
  }

  void add(Notified watcher) {
    own.add(watcher);
  }

  SipResponse subscribe(Subscriber user, SipRequest request, Flow flow) {
    SipUri contact = addresses.at(flow, Router.EVENTS);
    return switch (router.destination(request.uri())) {
      case Destination.User to -> notifier.subscribe(request, user.id(), to.subscriber().id(), flow, contact);
      case Destination.Service to -> notifier.subscribe(request, user.id(), to.identity(), flow, contact);
      case Destination.Ourselves here -> notifier.subscribe(request, user.id(), user.id(), flow, contact);
      case Destination.Elsewhere elsewhere -> SipResponse.to(request, Status.FORBIDDEN, "Subscriptions end in this domain");
      case Destination.Nobody nobody -> SipResponse.to(request, Status.NOT_FOUND);
    };
  }

  /// A SUBSCRIBE from another core: only of our own operator, in the name that it asserts.
  SipResponse subscribe(Peer peer, SipRequest request, Flow flow) {
    Optional<Uri> sender = Identity.sender(request);
    if (!peer.trusted() || sender.isEmpty()) {
      return SipResponse.to(request, Status.FORBIDDEN, "SUBSCRIBE is taken from trusted servers only");
    }
    AddressOfRecord who = AddressOfRecord.of(sender.get());
    AddressOfRecord what = router.destination(request.uri()) instanceof Destination.User to ? to.subscriber().id() : who;
    return notifier.subscribe(request, who, what, flow, addresses.at(flow, Router.EVENTS));
  }

  /// The answer to a NOTIFY of a subscription of our own, whose random Call-ID nobody else knows; empty where it is none.
  Optional<SipResponse> notified(SipRequest request) {
    return own.notified(request);
  }
}
