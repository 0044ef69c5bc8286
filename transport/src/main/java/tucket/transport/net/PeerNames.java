// The names that a peer's certificate proves, as SIP wants them found and compared.
package tucket.transport.net;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;

/// RFC 5922 section 7.1: `sip:` URIs without a user part; where there are none, DNS names; where there is no subjectAltName at all, the
/// CN. Compared whole and without regard to case, never by wildcard (section 7.2). IP addresses count only for who connects to an address
/// (RFC 5280 4.2.1.6).
record PeerNames(List<String> domains, List<String> addresses) {
  static final PeerNames NONE = new PeerNames(List.of(), List.of());

  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int ADDRESS = 7;
  private static final Pattern CN = Pattern.compile("(?:^|,)CN=([A-Za-z0-9.-]+)(?:,|$)");

  /// The names of a chain; none where there is no certificate, or where any certificate is taken and so proves nothing.
  static PeerNames of(List<X509Certificate> chain, boolean unproven) {
    return unproven || chain.isEmpty() ? NONE : of(chain.getFirst());
  }

  /// What a session's peer has shown, its own certificate first.
  static List<X509Certificate> chain(SSLSession session) {
    try {
      return Arrays.stream(session.getPeerCertificates()).filter(X509Certificate.class::isInstance).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException anonymous) {
      return List.of();
    }
  }

  static PeerNames of(X509Certificate certificate) {
    List<String> uris = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    Collection<List<?>> alternatives;
    try {
      alternatives = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException unreadable) {
      return NONE;
    }
    if (alternatives == null) {
      Matcher common = CN.matcher(certificate.getSubjectX500Principal().getName(X500Principal.RFC2253));
      return common.find() ? new PeerNames(List.of(common.group(1).toLowerCase(Locale.ROOT)), List.of()) : NONE;
    }
    for (List<?> alternative : alternatives) {
      if (alternative.get(0) instanceof Integer type && alternative.get(1) instanceof String value) {
        switch (type) {
          case DNS -> names.add(value.toLowerCase(Locale.ROOT));
          case URI -> domainOf(value, uris);
          case ADDRESS -> addresses.add(value);
          default -> {}
        }
      }
    }
    return new PeerNames(List.copyOf(uris.isEmpty() ? names : uris), List.copyOf(addresses));
  }

  private static void domainOf(String uri, List<String> to) {
    String lower = uri.toLowerCase(Locale.ROOT);
    if (!lower.startsWith("sip:") || lower.indexOf('@') >= 0) {
      return;
    }
    String host = lower.substring(4).split("[:;?]", 2)[0];
    if (!host.isEmpty()) {
      to.add(host);
    }
  }

  String first() {
    return domains.isEmpty() ? "" : domains.getFirst();
  }

  boolean proves(String domain) {
    return domains.contains(domain.toLowerCase(Locale.ROOT));
  }

  /// Whether this is the peer that was wanted: by `name`, or by `address` where the name is empty or the address itself.
  boolean match(String name, InetAddress address) {
    if (proves(name)) {
      return true;
    }
    String text = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    boolean numeric = text.isEmpty() || text.indexOf(':') >= 0 || text.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    return numeric && addresses.stream().anyMatch(own -> sameAddress(own, address));
  }

  private static boolean sameAddress(String written, InetAddress address) {
    try {
      return InetAddress.ofLiteral(written).equals(address);
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }

  @Override
  public String toString() {
    List<String> all = new ArrayList<>(domains);
    all.addAll(addresses);
    return all.isEmpty() ? "no SIP domain" : String.join(", ", all);
  }
}
