// How a client proves to a relay who it is.
package tucket.transport.msrp;

import java.util.List;
import java.util.Optional;

/// HTTP digest (RFC 4976 section 9.1).
public interface RelayLogin {
  /// The value of Authorization for these values of WWW-Authenticate; empty where none of them can be answered.
  Optional<String> authorization(String method, String uri, List<String> challenges);
}
