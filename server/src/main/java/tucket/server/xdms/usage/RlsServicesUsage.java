// Addresses of lists to subscribe to: rls-services.
package tucket.server.xdms.usage;

import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XcapError.Kind;
import tucket.protocol.xcap.XcapUri;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// RFC 4826 section 4.4. The index of all users in the global tree is made when it is asked for, and only for servers of the operator.
public final class RlsServicesUsage implements ApplicationUsage {
  private static final String NAMESPACE = "urn:ietf:params:xml:ns:rls-services";

  @Override
  public String auid() {
    return "rls-services";
  }

  @Override
  public String type() {
    return "application/rls-services+xml";
  }

  @Override
  public String namespace() {
    return NAMESPACE;
  }

  @Override
  public boolean mayRead(Asker who, XdmAddress what) {
    return who.trusted() || who.owns(what.xui());
  }

  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, NAMESPACE, "rls-services").or(() -> services(document, address)).or(() -> ListConstraints.judge(document.root()));
  }

  // RFC 4826 section 4.4.5: a list of the same user
  private static Optional<XcapError> services(XmlTree document, XdmAddress address) {
    for (XmlSpan service : document.root().children("service")) {
      Optional<String> list = document.contentOf(service, "resource-list");
      if (list.isPresent() && !isListOf(list.get(), address.xui())) {
        return Optional.of(XcapError.of(Kind.CONSTRAINT_FAILURE, "resource-list must be an absolute URI of a resource list of the same user"));
      }
    }
    return Optional.empty();
  }

  private static boolean isListOf(String uri, String xui) {
    int begins = uri.indexOf("/resource-lists/users/");
    if (!ListConstraints.isHttp(uri) || begins < 0) {
      return false;
    }
    try {
      Optional<XcapUri> list = XcapUri.parse(uri.substring(begins + 1), "");
      return list.isPresent() && AddressOfRecord.of(list.get().xui()).value().equals(xui);
    } catch (Malformed bad) {
      return false;
    }
  }

  @Override
  public boolean givesUris() {
    return true;
  }

  @Override
  public List<Claim> claims(XmlTree document) {
    return document.root().children("service").stream()
        .flatMap(s -> s.value("uri").map(uri -> new Claim(uri, Selectors.of(s, "uri"))).stream())
        .toList();
  }
}
