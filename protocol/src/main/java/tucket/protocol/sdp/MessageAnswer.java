// What offer and answer together settle about an MSRP session.
package tucket.protocol.sdp;

import tucket.protocol.mime.MediaType;

/// The offerer's view of a settled stream: what we offered and what came back.
public record MessageAnswer(MessageMedia ours, MessageMedia theirs) {
  /// Whether we open the connection. The peer's answer decides; where it says nothing, the offerer is active (RFC 4975 section 5.4); a peer
  /// that cannot be reached (port 9, address 0.0.0.0) is active whatever it says.
  public boolean weConnect() {
    return theirs.role().map(s -> s == Setup.PASSIVE || s == Setup.ACTPASS).orElse(theirs.setup().isEmpty() || theirs.isReachable());
  }

  /// Which way we may use the session.
  public Direction direction() {
    return theirs.direction().answer(ours.direction());
  }

  /// Whether a message of that type may be sent, bare or in CPIM.
  public boolean accepts(MediaType type) {
    return theirs.accepts(type) || theirs.accepts(MediaType.CPIM) && theirs.acceptsWrapped(type);
  }

  /// RFC 6714 section 4.2: we offered CEMA, the peer does not know it, yet its c= and m= lines are not its path: a gateway stands between
  /// that the path does not show, and a new offer without CEMA is due. Never true for peers to whom we did not offer it.
  public boolean needsOfferWithoutCema() {
    return ours.cema() && !theirs.cema() && !theirs.matchesPath();
  }
}
