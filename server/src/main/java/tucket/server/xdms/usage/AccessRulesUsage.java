// Who may reach a user, and how: access-rules.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// OMA Shared Policy XDMS: common policy (RFC 4745) with the conditions and actions of OMA; one document, `access-rules`.
public final class AccessRulesUsage implements ApplicationUsage {
  @Override
  public String auid() {
    return "org.openmobilealliance.access-rules";
  }

  @Override
  public String type() {
    return "application/auth-policy+xml";
  }

  @Override
  public String namespace() {
    return "urn:ietf:params:xml:ns:common-policy";
  }

  @Override
  public Optional<String> onlyName() {
    return Optional.of("access-rules");
  }
  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, namespace(), "ruleset");
  }
}
