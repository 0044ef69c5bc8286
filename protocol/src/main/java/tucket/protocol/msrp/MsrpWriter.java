// Writes MSRP requests and responses.
package tucket.protocol.msrp;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tucket.protocol.mime.Octets;

/// RFC 4975 section 9: the two paths first, Content headers last and of these Content-Type at the very end; names exactly as the RFCs spell
/// them, because terminals look them up with case.
public final class MsrpWriter {
  private static final Map<String, String> NAMES = List.of(MsrpHeader.TO_PATH, MsrpHeader.FROM_PATH, MsrpHeader.MESSAGE_ID,
      MsrpHeader.BYTE_RANGE,
      MsrpHeader.SUCCESS_REPORT, MsrpHeader.FAILURE_REPORT, MsrpHeader.STATUS, MsrpHeader.CONTENT_TYPE, MsrpHeader.USE_PATH,
          MsrpHeader.EXPIRES,
      MsrpHeader.MIN_EXPIRES, MsrpHeader.MAX_EXPIRES, MsrpHeader.WWW_AUTHENTICATE, MsrpHeader.AUTHORIZATION, MsrpHeader.AUTHENTICATION_INFO,
      MsrpHeader.USE_NICKNAME, "Content-ID", "Content-Description", "Content-Disposition").stream()
      .collect(Collectors.toUnmodifiableMap(n -> n.toLowerCase(Locale.ROOT), n -> n));

  private static final Set<String> SPELLINGS = Set.copyOf(NAMES.values());

  private MsrpWriter() {}

  /// A response, always with a comment in its status line.
  public static byte[] write(MsrpResponse response) {
    return head(response, false).append("-------").append(response.transactionId()).append("$\r\n").toBytes();
  }

  /// A request without a body. Content headers are left out, as such a request must not have any (RFC 4975 section 7.1).
  public static byte[] write(MsrpRequest request) {
    return write(request, Continuation.COMPLETE);
  }

  /// A bodiless request with that flag, as an abort needs it.
  public static byte[] write(MsrpRequest request, Continuation flag) {
    return head(request, false).append("-------").append(request.transactionId()).append(flag).toBytes();
  }

  /// A request with `body[from, to)`, which may be empty. The request must have a Content-Type, and [#isFree] hold for its transaction id.
  public static byte[] write(MsrpRequest request, byte[] body, int from, int to, Continuation flag) {
    if (request.first(MsrpHeader.CONTENT_TYPE).isEmpty()) {
      throw new IllegalArgumentException("an MSRP body needs a Content-Type");
    }
    byte[] head = head(request, true).append("\r\n").toBytes();
    byte[] end = new Out().append("\r\n-------").append(request.transactionId()).append(flag).toBytes();
    byte[] whole = Arrays.copyOf(head, head.length + to - from + end.length);
    System.arraycopy(body, from, whole, head.length, to - from);
    System.arraycopy(end, 0, whole, head.length + to - from, end.length);
    return whole;
  }

  /// Whether a transaction id may be used for that body: its end line must not occur there (RFC 4975 section 7.1).
  public static boolean isFree(String transactionId, byte[] body, int from, int to) {
    byte[] needle = Octets.encode("-------" + transactionId);
    int last = to - needle.length;
    for (int i = from; i <= last; i++) {
      if (body[i] == '-' && at(body, i, needle)) {
        return false;
      }
    }
    return true;
  }

  private static boolean at(byte[] body, int at, byte[] needle) {
    for (int i = 0; i < needle.length; i++) {
      if (body[at + i] != needle[i]) {
        return false;
      }
    }
    return true;
  }

  private static Out head(MsrpMessage message, boolean content) {
    Out out = new Out().append(message.startLine()).append("\r\n");
    header(message, MsrpHeader.TO_PATH, out);
    header(message, MsrpHeader.FROM_PATH, out);
    for (MsrpHeader h : message.headers()) {
      String name = canonical(h.name());
      if (!name.equals(MsrpHeader.TO_PATH) && !name.equals(MsrpHeader.FROM_PATH) && !isContent(name)) {
        out.header(name, h.value());
      }
    }
    if (content) {
      for (MsrpHeader h : message.headers()) {
        String name = canonical(h.name());
        if (isContent(name) && !name.equals(MsrpHeader.CONTENT_TYPE)) {
          out.header(name, h.value());
        }
      }
      header(message, MsrpHeader.CONTENT_TYPE, out);
    }
    return out;
  }

  private static String canonical(String name) {
    return SPELLINGS.contains(name) ? name : NAMES.getOrDefault(name.toLowerCase(Locale.ROOT), name);
  }

  private static void header(MsrpMessage message, String name, Out out) {
    message.first(name).ifPresent(v -> out.header(name, v));
  }

  private static boolean isContent(String name) {
    return name.regionMatches(true, 0, "Content-", 0, 8);
  }

  /// Text that grows.
  private static final class Out {
    private final StringBuilder text = new StringBuilder(400);

    Out append(String more) {
      text.append(more);
      return this;
    }

    Out append(Continuation flag) {
      text.append(flag.flag());
      return append("\r\n");
    }

    void header(String name, String value) {
      append(name).append(": ").append(value).append("\r\n");
    }

    byte[] toBytes() {
      return Octets.encode(text.toString());
    }
  }
}
