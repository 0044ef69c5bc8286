// Requests to other domains.
package tucket.server.core;

import java.util.Locale;
import java.util.Optional;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.server.event.Sender;
import tucket.transport.Deadline;
import tucket.transport.Flow;
import tucket.transport.Pending;
import tucket.transport.sip.Target;

/// Sends what is for another domain there: by the peer's route where one is configured, else as RFC 3263 finds it. The asserted identity
/// goes only to peers that we trust (RFC 3325 section 5). Thread-safe; blocks.
final class Interconnect {
  private static final int MAX_FORWARDS = 70;

  private final CoreSettings settings;
  private final Sender sender;

  Interconnect(CoreSettings settings, Sender sender) {
    this.settings = settings;
    this.sender = sender;
  }

  Pending<SipResponse> send(SipRequest request, Uri to, Deadline by) {
    if (!(to instanceof SipUri uri)) {
      return Pending.of(SipResponse.to(request, Status.UNSUPPORTED_URI_SCHEME));
    }
    Optional<Peer> peer = serving(uri.host().toLowerCase(Locale.ROOT));
    if (peer.isEmpty() && !settings.foreign()) {
      return Pending.of(SipResponse.to(request, Status.FORBIDDEN, "Domain is not reachable from here"));
    }
    int hops = request.number(Header.MAX_FORWARDS).orElse(MAX_FORWARDS + 1);
    if (hops == 0) {
      return Pending.of(SipResponse.to(request, Status.TOO_MANY_HOPS));
    }
    Edit edit = request.edit().without(Header.ROUTE).with(Header.MAX_FORWARDS, Integer.toString(hops - 1));
    if (peer.filter(Peer::trusted).isEmpty()) {
      edit.without(Header.P_ASSERTED_IDENTITY);
    }
    Target target = new Target.Resolve(peer.flatMap(Peer::route).orElse(uri));
    return sender.begin(edit.request(), target, by).outcome().then(outcome -> outcome.asResponse(request));
  }

  /// The way that an INVITE takes there, or the answer that it does not go.
  Way way(SipRequest request) {
    if (!(request.uri() instanceof SipUri uri)) {
      return new Way(Optional.of(SipResponse.to(request, Status.UNSUPPORTED_URI_SCHEME)), request, new Target.Resolve(request.uri()));
    }
    Optional<Peer> peer = serving(uri.host().toLowerCase(Locale.ROOT));
    int hops = request.number(Header.MAX_FORWARDS).orElse(MAX_FORWARDS + 1);
    Optional<SipResponse> refused = peer.isEmpty() && !settings.foreign()
        ? Optional.of(SipResponse.to(request, Status.FORBIDDEN, "Domain is not reachable from here"))
        : hops == 0 ? Optional.of(SipResponse.to(request, Status.TOO_MANY_HOPS)) : Optional.empty();
    Edit edit = CallFork.bare(request).with(Header.MAX_FORWARDS, Integer.toString(Math.max(0, hops - 1)));
    if (peer.filter(Peer::trusted).isEmpty()) {
      edit.without(Header.P_ASSERTED_IDENTITY);
    }
    return new Way(refused, edit.request(), new Target.Resolve(peer.flatMap(Peer::route).orElse(uri)));
  }

  /// `refused` is there where it does not go.
  record Way(Optional<SipResponse> refused, SipRequest request, Target target) {}

  private Optional<Peer> serving(String domain) {
    return settings.peers().stream().filter(p -> p.domains().contains(domain)).findFirst();
  }

  /// Whether the IM Server of that domain performs the Deferred Messaging Function; one that we know nothing of is left to itself.
  boolean defers(String domain) {
    return serving(domain.toLowerCase(Locale.ROOT)).filter(p -> !p.defers()).isEmpty();
  }

  /// The trusted peer whose requests come over that flow.
  Optional<Peer> at(Flow flow) {
    for (Peer peer : settings.peers()) {
      if (peer.trusted() && peer.isAt(flow)) {
        return Optional.of(peer);
      }
    }
    return Optional.empty();
  }
}
