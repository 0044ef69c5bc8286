// Presence authorisation as the IETF has it: pres-rules.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// RFC 5025 section 9: every document of the directory counts, so any name is taken.
public final class PresRulesUsage implements ApplicationUsage {
  @Override
  public String auid() {
    return "pres-rules";
  }

  @Override
  public String type() {
    return "application/auth-policy+xml";
  }

  @Override
  public String namespace() {
    return "urn:ietf:params:xml:ns:pres-rules";
  }

  @Override
  public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, "urn:ietf:params:xml:ns:common-policy", "ruleset");
  }
}
