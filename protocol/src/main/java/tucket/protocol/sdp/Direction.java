// Which way media flows.
package tucket.protocol.sdp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// RFC 4566 section 6, RFC 3264 section 6.1. Terminals fail where it is missing, so it is always written.
public enum Direction {
  SENDRECV(true, true),
  SENDONLY(true, false),
  RECVONLY(false, true),
  INACTIVE(false, false);

  private final boolean sends;
  private final boolean receives;

  Direction(boolean sends, boolean receives) {
    this.sends = sends;
    this.receives = receives;
  }

  public boolean sends() {
    return sends;
  }

  public boolean receives() {
    return receives;
  }

  private static Direction of(boolean sends, boolean receives) {
    return sends ? receives ? SENDRECV : SENDONLY : receives ? RECVONLY : INACTIVE;
  }

  /// The same seen from the other end.
  public Direction reversed() {
    return of(receives, sends);
  }

  /// What we may answer to this offer when we want `wanted` (RFC 3264 section 6.1).
  public Direction answer(Direction wanted) {
    return of(receives && wanted.sends, sends && wanted.receives);
  }

  /// The direction of a stream in its description; sendrecv where neither says any.
  static Direction in(SessionDescription sdp, Media media) {
    return first(media.attributes()).or(() -> first(sdp.attributes())).orElse(SENDRECV);
  }

  private static Optional<Direction> first(List<Attribute> attributes) {
    for (Attribute a : attributes) {
      for (Direction d : values()) {
        if (a.name().equalsIgnoreCase(d.name())) {
          return Optional.of(d);
        }
      }
    }
    return Optional.empty();
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
