// What waits for a user: deferred-list.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// OMA IM XDM section 5.2, with the namespace of the history list.
public final class DeferredListUsage implements ApplicationUsage {
  @Override
  public String auid() {
    return "org.openmobilealliance.deferred-list";
  }

  @Override
  public String type() {
    return "application/vnd.oma.im.deferred-list+xml";
  }

  @Override
  public String namespace() {
    return "urn:oma:xml:im:history-list";
  }

  @Override
  public Optional<String> onlyName() {
    return Optional.of("deferred-list");
  }
  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, namespace(), "deferred-list");
  }
}
