// Lists of users: resource-lists.
package tucket.server.xdms.usage;

import java.util.Optional;
import java.util.Set;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// RFC 4826 section 3.4; kept by the Shared List XDMS.
public final class ResourceListsUsage implements ApplicationUsage {
  private static final Set<String> MEMBERS = Set.of("list", "entry", "entry-ref", "external");

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

  // Lists are a display name, then any number of members in any order, then anything of others: whether a member may stand where it does, its neighbours
  // show, and members that were right before and have not been touched are right still.
  @Override
  public Optional<XcapError> judgeEdited(XmlTree document, XdmAddress address, int from, int to) {
    return Schemas.all().judge(document, namespace(), "resource-lists", new SchemaEvents.Edited(from, to, ResourceListsUsage::isMember))
        .or(() -> ListConstraints.judgeEdited(document.root(), from, to));
  }

  static boolean isMember(String namespace, String name) {
    return namespace.equals(ListConstraints.NAMESPACE) && MEMBERS.contains(name);
  }
}
