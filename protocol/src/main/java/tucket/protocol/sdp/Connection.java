// Where media goes: a c= line.
package tucket.protocol.sdp;

import java.util.Locale;
import tucket.protocol.Malformed;

/// `c=IN IP4 192.0.2.1` (RFC 4566 section 5.7). A multicast TTL behind a slash is dropped; `type` is IP4 or IP6.
public record Connection(String type, String address) {
  public Connection {
    Line.check(type);
    Line.check(address);
  }

  /// IP6 where the address has a colon, else IP4.
  public static Connection of(String address) {
    return new Connection(address.indexOf(':') >= 0 ? "IP6" : "IP4", address);
  }

  static Connection parse(String value) {
    String[] words = value.strip().split("[ \t]+", 4);
    if (words.length == 1 || !words[0].equalsIgnoreCase("IN")) {
      throw new Malformed("SDP c= line is not IN, address type, address");
    }
    String written = words[words.length == 2 ? 1 : 2]; // some leave the address type out
    int slash = written.indexOf('/');
    String address = slash < 0 ? written : written.substring(0, slash);
    if (address.isEmpty() || !address.chars().allMatch(Connection::isAddress)) {
      throw new Malformed("SDP c= line with a bad address");
    }
    return words.length == 2 ? of(address) : new Connection(words[1].toUpperCase(Locale.ROOT), address);
  }

  /// Characters of host names and of numeric addresses with their zone.
  private static boolean isAddress(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || ".:-_%".indexOf(c) >= 0;
  }

  /// Whether one could connect there: not the unspecified address, which clients behind a NAT write.
  public boolean isSpecified() {
    return !address.equals("0.0.0.0") && !address.equals("::") && !address.isEmpty() && !address.endsWith(".invalid");
  }

  @Override
  public String toString() {
    return "IN " + type + " " + address;
  }
}
