// An MSRP address.
package tucket.protocol.msrp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tucket.protocol.Malformed;

/// `msrp://user@host:port/session;tcp` (RFC 4975 section 6). `host` is as written, an IPv6 address with its brackets; `port` is -1 where
/// there is none; `sessionId` may be empty (an AUTH to a relay). `params` is what follows the transport, with its semicolon, or empty.
public record MsrpUri(boolean secure, String user, String host, int port, String sessionId, String transport, String params) {
  /// A longer URI is [Malformed].
  public static final int MAX_LENGTH = 1024;
  /// A path of more URIs is [Malformed].
  public static final int MAX_PATH = 16;
  /// The port where none is written (RFC 4975 section 15.4).
  public static final int DEFAULT_PORT = 2855;

  /// One on TCP without user.
  public static MsrpUri of(boolean secure, String host, int port, String sessionId) {
    return new MsrpUri(secure, "", host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host, port, sessionId, "tcp", "");
  }

  public static MsrpUri parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new Malformed("MSRP URI too long");
    }
    int colon = text.indexOf("://");
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("msrp") && !scheme.equals("msrps") || !Text.consistsOf(text, c -> c > ' ' && c != 127)) {
      throw new Malformed("MSRP URI is not msrp:// or msrps://");
    }
    int start = colon + 3;
    int semicolon = text.indexOf(';', start);
    int rest = semicolon < 0 ? text.length() : semicolon;
    int slash = text.indexOf('/', start);
    int authorityEnd = slash < 0 || slash > rest ? rest : slash;
    String sessionId = authorityEnd < rest ? text.substring(authorityEnd + 1, rest) : "";
    int second = semicolon < 0 ? -1 : text.indexOf(';', semicolon + 1);
    String transport = semicolon < 0 ? "tcp" : text.substring(semicolon + 1, second < 0 ? text.length() : second).toLowerCase(Locale.ROOT);
    return withAuthority(scheme.equals("msrps"), text.substring(start, authorityEnd), sessionId, transport, second < 0 ? ""
        : text.substring(second));
  }

  private static MsrpUri withAuthority(boolean secure, String authority, String sessionId, String transport, String params) {
    int at = authority.lastIndexOf('@');
    String hostPort = authority.substring(at + 1);
    int close = hostPort.startsWith("[") ? hostPort.indexOf(']') : 0;
    int colon = close < 0 ? -1 : hostPort.indexOf(':', close);
    String host = colon < 0 ? hostPort : hostPort.substring(0, colon);
    if (host.isEmpty() || close < 0) {
      throw new Malformed("MSRP URI without host");
    }
    return new MsrpUri(secure, at < 0 ? "" : authority.substring(0, at), host, colon < 0 ? -1 : port(hostPort.substring(colon + 1)),
        sessionId,
        transport, params);
  }

  private static int port(String text) {
    boolean digits = !text.isEmpty() && text.length() <= 5 && Text.consistsOf(text, c -> c >= '0' && c <= '9');
    int port = digits ? Integer.parseInt(text) : -1;
    if (port < 0 || port > 65535) {
      throw new Malformed("MSRP URI with a bad port");
    }
    return port;
  }

  /// A path: URIs with blanks between them (RFC 4975 section 9); at least one.
  public static List<MsrpUri> parsePath(String text) {
    List<MsrpUri> found = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf(' ', at);
      end = end < 0 ? text.length() : end;
      if (end > at) {
        if (found.size() == MAX_PATH) {
          throw new Malformed("MSRP path too long");
        }
        found.add(parse(text.substring(at, end)));
      }
      at = end + 1;
    }
    if (found.isEmpty()) {
      throw new Malformed("MSRP path without URI");
    }
    return List.copyOf(found);
  }

  /// The path as it is written in To-Path, From-Path, Use-Path and a=path.
  public static String writePath(List<MsrpUri> path) {
    return path.size() == 1 ? path.getFirst().toString() : String.join(" ", path.stream().map(MsrpUri::toString).toList());
  }

  /// Whether both name the same end point (RFC 4975 section 6.1): host and transport without regard to case, session id with, a missing
  /// port equal only to a missing one, parameters and user not regarded.
  public boolean sameAs(MsrpUri other) {
    return secure == other.secure && host.equalsIgnoreCase(other.host) && port == other.port && sessionId.equals(other.sessionId)
        && transport.equals(other.transport);
  }

  /// Whether both name the same session by its id alone, which is all that survives the gateways and mistaken addresses of the field.
  public boolean sameSession(MsrpUri other) {
    return !sessionId.isEmpty() && sessionId.equals(other.sessionId);
  }

  /// The port to connect to.
  public int portOrDefault() {
    return port < 0 ? DEFAULT_PORT : port;
  }

  @Override
  public String toString() {
    return (secure ? "msrps://" : "msrp://") + (user.isEmpty() ? "" : user + "@") + host + (port < 0 ? "" : ":" + port)
        + (sessionId.isEmpty() ? "" : "/" + sessionId) + ";" + transport + params;
  }
}
