// Who a client is and how it proves it.
package tucket.client;

import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;

/// `address` is the user's public address, `name` the one the password belongs to (usually the user part of the address).
public record Account(SipUri address, String name, String password) {
  /// Throws [IllegalArgumentException] where `address` is no SIP URI.
  public static Account of(String address, String name, String password) {
    if (Uri.parse(address) instanceof SipUri sip) {
      return new Account(sip, name, password);
    }
    throw new IllegalArgumentException("the address of an account is a sip: URI: " + address);
  }

  /// Never shows the password.
  @Override
  public String toString() {
    return "Account[" + address + ", " + name + "]";
  }
}
