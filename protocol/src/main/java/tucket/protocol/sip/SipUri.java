// A sip: or sips: URI.
package tucket.protocol.sip;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;

/// `sip:user:password@host:port;params?headers` (RFC 3261 section 19.1). Immutable.
public final class SipUri implements Uri {
  private static final String USER_MARKS = "-_.!~*'()&=+$,;?/";
  private static final boolean[] WRITTEN_IN_USER = Grammar.set(USER_MARKS);
  // '#' is no user character, but phones that dial service codes write it
  private static final boolean[] READ_IN_USER = Grammar.set(USER_MARKS + "%#");
  private static final boolean[] READ_IN_PASSWORD = Grammar.set("-_.!~*'()&=+$,%");
  /// RFC 3261 section 19.1.4: one of these in only one of two URIs makes them differ.
  private static final List<String> TELLING = List.of("user", "ttl", "method", "maddr");

  private final boolean secure;
  private final String user;
  private final String password;
  private final String host;
  private final int port;
  private final Params params;
  private final String headers;
  // What was made of it: two threads may both do so, which costs time and nothing else.
  private @Nullable String text;
  private @Nullable AddressOfRecord identity;

  private SipUri(boolean secure, String user, String password, String host, int port, Params params, String headers) {
    this.secure = secure;
    this.user = user;
    this.password = password;
    this.host = host;
    this.port = port;
    this.params = params;
    this.headers = headers;
  }

  public static SipUri of(String user, String host) {
    return new SipUri(false, user, "", host, -1, Params.NONE, "");
  }

  /// Reads a whole `sip:` or `sips:` URI.
  public static SipUri parse(String text) {
    if (Uri.parse(text) instanceof SipUri uri) {
      return uri;
    }
    throw new Malformed("URI is not sip or sips");
  }

  static SipUri parse(String text, int from, boolean secure) {
    int at = text.indexOf('@', from);
    String user = "";
    String password = "";
    int host = from;
    if (at >= 0) {
      int colon = text.indexOf(':', from);
      int end = colon >= 0 && colon < at ? colon : at;
      if (end == from) {
        throw new Malformed("URI has an empty user");
      }
      user = UriParams.unescape(checked(text.substring(from, end), READ_IN_USER));
      password = end < at ? checked(text.substring(end + 1, at), READ_IN_PASSWORD) : "";
      host = at + 1;
    }
    Grammar.HostPort hostPort = Grammar.HostPort.read(text, host, false, "URI");
    int question = text.indexOf('?', hostPort.end());
    int end = question < 0 ? text.length() : question;
    Params params = UriParams.parse(text, hostPort.end(), end);
    return new SipUri(secure, user, password, hostPort.host(), hostPort.port(), params, question < 0 ? "" : headers(text, question + 1));
  }

