// Finds the transport addresses of a SIP URI.
package tucket.transport.dns;

import java.util.List;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;

/// RFC 3263 section 4. Thread-safe; may block the calling virtual thread.
public interface Resolver {
  /// The addresses in the order in which they are to be tried, at least one. Throws [tucket.transport.Unavailable] with a sentence that says why where there is none.
  List<Endpoint> resolve(SipUri uri);
}
