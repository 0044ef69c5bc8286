// The canonical key of a user, made from any URI that names him.
package tucket.protocol.sip;

import org.jspecify.annotations.Nullable;

/// An identity for comparing and storing: `sip:user@host` with the host in lower case and neither port, password, parameters nor headers
/// (RFC 3261 section 10.3 step 5), or `tel:+E164` for a global number, also where it came as `sip:+E164@host;user=phone`
/// (RFC 3261 section 19.1.6). `sips` counts as `sip`: both name the same user. National numbers are taken as written.
public final class AddressOfRecord {
  private final String value;
  private @Nullable Uri uri; // a cache of an immutable value: two threads may both fill it, which costs time and nothing else

  public AddressOfRecord(String value) {
    this.value = value;
  }

  private AddressOfRecord(String value, Uri uri) {
    this.value = value;
    this.uri = uri;
  }

  public static AddressOfRecord of(Uri uri) {
    return switch (uri) {
      case SipUri sip -> sip.identity();
      case TelUri tel -> new AddressOfRecord(key(tel));
      case OtherUri other -> new AddressOfRecord(other.toString());
    };
  }

  /// Reads the URI first.
  public static AddressOfRecord of(String uri) {
    return of(Uri.parse(uri));
  }

  static AddressOfRecord named(SipUri uri) {
    if (uri.params().value("user").filter("phone"::equalsIgnoreCase).isPresent()) {
      int semicolon = uri.user().indexOf(';');
      String number = semicolon < 0 ? uri.user() : uri.user().substring(0, semicolon);
      if (TelUri.isGlobal(number)) {
        return new AddressOfRecord("tel:" + TelUri.withoutSeparators(number));
      }
    }
    String host = Grammar.lower(uri.host());
    if (host.length() > 1 && host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    SipUri bare = uri.isBare() && host.equals(uri.host()) ? uri : SipUri.of(uri.user(), host);
    return new AddressOfRecord(bare.toString(), bare);
  }

  private static String key(TelUri uri) {
    if (uri.isGlobal()) {
      return "tel:" + uri.digits();
    }
    String context = uri.params().value("phone-context").map(c -> ";phone-context=" + Grammar.lower(c)).orElse("");
    return "tel:" + Grammar.lower(uri.digits()) + context;
  }

  /// The text.
  public String value() {
    return value;
  }

  /// Read once.
  public Uri uri() {
    Uri cached = uri;
    if (cached == null) {
      cached = Uri.parse(value);
      uri = cached;
    }
    return cached;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof AddressOfRecord a && a.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
