// Telephone numbers in the one form by which users are found: E.164.
package tucket.server.core;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.TelUri;
import tucket.protocol.sip.Uri;

/// Reads the number of a tel URI or of a SIP URI with `user=phone` by the numbering plan of one country (RFC 3966 section 5.1.5 calls for a
/// canonical form). Thread-safe.
public final class Numbers {
  private static final int MAX_DIGITS = 40;

  private final PhoneNumberUtil plan = PhoneNumberUtil.getInstance();
  private final String region;

  /// @param region ISO 3166 code of the country; empty: only global numbers are understood
  public Numbers(String region) {
    this.region = region;
  }

  /// The number that the URI stands for as `tel:+E164`; empty where it is none.
  public Optional<AddressOfRecord> canonical(Uri uri) {
    return switch (uri) {
      case TelUri tel -> canonical(withContext(tel));
      case SipUri sip when phone(sip) -> canonical(sip.user());
      default -> Optional.empty();
    };
  }

  /// A number as people write it.
  public Optional<AddressOfRecord> canonical(String written) {
    int semicolon = written.indexOf(';');
    String number = semicolon < 0 ? written : written.substring(0, semicolon);
    if (number.isEmpty() || number.length() > MAX_DIGITS || region.isEmpty() && number.charAt(0) != '+') {
      return Optional.empty();
    }
    try {
      String e164 = plan.format(plan.parse(number, region.isEmpty() ? null : region), PhoneNumberFormat.E164);
      return Optional.of(new AddressOfRecord("tel:" + e164));
    } catch (NumberParseException notOne) {
      return Optional.empty();
    }
  }

  // RFC 3966 section 5.1.5: a local number is completed by the global number of its phone-context.
  private static String withContext(TelUri tel) {
    if (tel.isGlobal()) {
      return tel.digits();
    }
    return tel.params().value("phone-context").filter(c -> c.startsWith("+")).map(c -> c + tel.digits()).orElse(tel.digits());
  }

  private static boolean phone(SipUri sip) {
    return sip.params().value("user").filter("phone"::equalsIgnoreCase).isPresent()
        || sip.user().length() > 1 && sip.user().charAt(0) == '+' && sip.user().chars().skip(1).allMatch(Character::isDigit);
  }
}
