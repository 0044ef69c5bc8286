// Groups that can be called by an address of their own: groups.
package tucket.server.xdms.usage;

import java.util.List;
import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// OMA Shared Group XDMS: documents of any name with `list-service` elements whose `uri` nobody else may give. `poc-groups` is the older name of
/// the same.
public final class GroupsUsage implements ApplicationUsage {
  /// Of OMA XDM 2.0 and later.
  public static final String AUID = "org.openmobilealliance.groups";
  /// Of PoC 1.0.
  public static final String OLDER = "poc-groups";
  /// The folder of the global tree where a group document is found by the URI of one of its groups.
  public static final String BY_GROUP_ID = "byGroupID";

  private final String auid;

  public GroupsUsage(String auid) {
    this.auid = auid;
  }

  /// Whether that is the usage of groups under one of its names.
  public static boolean isOne(String auid) {
    return auid.equals(AUID) || auid.equals(OLDER);
  }

  @Override
  public String auid() {
    return auid;
  }

  @Override
  public String type() {
    return "application/vnd.oma.poc.groups+xml";
  }

  @Override
  public String namespace() {
    return "urn:oma:xml:poc:list-service";
  }

  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, namespace(), "group").or(() -> ListConstraints.judge(document.root()));
  }

  // A list is nothing but members.
  @Override
  public Optional<XcapError> judgeEdited(XmlTree document, XdmAddress address, int from, int to) {
    SchemaEvents.Edited edited = new SchemaEvents.Edited(from, to, (namespace, name) -> namespace.equals(namespace()) && name.equals("entry"));
    return Schemas.all().judge(document, namespace(), "group", edited).or(() -> ListConstraints.judgeEdited(document.root(), from, to));
  }

  @Override
  public boolean givesUris() {
    return true;
  }

  @Override
  public List<Claim> claims(XmlTree document) {
    return document.root().children("list-service").stream()
        .flatMap(s -> s.value("uri").map(uri -> new Claim(uri, Selectors.of(s, "uri"))).stream())
        .toList();
  }
}
