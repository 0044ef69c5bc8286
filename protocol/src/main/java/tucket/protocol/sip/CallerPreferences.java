// What a caller asks of the device that is to be reached.
package tucket.protocol.sip;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Accept-Contact, Reject-Contact and Request-Disposition (RFC 3841).
public final class CallerPreferences {
  private final Set<String> dispositions;

  private CallerPreferences(Set<String> dispositions) {
    this.dispositions = dispositions;
  }

  public static CallerPreferences of(SipRequest request) {
    return new CallerPreferences(Set.of());
  }

  /// The directives of Request-Disposition in lower case.
  public Set<String> dispositions() {
    return dispositions;
  }

  /// The contacts that may be tried, best first; those that the preferences drop are left out.
  ///
  /// @param contact gives the registered Contact of an element, with its feature parameters and q
  public <T> List<T> rank(List<T> contacts, Function<? super T, NameAddr> contact) {
    return List.copyOf(contacts);
  }
}
