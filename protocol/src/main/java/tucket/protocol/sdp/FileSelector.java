// Which file is meant, in the offer of a file transfer.
package tucket.protocol.sdp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// `a=file-selector:name:"x.jpg" type:image/jpeg size:123 hash:sha-1:72:..` (RFC 5547 section 6). Every part may be missing; unknown parts
/// and a size that is no number are passed over. `hash` is kept as written, with its algorithm.
public record FileSelector(Optional<String> name, Optional<String> type, OptionalLong size, Optional<String> hash) {
  public static final FileSelector NONE = new FileSelector(Optional.empty(), Optional.empty(), OptionalLong.empty(), Optional.empty());

  public static FileSelector parse(String text) {
    FileSelector found = NONE;
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) == ' ') {
        at++;
        continue;
      }
      int end = end(text, at);
      found = found.with(text.substring(at, end));
      at = end;
    }
    return found;
  }

  /// A selector ends at a blank outside quotes.
  private static int end(String text, int from) {
    boolean quoted = false;
    int i = from;
    while (i < text.length() && (quoted || text.charAt(i) != ' ')) {
      quoted ^= text.charAt(i) == '"';
      i++;
    }
    return i;
  }

  private FileSelector with(String part) {
    int colon = part.indexOf(':');
    String value = part.substring(colon + 1);
    return switch (colon < 0 ? "" : part.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "name" -> new FileSelector(Optional.of(decode(unquote(value))), type, size, hash);
      case "type" -> new FileSelector(name, Optional.of(value), size, hash);
      case "size" -> new FileSelector(name, type, number(value), hash);
      case "hash" -> new FileSelector(name, type, size, hash.or(() -> Optional.of(value)));
      default -> this;
    };
  }

  private static String unquote(String text) {
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"") ? text.substring(1, text.length() - 1) : text;
  }

  private static OptionalLong number(String text) {
    try {
      long value = Long.parseLong(text);
      return value >= 0 ? OptionalLong.of(value) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
      if (low >= 0) {
        out.write(high * 16 + low);
        i += 2;
      } else {
        out.write(bytes[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /// RFC 5547 section 6: NUL, CR, LF, the double quote and the percent sign are percent-encoded.
  private static String encode(String text) {
    return text.replace("%", "%25").replace("\0", "%00").replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    name.ifPresent(n -> out.append(" name:\"").append(encode(n)).append('"'));
    type.ifPresent(t -> out.append(" type:").append(t));
    size.ifPresent(s -> out.append(" size:").append(s));
    hash.ifPresent(h -> out.append(" hash:").append(h));
    return out.toString().strip();
  }
}
