// What the usages with rules in them have in common.
package tucket.server.xdms.usage;

import java.util.Optional;
import java.util.function.BiPredicate;
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

  // Who is meant stands in any number and order, and nothing depends on who else is.
  @Override
  default Optional<XcapError> judgeEdited(XmlTree document, XdmAddress address, int from, int to) {
    BiPredicate<String, String> spare = (namespace, name) -> namespace.equals(COMMON_POLICY) && (name.equals("one") || name.equals("except"));
    return Schemas.all().judge(document, COMMON_POLICY, "ruleset", new SchemaEvents.Edited(from, to, spare));
  }
}
