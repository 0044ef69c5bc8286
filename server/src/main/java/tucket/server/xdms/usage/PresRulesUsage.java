// Presence authorisation as the IETF has it: pres-rules.
package tucket.server.xdms.usage;

/// RFC 5025 section 9: every document of the directory counts, so any name is taken.
public final class PresRulesUsage implements CommonPolicyUsage {
  @Override
  public String auid() {
    return "pres-rules";
  }

  @Override
  public String namespace() {
    return "urn:ietf:params:xml:ns:pres-rules";
  }
}
