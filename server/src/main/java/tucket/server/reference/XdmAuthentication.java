// Who speaks HTTP to the Aggregation Proxy.
package tucket.server.reference;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;

/// What the Aggregation Proxy asks of the Core: the users and their passwords are the ones of SIP. Thread-safe; calls may block and may throw
/// [tucket.store.Unavailable].
public interface XdmAuthentication {
  /// Judges a request by its Authorization headers.
  ///
  /// @param target the request target as it stood in the request line, query included
  /// @param authorization the values of the Authorization headers
  Verdict judge(String method, String target, List<String> authorization, byte[] body, InetAddress source);

  /// The default identity of the user one of whose identities this is: documents are kept under it. Empty where there is no such user.
  Optional<AddressOfRecord> home(AddressOfRecord identity);

  /// What came of it.
  sealed interface Verdict {
    /// The request is this user's.
    record Admitted(AddressOfRecord user) implements Verdict {}

    /// 401 with these values of WWW-Authenticate.
    record Challenged(List<String> challenges) implements Verdict {
      public Challenged {
        challenges = List.copyOf(challenges);
      }
    }

    /// 403, the reason, and after how many seconds it may be tried again; 0 for no such time.
    record Forbidden(String reason, long retryAfter) implements Verdict {}
  }
}
