// Where a request is to go.
package tucket.transport.sip;

import java.util.List;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.Uri;
import tucket.transport.Endpoint;
import tucket.transport.Flow;

/// The next hop of a request.
public sealed interface Target {
  /// A transport address; an open connection to it is used again.
  record To(Endpoint endpoint) implements Target {}

  /// This flow and no other (RFC 5626): how a registered client behind a NAT is reached.
  record Over(Flow flow) implements Target {}

  /// Where the URI leads by RFC 3263; the next address is tried where one fails.
  record Resolve(Uri uri) implements Target {}

  /// The topmost Route or else the Request-URI (RFC 3261 section 8.1.2). Throws [tucket.protocol.Malformed] where Route can't be read.
  static Target nextHop(SipRequest request) {
    List<NameAddr> routes = request.has(Header.ROUTE) ? request.addresses(Header.ROUTE) : List.of();
    return new Resolve(routes.isEmpty() ? request.uri() : routes.getFirst().uri());
  }
}
