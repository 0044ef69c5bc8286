// Who asks an XDMS.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;

/// An identity that the Aggregation Proxy has proved, or a peer asserts that is trusted.
///
/// @param user the default identity of the user; empty for a trusted server that asks in its own name
/// @param trusted whether it may do everything: another server of the operator
/// @param vouched whether a server of the operator speaks, which knows its users: they need not be known here
public record Asker(Optional<AddressOfRecord> user, boolean trusted, boolean vouched) {
  /// A server of the operator in its own name.
  public static final Asker SERVER = new Asker(Optional.empty(), true, true);

  /// A user who has proved himself here.
  public static Asker of(AddressOfRecord user) {
    return new Asker(Optional.of(user), false, false);
  }

  /// A user whom a server of the operator asserts.
  public static Asker asserted(AddressOfRecord user) {
    return new Asker(Optional.of(user), false, true);
  }

  public boolean owns(String xui) {
    return user.filter(u -> u.value().equals(xui)).isPresent();
  }

  @Override
  public String toString() {
    return user.map(AddressOfRecord::value).orElse("server");
  }
}
