// The groups that a user knows: group-usage-list.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// OMA Shared List XDMS: a resource list of groups in the document `index`.
public final class GroupUsageListUsage implements ApplicationUsage {
  @Override
  public String auid() {
    return "org.openmobilealliance.group-usage-list";
  }

  @Override
  public String type() {
    return "application/vnd.oma.group-usage-list+xml";
  }

  @Override
  public String namespace() {
    return "urn:ietf:params:xml:ns:resource-lists";
  }

  @Override
  public Optional<String> onlyName() {
    return Optional.of("index");
  }

  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, namespace(), "resource-lists").or(() -> ListConstraints.judge(document.root()));
  }

  @Override
  public Optional<XcapError> judgeEdited(XmlTree document, XdmAddress address, int from, int to) {
    return Schemas.all().judge(document, namespace(), "resource-lists", new SchemaEvents.Edited(from, to, ResourceListsUsage::isMember))
        .or(() -> ListConstraints.judgeEdited(document.root(), from, to));
  }
}
