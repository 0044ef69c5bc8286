// Parameters inside a URI: unlike those of a header they are never quoted, and reserved characters are percent-escaped.
package tucket.protocol.sip;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;

/// Reads and writes `uri-parameters` (RFC 3261 section 25.1) and percent escapes. Names and values are held unescaped, so that `%6C%72` is
/// `lr` (RFC 4475 section 3.1.1.3); they are escaped once, when they are written.
final class UriParams {
  private static final String MARKS = "-_.!~*'()[]/:&+$";
  private static final boolean[] IN_NAME = Grammar.set(MARKS);
  /// An equals sign is no paramchar, but values that end in base64 padding are common and clear.
  private static final boolean[] IN_VALUE = Grammar.set(MARKS + "=");
  private static final String HEX = "0123456789ABCDEF";

  private UriParams() {}

  /// Parses `;a=b;c` in `text[from, to)`.
  static Params parse(String text, int from, int to) {
    if (from >= to) {
      return Params.NONE;
    }
    List<Params.Param> found = new ArrayList<>(3);
    int at = from;
    while (at < to) {
      if (text.charAt(at) != ';') {
        throw new Malformed("URI has something other than a parameter behind its address");
      }
      int end = text.indexOf(';', at + 1);
      end = end < 0 || end > to ? to : end;
      if (end > at + 1) {
        found.add(one(text, at + 1, end));
      }
      at = end;
    }
    return Params.of(found);
  }

  private static Params.Param one(String text, int from, int to) {
    int equals = -1;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '=' && equals < 0 && i > from) {
        equals = i;
      } else if (c == '=' && equals < 0 || c != '=' && !Grammar.isUriParam(c)) {
        throw new Malformed("URI parameter has a character that is not allowed");
      } else if (c == '%' && i + 2 >= to) {
        throw new Malformed("URI has a bad % escape");
      }
    }
    return equals < 0
        ? new Params.Param(unescape(text.substring(from, to)), Optional.empty())
        : new Params.Param(unescape(text.substring(from, equals)), Optional.of(unescape(text.substring(equals + 1, to))));
  }

  /// The octet that the escape at `at` stands for.
  static int escaped(String text, int at, int to) {
    int high = at + 2 < to ? digit(text.charAt(at + 1)) : -1;
    int low = at + 2 < to ? digit(text.charAt(at + 2)) : -1;
    if (high < 0 || low < 0) {
      throw new Malformed("URI has a bad % escape");
    }
    return high << 4 | low;
  }

  private static int digit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  static String text(Params params) {
    if (params.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    for (Params.Param p : params.list()) {
      out.append(';').append(escape(p.name(), IN_NAME));
      p.value().ifPresent(v -> out.append('=').append(escape(v, IN_VALUE)));
    }
    return out.toString();
  }

  /// `text` with its percent escapes decoded as UTF-8.
  static String unescape(String text) {
    int percent = text.indexOf('%');
    if (percent < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int plain = 0;
    while (percent >= 0) {
      bytes.writeBytes(text.substring(plain, percent).getBytes(StandardCharsets.UTF_8));
      bytes.write(escaped(text, percent, text.length()));
      plain = percent + 3;
      percent = text.indexOf('%', plain);
    }
    bytes.writeBytes(text.substring(plain).getBytes(StandardCharsets.UTF_8));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException bad) {
      // two different escapes must never become the same name, so nothing is replaced
      throw new Malformed("URI has % escapes that are not UTF-8");
    }
  }

  /// `text` with everything escaped that is not `plain`.
  static String escape(String text, boolean[] plain) {
    int at = 0;
    while (at < text.length() && Grammar.isIn(plain, text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 8).append(text, 0, at);
    for (byte b : text.substring(at).getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && Grammar.isIn(plain, (char) b)) {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
      }
    }
    return out.toString();
  }
}
