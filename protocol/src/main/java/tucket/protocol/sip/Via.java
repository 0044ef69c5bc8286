// The Via header: one hop that a response has to take back.
package tucket.protocol.sip;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;

/// `SIP/2.0/UDP host:port;branch=...` (RFC 3261 section 20.42).
///
/// @param transport in upper case: UDP, TCP, TLS, WS, WSS or whatever token the peer wrote
/// @param host a name or an address, IPv6 in brackets
/// @param port -1 where none is written
public record Via(String transport, String host, int port, Params params) {
  /// What a branch of RFC 3261 begins with (section 8.1.1.7).
  public static final String MAGIC_COOKIE = "z9hG4bK";

  public static Via of(String transport, String host, int port, String branch) {
    return new Via(transport, host, port, Params.NONE.with("branch", branch));
  }

  public static Via parse(String text) {
    int at = word(text, 0, "SIP", '/');
    at = word(text, at, "2.0", '/');
    int end = at;
    while (end < text.length() && Grammar.isTokenByte(text.charAt(end))) {
      end++;
    }
    int host = Grammar.skipBlanks(text, end);
    if (end == at || host == end) {
      throw new Malformed("Via has no transport");
    }
    Grammar.HostPort sentBy = Grammar.HostPort.read(text, host, true, "Via");
    return new Via(transport(text.substring(at, end)), sentBy.host(), sentBy.port(), params(text, sentBy.end()));
  }

  private static Params params(String text, int from) {
    try {
      return Params.parse(text, from);
    } catch (Malformed bad) {
      throw new Malformed("Via: " + bad.getMessage());
    }
  }

  private static String transport(String written) {
    return switch (written) {
      case "UDP" -> "UDP";
      case "TCP" -> "TCP";
      case "TLS" -> "TLS";
      default -> written.toUpperCase(Locale.ROOT);
    };
  }

  private static int word(String text, int from, String word, char behind) {
    int at = Grammar.skipBlanks(text, from);
    if (!text.regionMatches(true, at, word, 0, word.length())) {
      throw new Malformed("Via is not SIP/2.0");
    }
    at = Grammar.skipBlanks(text, at + word.length());
    if (at >= text.length() || text.charAt(at) != behind) {
      throw new Malformed("Via is not SIP/2.0");
    }
    return Grammar.skipBlanks(text, at + 1);
  }

  public Optional<String> branch() {
    return params.value("branch");
  }

  /// Whether the branch was made by RFC 3261 rules and so identifies the transaction.
  public boolean hasMagicBranch() {
    return branch().filter(b -> b.regionMatches(true, 0, MAGIC_COOKIE, 0, MAGIC_COOKIE.length())).isPresent();
  }

  /// The source address that the next hop saw, without the brackets that some write around IPv6 (RFC 5118 section 4.5).
  public Optional<String> received() {
    return params.value("received").map(IpAddress::bare);
  }

  /// The value of rport; empty both where the parameter is missing and where it is only asked for (see [#asksRport]; RFC 3581).
  public OptionalInt rport() {
    String text = params.value("rport").orElse("");
    long port = Grammar.number(text, 0, text.length(), 65_535);
    return port < 0 ? OptionalInt.empty() : OptionalInt.of((int) port);
  }

  /// Whether the client wrote `rport`, with or without a value (RFC 3581 section 3).
  public boolean asksRport() {
    return params.has("rport");
  }

  public Optional<String> maddr() {
    return params.value("maddr");
  }

  public Via with(String param, String value) {
    return new Via(transport, host, port, params.with(param, value));
  }

  /// `host` or `host:port` as it is written.
  public String sentBy() {
    return port < 0 ? host : host + ":" + port;
  }

  @Override
  public String toString() {
    return "SIP/2.0/" + transport + " " + sentBy() + params;
  }
}
