// Which part of a message a chunk is.
package tucket.protocol.msrp;

import java.util.OptionalLong;
import tucket.protocol.Malformed;

/// `Byte-Range: 1-*/1024` (RFC 4975 section 7.1.1). Positions count from 1; `end` and `total` are empty where `*` stands.
public record ByteRange(long start, OptionalLong end, OptionalLong total) {
  /// What a request without the header means.
  public static final ByteRange WHOLE = new ByteRange(1, OptionalLong.empty(), OptionalLong.empty());

  public static ByteRange of(long start, long end, long total) {
    return new ByteRange(start, OptionalLong.of(end), OptionalLong.of(total));
  }

  /// Lenient: blanks anywhere, a missing total.
  public static ByteRange parse(String text) {
    String plain = text.replace(" ", "");
    int dash = plain.indexOf('-');
    int slash = plain.indexOf('/');
    if (dash <= 0 || slash >= 0 && slash < dash) {
      throw new Malformed("Byte-Range is not start-end/total");
    }
    long start = number(plain.substring(0, dash));
    OptionalLong end = numberOrStar(plain.substring(dash + 1, slash < 0 ? plain.length() : slash));
    OptionalLong total = slash < 0 ? OptionalLong.empty() : numberOrStar(plain.substring(slash + 1));
    if (start < 1 || end.isPresent() && end.getAsLong() < start - 1) {
      throw new Malformed("Byte-Range starts before 1 or ends before its start");
    }
    return new ByteRange(start, end, total);
  }

  private static OptionalLong numberOrStar(String text) {
    return text.equals("*") || text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(number(text));
  }

  private static long number(String text) {
    if (text.isEmpty() || text.length() > 18 || !Text.consistsOf(text, c -> c >= '0' && c <= '9')) {
      throw new Malformed("Byte-Range has a bad number");
    }
    return Long.parseLong(text);
  }

  private static String text(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : "*";
  }

  @Override
  public String toString() {
    return start + "-" + text(end) + "/" + text(total);
  }
}
