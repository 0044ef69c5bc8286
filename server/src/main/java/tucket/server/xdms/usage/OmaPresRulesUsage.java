// Presence authorisation as OMA has it.
package tucket.server.xdms.usage;

import java.util.Optional;

/// OMA Presence XDM; one document, `pres-rules`.
public final class OmaPresRulesUsage implements CommonPolicyUsage {
  @Override
  public String auid() {
    return "org.openmobilealliance.pres-rules";
  }

  @Override
  public Optional<String> onlyName() {
    return Optional.of("pres-rules");
  }
}
