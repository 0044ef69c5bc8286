// The names of SIP header fields, with their compact forms and a fast way from bytes to a name.
package tucket.protocol.sip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A header name. Equality ignores case and compact form (RFC 3261 sections 7.3.1 and 7.3.3): `Header.of("v")` equals [#VIA].
public final class Header {
  private static final List<Header> KNOWN = new ArrayList<>(96);

  public static final Header VIA = known("Via", "v");
  public static final Header FROM = known("From", "f");
  public static final Header TO = known("To", "t");
  public static final Header CALL_ID = known("Call-ID", "i");
  public static final Header CSEQ = known("CSeq", "");
  public static final Header CONTACT = known("Contact", "m");
  public static final Header MAX_FORWARDS = known("Max-Forwards", "");
  public static final Header ROUTE = known("Route", "");
  public static final Header RECORD_ROUTE = known("Record-Route", "");
  public static final Header CONTENT_TYPE = known("Content-Type", "c");
  public static final Header CONTENT_LENGTH = known("Content-Length", "l");
  public static final Header CONTENT_ENCODING = known("Content-Encoding", "e");
  public static final Header CONTENT_DISPOSITION = known("Content-Disposition", "");
  public static final Header CONTENT_LANGUAGE = known("Content-Language", "");
  public static final Header CONTENT_ID = known("Content-ID", "");
  public static final Header MIME_VERSION = known("MIME-Version", "");
  public static final Header EXPIRES = known("Expires", "");
  public static final Header MIN_EXPIRES = known("Min-Expires", "");
  public static final Header DATE = known("Date", "");
  public static final Header SUBJECT = known("Subject", "s");
  public static final Header SUPPORTED = known("Supported", "k");
  public static final Header REQUIRE = known("Require", "");
  public static final Header PROXY_REQUIRE = known("Proxy-Require", "");
  public static final Header UNSUPPORTED = known("Unsupported", "");
  public static final Header ALLOW = known("Allow", "");
  public static final Header ALLOW_EVENTS = known("Allow-Events", "u");
  public static final Header ACCEPT = known("Accept", "");
  public static final Header ACCEPT_ENCODING = known("Accept-Encoding", "");
  public static final Header ACCEPT_LANGUAGE = known("Accept-Language", "");
  public static final Header ACCEPT_CONTACT = known("Accept-Contact", "a");
  public static final Header REJECT_CONTACT = known("Reject-Contact", "j");
  public static final Header REQUEST_DISPOSITION = known("Request-Disposition", "d");
  public static final Header AUTHORIZATION = known("Authorization", "");
  public static final Header PROXY_AUTHORIZATION = known("Proxy-Authorization", "");
  public static final Header WWW_AUTHENTICATE = known("WWW-Authenticate", "");
  public static final Header PROXY_AUTHENTICATE = known("Proxy-Authenticate", "");
  public static final Header AUTHENTICATION_INFO = known("Authentication-Info", "");
  public static final Header PATH = known("Path", "");
  public static final Header SERVICE_ROUTE = known("Service-Route", "");
  public static final Header EVENT = known("Event", "o");
  public static final Header SUBSCRIPTION_STATE = known("Subscription-State", "");
  public static final Header P_ASSERTED_IDENTITY = known("P-Asserted-Identity", "");
  public static final Header P_PREFERRED_IDENTITY = known("P-Preferred-Identity", "");
  public static final Header P_ASSERTED_SERVICE = known("P-Asserted-Service", "");
  public static final Header P_PREFERRED_SERVICE = known("P-Preferred-Service", "");
  public static final Header P_SERVED_USER = known("P-Served-User", "");
  public static final Header P_ASSOCIATED_URI = known("P-Associated-URI", "");
  public static final Header P_CALLED_PARTY_ID = known("P-Called-Party-ID", "");
  public static final Header P_ACCESS_NETWORK_INFO = known("P-Access-Network-Info", "");
  public static final Header P_VISITED_NETWORK_ID = known("P-Visited-Network-ID", "");
  public static final Header P_CHARGING_VECTOR = known("P-Charging-Vector", "");
  public static final Header P_CHARGING_FUNCTION_ADDRESSES = known("P-Charging-Function-Addresses", "");
  public static final Header PRIVACY = known("Privacy", "");
  public static final Header REFERRED_BY = known("Referred-By", "b");
  public static final Header REFER_TO = known("Refer-To", "r");
  public static final Header REFER_SUB = known("Refer-Sub", "");
  public static final Header REPLACES = known("Replaces", "");
  public static final Header JOIN = known("Join", "");
  public static final Header REASON = known("Reason", "");
  public static final Header WARNING = known("Warning", "");
  public static final Header RETRY_AFTER = known("Retry-After", "");
  public static final Header SERVER = known("Server", "");
  public static final Header USER_AGENT = known("User-Agent", "");
  public static final Header SIP_ETAG = known("SIP-ETag", "");
  public static final Header SIP_IF_MATCH = known("SIP-If-Match", "");
  public static final Header CONTRIBUTION_ID = known("Contribution-ID", "");
  public static final Header CONVERSATION_ID = known("Conversation-ID", "");
  public static final Header IN_REPLY_TO_CONTRIBUTION_ID = known("InReplyTo-Contribution-ID", "");
  public static final Header SESSION_EXPIRES = known("Session-Expires", "x");
  public static final Header MIN_SE = known("Min-SE", "");
  public static final Header FLOW_TIMER = known("Flow-Timer", "");
  public static final Header HISTORY_INFO = known("History-Info", "");
  public static final Header DIVERSION = known("Diversion", "");
  public static final Header GEOLOCATION = known("Geolocation", "");
  public static final Header IN_REPLY_TO = known("In-Reply-To", "");
  public static final Header REPLY_TO = known("Reply-To", "");
  public static final Header ORGANIZATION = known("Organization", "");
  public static final Header PRIORITY = known("Priority", "");
  public static final Header TIMESTAMP = known("Timestamp", "");
  public static final Header ALERT_INFO = known("Alert-Info", "");
  public static final Header CALL_INFO = known("Call-Info", "");
  public static final Header ERROR_INFO = known("Error-Info", "");
  public static final Header RSEQ = known("RSeq", "");
  public static final Header RACK = known("RAck", "");
  public static final Header SECURITY_CLIENT = known("Security-Client", "");
  public static final Header SECURITY_SERVER = known("Security-Server", "");
  public static final Header SECURITY_VERIFY = known("Security-Verify", "");
  public static final Header SUPPRESS_IF_MATCH = known("Suppress-If-Match", "");
  public static final Header TRIGGER_CONSENT = known("Trigger-Consent", "");
  public static final Header IDENTITY = known("Identity", "y");

  /// Stands in a message's index for every name that is not in the table; the name itself stays in the bytes.
  static final Header OTHER = new Header("", "", false);

  /// Stands in a message's index for a line that has no header name or no colon.
  static final Header BROKEN = new Header("", "", false);

  private static final int SLOTS = 1024;
  private static final Header[] TABLE = table();
  private static final byte[][] TABLE_NAMES = names();

  private final String name;
  private final String compact;
  private final String lower;
  private final byte[] lowerBytes;
  private final byte[] nameBytes;
  private final boolean known;

  private Header(String name, String compact, boolean known) {
    this.name = name;
    this.compact = compact;
    this.lower = name.toLowerCase(Locale.ROOT);
    this.lowerBytes = lower.getBytes(StandardCharsets.UTF_8);
    this.nameBytes = name.getBytes(StandardCharsets.US_ASCII);
    this.known = known;
  }

  private static Header known(String name, String compact) {
    Header header = new Header(name, compact, true);
    KNOWN.add(header);
    return header;
  }

  private static Header[] table() {
    Header[] table = new Header[SLOTS];
    for (Header header : KNOWN) {
      table[free(table, header.lower)] = header;
      if (!header.compact.isEmpty()) {
        table[free(table, header.compact)] = header;
      }
    }
    return table;
  }

  private static int free(Header[] table, String lower) {
    int slot = hash(lower) & SLOTS - 1;
    while (table[slot] != null) {
      slot = slot + 1 & SLOTS - 1;
    }
    return slot;
  }

  private static byte[][] names() {
    byte[][] names = new byte[SLOTS][];
    for (Header header : KNOWN) {
      for (String spelling : List.of(header.lower, header.compact)) {
        if (!spelling.isEmpty()) {
          int slot = hash(spelling) & SLOTS - 1;
          while (names[slot] != null) {
            slot = slot + 1 & SLOTS - 1;
          }
          names[slot] = spelling.getBytes(StandardCharsets.US_ASCII);
        }
      }
    }
    return names;
  }

  private static int hash(String lower) {
    int hash = 0;
    for (int i = 0; i < lower.length(); i++) {
      hash = hash * 31 + (lower.charAt(i) | 0x20);
    }
    return spread(hash);
  }

  static int spread(int hash) {
    return hash ^ hash >>> 10;
  }

  /// The known header whose name is `data[from, to)` in any case or in compact form, else [#OTHER].
  ///
  /// @param hash the sum `h * 31 + (b | 0x20)` over these bytes, taken while they were scanned
  static Header find(byte[] data, int from, int to, int hash) {
    int slot = spread(hash) & SLOTS - 1;
    while (TABLE[slot] != null) {
      if (same(TABLE_NAMES[slot], data, from, to)) {
        return TABLE[slot];
      }
      slot = slot + 1 & SLOTS - 1;
    }
    return OTHER;
  }

  private static boolean same(byte[] lower, byte[] data, int from, int to) {
    if (to - from != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      int b = data[from + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /// The header of that name; surrounding blanks are not allowed.
  ///
  /// @throws IllegalArgumentException where the name is not a token
  public static Header of(String name) {
    if (!Grammar.isToken(name)) {
      throw new IllegalArgumentException("not a header name: a token is needed");
    }
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    int hash = 0;
    for (byte b : bytes) {
      hash = hash * 31 + (b | 0x20);
    }
    Header found = find(bytes, 0, bytes.length, hash);
    return found == OTHER ? new Header(name, "", false) : found;
  }

  /// The canonical spelling of a header of this table, else the spelling it was made with.
  public String name() {
    return name;
  }

  /// The name as it is written; not to be changed.
  byte[] nameBytes() {
    return nameBytes;
  }

  /// The one-letter form, or empty text where the header has none.
  public String compact() {
    return compact;
  }

  /// Whether this is one of the headers of the table: there is only one object for it.
  boolean isKnown() {
    return known;
  }

  /// Whether `data[from, to)` spells this name (not its compact form).
  boolean spelledBy(byte[] data, int from, int to) {
    return same(lowerBytes, data, from, to);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof Header h && !lower.isEmpty() && h.lower.equals(lower);
  }

  @Override
  public int hashCode() {
    return lower.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
