// The peer's fault: the one exception that any parser of this library may throw.
package tucket.protocol;

/// Input that breaks its grammar or a limit of ours. The message is one short line, fit for a SIP reason phrase or an MSRP comment: it
/// names the header or element at fault and never carries the peer's bytes unescaped. It has no stack trace, because a peer can cause it
/// at will and it tells nothing about our own code.
public sealed class Malformed extends RuntimeException permits TooLarge {
  public Malformed(String what) {
    super(what, null, false, false);
  }
}
