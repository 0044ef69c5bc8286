// What the usages with rules in them have in common.
package tucket.server.xdms.usage;

import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// Documents that are a `ruleset` of common policy (RFC 4745), whatever else their rules say.
interface CommonPolicyUsage extends ApplicationUsage {
  String COMMON_POLICY = "urn:ietf:params:xml:ns:common-policy";

  @Override
  default String type() {
    return "application/auth-policy+xml";
  }

  @Override
  default String namespace() {
    return COMMON_POLICY;
  }

  @Override
  default Optional<XcapError> judge(XmlTree document, XdmAddress address) {
    return Schemas.all().judge(document, COMMON_POLICY, "ruleset");
  }
}
