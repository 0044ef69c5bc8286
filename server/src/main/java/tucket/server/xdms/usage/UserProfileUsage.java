// What a user tells of himself: user-profile.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XcapError.Kind;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// OMA Shared Profile XDMS: everybody reads, the user writes, one document, nothing global. `locked-user-profile` is the same, written by the
/// operator and read by the user alone.
public final class UserProfileUsage implements ApplicationUsage {
  static final String NAMESPACE = "urn:oma:xml:xdm:user-profile";

  private final boolean locked;

  public UserProfileUsage(boolean locked) {
    this.locked = locked;
  }

  @Override
  public String auid() {
    return locked ? "org.openmobilealliance.locked-user-profile" : "org.openmobilealliance.user-profile";
  }

  @Override
  public String type() {
    return "application/vnd.oma.user-profile+xml";
  }

  @Override
  public String namespace() {
    return NAMESPACE;
  }

  @Override
  public Optional<String> onlyName() {
    return Optional.of(locked ? "locked-user-profile" : "user-profile");
  }

  @Override
  public boolean mayRead(Asker who, XdmAddress what) {
    return !locked || who.trusted() || who.owns(what.xui());
  }

  @Override
  public boolean mayWrite(Asker who, XdmAddress what) {
    return who.trusted() || !locked && who.owns(what.xui());
  }

  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, NAMESPACE, "user-profiles").or(() -> whose(document, address));
  }

  private static Optional<XcapError> whose(XmlTree document, XdmAddress address) {
    Optional<String> uri = document.root().child("user-profile").flatMap((XmlSpan p) -> p.value("uri"));
    try {
      if (uri.isPresent() && AddressOfRecord.of(uri.get()).value().equals(address.xui())) {
        return Optional.empty();
      }
    } catch (Malformed bad) {
      // the same answer
    }
    return Optional.of(XcapError.of(Kind.CONSTRAINT_FAILURE, "uri of user-profile must be the user whose document it is"));
  }
}
