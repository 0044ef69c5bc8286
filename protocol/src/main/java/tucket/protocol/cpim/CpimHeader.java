// One header line of a CPIM message.
package tucket.protocol.cpim;

import java.util.Locale;
import tucket.protocol.Malformed;
import tucket.protocol.mime.HeaderBlock;

/// A line of the message metadata (RFC 3862 sections 3 and 2.3). `name` is as written, with its prefix: `imdn.Message-ID`. `params` are
/// those behind the colon, `;lang=fr`, or empty. `value` is what stands on the wire, escapes untouched, without blanks around it; [#text]
/// undoes them.
public record CpimHeader(String name, String params, String value) {
  public CpimHeader {
    if (name.isEmpty() || name.indexOf(':') >= 0 || hasLineEnd(name) || hasLineEnd(params) || hasLineEnd(value)) {
      throw new IllegalArgumentException("not one CPIM header line: " + name);
    }
  }

  public CpimHeader(String name, String value) {
    this(name, "", value);
  }

  /// A header whose value is `text`, escaped where RFC 3862 section 2.3.1 demands it.
  public static CpimHeader ofText(String name, String text) {
    return new CpimHeader(name, escape(text));
  }

  /// Reads one line. Lenient: any number of blanks behind the colon, also none.
  static CpimHeader parse(String written) {
    String line = written.strip();
    int colon = line.indexOf(':');
    String name = colon < 0 ? "" : line.substring(0, colon).strip();
    if (!HeaderBlock.isName(name)) {
      throw new Malformed("CPIM header line without a name and colon");
    }
    int at = colon + 1;
    boolean quoted = false;
    if (at < line.length() && line.charAt(at) == ';') { // RFC 3862 section 3.3
      while (at < line.length() && (quoted || line.charAt(at) != ' ')) {
        quoted ^= line.charAt(at) == '"';
        at++;
      }
    }
    return new CpimHeader(name, line.substring(colon + 1, at), line.substring(at).strip());
  }

  private static boolean hasLineEnd(String text) {
    return text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0;
  }

  /// The value with its escapes undone.
  public String text() {
    return unescape(value);
  }

  /// RFC 3862 section 2.3: `\\ \" \' \b \t \n \r` and four hexadecimal digits behind a backslash and u; an unknown escape stands for the
  /// character behind the backslash, a lone backslash at the end for nothing.
  static String unescape(String value) {
    if (value.indexOf('\\') < 0) {
      return value;
    }
    StringBuilder out = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      i++;
      if (i == value.length()) {
        break;
      }
      int code = value.charAt(i) == 'u' ? hex4(value, i + 1) : -1;
      if (code >= 0) {
        out.append((char) code);
        i += 4;
      } else {
        out.append(special(value.charAt(i)));
      }
    }
    return out.toString();
  }

  private static char special(char c) {
    return switch (c) {
      case 'b' -> '\b';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      default -> c;
    };
  }

  private static int hex4(String text, int at) {
    if (at + 4 > text.length()) {
      return -1;
    }
    int code = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), 16) : -1;
      if (digit < 0) {
        return -1;
      }
      code = code * 16 + digit;
    }
    return code;
  }

  /// Escapes backslash and control characters; quotes are the business of whoever writes a quoted string ([CpimAddress]).
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        default -> appendPlainOrCode(out, c);
      }
    }
    return out.toString();
  }

  private static void appendPlainOrCode(StringBuilder out, char c) {
    if (c < ' ' || c == 127) {
      out.append('\\').append('u').append(String.format(Locale.ROOT, "%04x", (int) c));
    } else {
      out.append(c);
    }
  }

  /// The line without its end: `name:params value`, exactly one blank before the value.
  @Override
  public String toString() {
    return name + ":" + params + " " + value;
  }
}
