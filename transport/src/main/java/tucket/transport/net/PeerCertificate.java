// The names that a certificate chain proves, for servers that do not run on our sockets.
package tucket.transport.net;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;

/// As SIP finds them (RFC 5922 section 7.1). The chain must have been verified already.
public final class PeerCertificate {
  private PeerCertificate() {}

  /// In lower case; none where there is no certificate.
  public static List<String> names(Certificate[] chain) {
    return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? PeerNames.of(leaf).domains() : List.of();
  }
}
