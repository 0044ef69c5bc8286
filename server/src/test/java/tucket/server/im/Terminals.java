// How terminals of the field look at an INVITE, as their own logic has it.
package tucket.server.im;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;

/// Written from what these clients do, without our own parsers where they have none: substrings, and header names with their case.
final class Terminals {
  /// What a terminal takes an INVITE for.
  enum Kind {
    REFUSED,
    FILE,
    GROUP,
    CHAT,
    STORED_MESSAGES,
    STORED_NOTIFICATIONS
  }

  /// With whom, as a telephone number; empty where it is refused.
  record Seen(Kind kind, String peer) {
    static final Seen REFUSED = new Seen(Kind.REFUSED, "");
  }

  private Terminals() {}

  private static String body(SipRequest invite) {
    return new String(invite.body(), UTF_8);
  }

  private static Optional<String> number(String address) {
    Matcher found = Pattern.compile("(?:tel:|sip:)(\\+[0-9]{6,15})").matcher(address);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  private static Optional<String> line(String text, String start) {
    int at = text.indexOf(start);
    int end = at < 0 ? -1 : text.indexOf("\r\n", at);
    return end < 0 ? Optional.empty() : Optional.of(text.substring(at + start.length(), end));
  }

  /// rcsjta: the order of its dispatcher.
  static Seen rcsjta(SipRequest invite) {
    String body = body(invite);
    List<String> tags = new ArrayList<>(invite.lines(Header.CONTACT));
    tags.addAll(invite.lines(Header.ACCEPT_CONTACT));
    if (!body.contains("msrp") || tags.stream().noneMatch(t -> t.contains("+g.oma.sip-im"))) {
      return Seen.REFUSED;
    }
    if (body.contains("file-selector")) {
      return new Seen(Kind.FILE, "");
    }
    List<String> asserted = invite.lines(Header.P_ASSERTED_IDENTITY);
    String identity = asserted.stream().filter(a -> a.contains("tel:")).findFirst()
        .orElse(asserted.isEmpty() ? invite.from().toString() : asserted.getFirst());
    Optional<String> referred = invite.first(Header.REFERRED_BY);
    Optional<String> peer = number(referred.orElse(identity));
    String type = invite.first(Header.CONTENT_TYPE).orElse("");
    if (peer.isEmpty()) {
      return Seen.REFUSED;
    }
    if (identity.contains("rcse-standfw@") && !type.contains("multipart")) {
      // its passive answer carries port 9, so it can only be active
      return body.contains("a=setup:active") ? Seen.REFUSED : new Seen(Kind.STORED_NOTIFICATIONS, peer.get());
    }
    if (invite.lines(Header.CONTACT).stream().anyMatch(c -> c.contains("isfocus"))) {
      return new Seen(Kind.GROUP, peer.get());
    }
    if (!hasFirstMessage(body)) {
      return Seen.REFUSED; // 603
    }
    return new Seen(referred.isPresent() ? Kind.STORED_MESSAGES : Kind.CHAT, peer.get());
  }

  /// Its reading of CPIM: exact names, one blank behind the colon, CRLF, two empty lines.
  private static boolean hasFirstMessage(String body) {
    int cpim = body.indexOf("Content-Type: message/cpim");
    if (cpim < 0) {
      return false;
    }
    int start = body.indexOf("\r\n\r\n", cpim);
    int headers = body.indexOf("\r\n\r\n", start + 4);
    int content = body.indexOf("\r\n\r\n", headers + 4);
    return start > 0 && headers > 0 && content > 0 && line(body, "imdn.Message-ID: ").isPresent()
        && body.contains("NS: imdn <urn:ietf:params:imdn>") && body.substring(headers, content).contains("Content-Type: ");
  }

  /// The client of Google: throws without SDP, path or direction; wants the author in Referred-By.
  static Seen google(SipRequest invite) {
    String body = body(invite);
    boolean direction = Pattern.compile("\r\na=(sendrecv|sendonly|recvonly|inactive)\r\n").matcher(body).find();
    if (!body.contains("m=message ") || !body.contains("a=path:msrp") || !direction) {
      return Seen.REFUSED;
    }
    boolean stored = invite.lines(Header.P_ASSERTED_IDENTITY).stream().map(a -> a.toLowerCase(java.util.Locale.ROOT))
        .anyMatch(a -> a.contains("sip:rcse-standfw@"));
    Optional<String> peer = number(invite.first(stored ? Header.REFERRED_BY : Header.P_ASSERTED_IDENTITY).orElse(""));
    if (peer.isEmpty()) {
      return Seen.REFUSED;
    }
    boolean multipart = invite.first(Header.CONTENT_TYPE).orElse("").contains("multipart");
    return new Seen(!stored ? Kind.CHAT : multipart ? Kind.STORED_MESSAGES : Kind.STORED_NOTIFICATIONS, peer.get());
  }

  /// A client in Rust: the first P-Asserted-Identity begins with the service's user.
  static Seen rust(SipRequest invite) {
    String asserted = invite.first(Header.P_ASSERTED_IDENTITY).orElse("").replace("<", "");
    boolean stored = asserted.startsWith("sip:rcse-standfw@");
    Optional<String> peer = number(stored ? invite.first(Header.REFERRED_BY).orElse("") : asserted);
    boolean multipart = invite.first(Header.CONTENT_TYPE).orElse("").startsWith("multipart/mixed");
    return peer.map(p -> new Seen(!stored ? Kind.CHAT : multipart ? Kind.STORED_MESSAGES : Kind.STORED_NOTIFICATIONS, p)).orElse(Seen.REFUSED);
  }

  /// What all of them take it for, in this order: rcsjta, Google, Rust.
  static List<Seen> all(SipRequest invite) {
    return List.of(rcsjta(invite), google(invite), rust(invite));
  }
}
