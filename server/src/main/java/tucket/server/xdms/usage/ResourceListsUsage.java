// Lists of users: resource-lists.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// RFC 4826 section 3.4; kept by the Shared List XDMS.
public final class ResourceListsUsage implements ApplicationUsage {
  @Override
  public String auid() {
    return "resource-lists";
  }

  @Override
  public String type() {
    return "application/resource-lists+xml";
  }

  @Override
  public String namespace() {
    return "urn:ietf:params:xml:ns:resource-lists";
  }

  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, namespace(), "resource-lists").or(() -> ListConstraints.judge(document.root()));
  }
}
