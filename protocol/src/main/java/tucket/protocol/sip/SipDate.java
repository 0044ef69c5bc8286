// The Date header.
package tucket.protocol.sip;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import tucket.protocol.Malformed;

/// `Sat, 13 Nov 2010 23:29:00 GMT` (RFC 3261 section 20.17): GMT is the only zone.
public final class SipDate {
  private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH);

  private SipDate() {}

  /// @throws Malformed where the text is not in that form; no element has to refuse a message for it (RFC 4475 section 3.1.2.12)
  public static Instant parse(String text) {
    try {
      return FORMAT.parse(text.strip(), java.time.LocalDateTime::from).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException bad) {
      throw new Malformed("Date is not a date in GMT");
    }
  }

  public static String write(Instant date) {
    return FORMAT.format(date.atOffset(ZoneOffset.UTC));
  }
}