  private static String checked(String text, boolean[] allowed) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Grammar.isIn(allowed, c)) {
        throw new Malformed("URI has a character that is not allowed in its user part");
      }
      if (c == '%') {
        UriParams.escaped(text, i, text.length());
      }
    }
    return text;
  }

  private static String headers(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (!Grammar.isUriHeader(text.charAt(i))) {
        throw new Malformed("URI has a character that is not allowed in its headers");
      }
      if (text.charAt(i) == '%') {
        UriParams.escaped(text, i, text.length());
      }
    }
    return text.substring(from);
  }

  @Override
  public String scheme() {
    return secure ? "sips" : "sip";
  }

  public boolean secure() {
    return secure;
  }

  /// Unescaped; empty text where there is none.
  public String user() {
    return user;
  }

  /// As written; empty text where there is none.
  public String password() {
    return password;
  }

  /// As written, IPv6 in brackets.
  public String host() {
    return host;
  }

  /// -1 where none is written.
  public int port() {
    return port;
  }

  /// Unescaped.
  public Params params() {
    return params;
  }

  /// What follows `?`, as written; empty text where there is none.
  public String headers() {
    return headers;
  }

  /// The user it names.
  AddressOfRecord identity() {
    AddressOfRecord known = identity;
    if (known == null) {
      known = AddressOfRecord.named(this);
      identity = known;
    }
    return known;
  }

  /// The transport parameter in lower case.
  public Optional<String> transport() {
    return params.value("transport").map(Grammar::lower);
  }

  /// Whether this is the URI of a loose router: it has `lr` (RFC 3261 section 19.1.1).
  public boolean isLoose() {
    return params.has("lr");
  }

  /// `host` or `host:port` as written.
  public String hostPort() {
    return port < 0 ? host : host + ":" + port;
  }

  public SipUri withUser(String to) {
    return new SipUri(secure, to, password, host, port, params, headers);
  }

  public SipUri withHostPort(String toHost, int toPort) {
    return port == toPort && host.equals(toHost) ? this : new SipUri(secure, user, password, toHost, toPort, params, headers);
  }

  public SipUri withParams(Params to) {
    return new SipUri(secure, user, password, host, port, to, headers);
  }

  public SipUri withParam(String name, String value) {
    return withParams(params.with(name, value));
  }

  public SipUri withParam(String name) {
    return withParams(params.with(name));
  }

  public SipUri withoutParam(String name) {
    return withParams(params.without(name));
  }

  public SipUri withoutHeaders() {
    return headers.isEmpty() ? this : new SipUri(secure, user, password, host, port, params, "");
  }

  /// Whether this is `sip:user@host` and no more.
  boolean isBare() {
    return !secure && port < 0 && password.isEmpty() && params.isEmpty() && headers.isEmpty();
  }

  /// Whether both are equivalent by RFC 3261 section 19.1.4. This relation is not transitive, so it is no `equals`.
  public boolean sameAs(SipUri other) {
    return secure == other.secure
        && port == other.port
        && user.equals(other.user)
        && UriParams.unescape(password).equals(UriParams.unescape(other.password))
        && IpAddress.sameHost(host, other.host)
        && sameParams(other.params)
        && headerSet(headers).equals(headerSet(other.headers));
  }

  private boolean sameParams(Params others) {
    for (String name : TELLING) {
      if (params.has(name) != others.has(name)) {
        return false;
      }
    }
    for (Params.Param mine : params.list()) {
      if (others.has(mine.name()) && !value(params, mine.name()).equalsIgnoreCase(value(others, mine.name()))) {
        return false;
      }
    }
    return true;
  }

  private static String value(Params params, String name) {
    return params.value(name).orElse("");
  }

  /// URI headers as `name=value` with the name in lower case; their order does not matter.
  private static Set<String> headerSet(String headers) {
    Set<String> set = new HashSet<>();
    for (String header : headers.split("&", -1)) {
      int equals = header.indexOf('=');
      if (equals < 0) {
        set.add(header);
      } else {
        set.add(Grammar.lower(UriParams.unescape(header.substring(0, equals))) + "=" + UriParams.unescape(header.substring(equals + 1)));
      }
    }
    return set;
  }

  /// The user part as it stands on the wire.
  String escapedUser() {
    return UriParams.escape(user, WRITTEN_IN_USER);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof SipUri u && secure == u.secure && port == u.port && user.equals(u.user) && password.equals(u.password)
        && host.equals(u.host) && params.equals(u.params) && headers.equals(u.headers);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * user.hashCode() + host.hashCode()) + port;
  }

  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = written();
      text = known;
    }
    return known;
  }

  private String written() {
    if (isBare()) {
      return user.isEmpty() ? "sip:" + host : "sip:" + escapedUser() + "@" + host;
    }
    StringBuilder out = new StringBuilder(64).append(secure ? "sips:" : "sip:");
    if (!user.isEmpty()) {
      out.append(escapedUser());
      if (!password.isEmpty()) {
        out.append(':').append(password);
      }
      out.append('@');
    }
    out.append(host);
    if (port >= 0) {
      out.append(':').append(port);
    }
    out.append(UriParams.text(params));
    return headers.isEmpty() ? out.toString() : out.append('?').append(headers).toString();
  }
}
