// The peer's fault where a limit of ours is broken and the grammar is not.
package tucket.protocol;

/// Input that is good as far as it was read and larger than we take: what has a status of its own (SIP 413, RFC 3261 section 21.4.11) says that.
public final class TooLarge extends Malformed {
  public TooLarge(String what) {
    super(what);
  }
}
