// What is known of stored conversations: conv-history.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// OMA IM XDM section 5.1. The server writes the list; the user reads it and may remove from it.
public final class ConvHistoryUsage implements ApplicationUsage {
  @Override
  public String auid() {
    return "org.openmobilealliance.conv-history";
  }

  @Override
  public String type() {
    return "application/vnd.oma.im.history-list+xml";
  }

  @Override
  public String namespace() {
    return "urn:oma:xml:im:history-list";
  }

  @Override
  public Optional<String> onlyName() {
    return Optional.of("conv-history");
  }
  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, namespace(), "history-list");
  }
}
