// Who may use a relay.
package tucket.transport.msrp;

import java.net.InetAddress;
import java.util.List;

/// Judges AUTH requests by HTTP digest (RFC 4976 section 9.1). Must not block for long: it is asked on an event thread.
public interface RelayUsers {
  /// @param uri the rightmost URI of To-Path as it is written, which the digest is for
  /// @param authorization the values of Authorization
  Verdict judge(String uri, List<String> authorization, InetAddress source);

  /// What came of it.
  sealed interface Verdict {
    /// Of this user; `info` is the value of Authentication-Info.
    record Admitted(String user, String info) implements Verdict {}

    /// 401 with these values of WWW-Authenticate.
    record Challenged(List<String> challenges) implements Verdict {
      public Challenged {
        challenges = List.copyOf(challenges);
      }
    }

    /// 403.
    record Forbidden(String reason) implements Verdict {}
  }
}
