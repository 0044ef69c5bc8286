// A SIP request.
package tucket.protocol.sip;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// A request (RFC 3261 section 7.1). The Request-URI is parsed when asked for.
public final class SipRequest extends SipMessage {
  private final String method;
  @Nullable Uri uri;

  SipRequest(Parts parts, String method) {
    super(parts);
    this.method = method;
  }

  /// A request with a start line and nothing else; use [#edit] to give it headers.
  public static SipRequest of(String method, Uri uri) {
    if (!Grammar.isToken(method)) {
      throw new IllegalArgumentException("not a method: a token is needed");
    }
    byte[] head = StartLine.request(method, uri);
    return new SipRequest(new Parts(head, 0, head.length, new Line[0], new byte[0], 0, 0, false), Methods.known(method));
  }

  public String method() {
    return method;
  }

  /// Whether the method is that one; methods are case-sensitive.
  public boolean is(String wanted) {
    return method.equals(wanted);
  }

  /// The text between the first and the last blank of the start line.
  public String uriText() {
    int from = headFrom;
    while (head[from] != ' ') {
      from++;
    }
    int to = headTo - 2;
    while (head[to - 1] == ' ') {
      to--;
    }
    while (to > from && head[to - 1] != ' ') {
      to--;
    }
    return to - 1 <= from ? "" : new String(head, from + 1, to - from - 2, StandardCharsets.UTF_8);
  }

  /// The Request-URI.
  public Uri uri() {
    Uri cached = uri;
    if (cached == null) {
      try {
        cached = Uri.parse(uriText());
      } catch (Malformed bad) {
        throw new Malformed("Request-URI: " + bad.getMessage());
      }
      uri = cached;
    }
    return cached;
  }

  /// Whether there is one Contact and it is `*` (RFC 3261 section 10.2.2).
  public boolean isContactStar() {
    List<String> contacts = values(Header.CONTACT);
    return contacts.size() == 1 && contacts.getFirst().equals("*");
  }

  public SipRequest withUri(Uri to) {
    return edit().uri(to).request();
  }

  @Override
  public SipRequest with(Header h, String value) {
    return edit().with(h, value).request();
  }

  @Override
  public SipRequest prepend(Header h, String value) {
    return edit().prepend(h, value).request();
  }

  @Override
  public SipRequest append(Header h, String value) {
    return edit().append(h, value).request();
  }

  @Override
  public SipRequest without(Header h) {
    return edit().without(h).request();
  }

  @Override
  public SipRequest withoutFirstValue(Header h) {
    return edit().withoutFirstValue(h).request();
  }

  @Override
  public SipRequest withBody(MediaType type, byte[] body) {
    return edit().body(type, body).request();
  }

  @Override
  public SipRequest withoutBody() {
    return edit().withoutBody().request();
  }
}
