// Presence authorisation as OMA has it.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// OMA Presence XDM; one document, `pres-rules`.
public final class OmaPresRulesUsage implements ApplicationUsage {
  @Override
  public String auid() {
    return "org.openmobilealliance.pres-rules";
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
    return Optional.of("pres-rules");
  }
  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, namespace(), "ruleset");
  }
}
