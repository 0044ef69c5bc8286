// What tells one device of a user from another.
package tucket.server.reference;

/// The `+sip.instance` URN where the device gave one (RFC 5626 section 4.1; it is then the same after every registration), else the contact
/// URI, which is only good while that binding lives.
public record DeviceId(String value) implements Comparable<DeviceId> {
  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
