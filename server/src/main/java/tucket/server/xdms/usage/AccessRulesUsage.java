// Who may reach a user, and how: access-rules.
package tucket.server.xdms.usage;

import java.util.Optional;

/// OMA Shared Policy XDMS: common policy (RFC 4745) with the conditions and actions of OMA; one document, `access-rules`.
public final class AccessRulesUsage implements CommonPolicyUsage {
  @Override
  public String auid() {
    return "org.openmobilealliance.access-rules";
  }

  @Override
  public Optional<String> onlyName() {
    return Optional.of("access-rules");
  }
}
