// The Date header.
package tucket.protocol.sip;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import tucket.protocol.Malformed;

/// `Sat, 13 Nov 2010 23:29:00 GMT` (RFC 3261 section 20.17): GMT is the only zone.
public final class SipDate {
  private static final String DAYS = "MonTueWedThuFriSatSun";
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
  private static final String SHAPE = "Aaa, 00 Aaa 0000 00:00:00 GMT";

  private SipDate() {}

  /// The weekday is not compared with the date.
  ///
  /// @throws Malformed where the text is not in that form; no element has to refuse a message for it (RFC 4475 section 3.1.2.12)
  public static Instant parse(String text) {
    String date = text.strip();
    int month = date.length() == SHAPE.length() ? MONTHS.indexOf(date.substring(8, 11)) : -1;
    if (month < 0 || month % 3 != 0 || !hasShape(date)) {
      throw new Malformed("Date is not a date in GMT");
    }
    try {
      return LocalDateTime.of(
              number(date, 12, 16), month / 3 + 1, number(date, 5, 7), number(date, 17, 19), number(date, 20, 22), Math.min(59,
                  number(date, 23, 25)))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException noSuchDay) {
      throw new Malformed("Date is no day of the calendar");
    }
  }

  private static boolean hasShape(String date) {
    for (int i = 0; i < SHAPE.length(); i++) {
      char shape = SHAPE.charAt(i);
      char c = date.charAt(i);
      boolean fits = shape == '0' ? Grammar.isDigit(c) : shape == 'a' || shape == 'A' ? Character.isLetter(c) : c == shape;
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static int number(String date, int from, int to) {
    return (int) Grammar.number(date, from, to, 9999);
  }

  public static String write(Instant date) {
    LocalDateTime at = LocalDateTime.ofEpochSecond(date.getEpochSecond(), 0, ZoneOffset.UTC);
    int day = (at.getDayOfWeek().getValue() - 1) * 3;
    int month = (at.getMonthValue() - 1) * 3;
    StringBuilder out = new StringBuilder(SHAPE.length()).append(DAYS, day, day + 3).append(", ");
    two(out, at.getDayOfMonth()).append(' ').append(MONTHS, month, month + 3).append(' ');
    two(two(out, at.getYear() / 100), at.getYear() % 100).append(' ');
    two(two(two(out, at.getHour()).append(':'), at.getMinute()).append(':'), at.getSecond());
    return out.append(" GMT").toString();
  }

  private static StringBuilder two(StringBuilder out, int number) {
    return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }
}
