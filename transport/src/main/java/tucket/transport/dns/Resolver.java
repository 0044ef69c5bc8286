// From a SIP URI to transport addresses.
package tucket.transport.dns;

import java.util.List;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Unavailable;

/// Finds the next hop of a URI (RFC 3263 section 4). Thread-safe; may block for some seconds and so belongs on a virtual thread.
@FunctionalInterface
public interface Resolver {
  /// The addresses to try, one after the other, in this order; never empty. A `sips:` URI gives TLS only. Throws [Unavailable] with a
  /// sentence that says what was looked for and not found, or who did not answer.
  List<Endpoint> resolve(SipUri uri) throws Unavailable;

  /// This one, and where it does not know the name, `next`.
  default Resolver orElse(Resolver next) {
    return uri -> {
      try {
        return resolve(uri);
      } catch (Unavailable unknown) {
        return next.resolve(uri);
      }
    };
  }
}
