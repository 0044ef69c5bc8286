// Who opens the connection.
package tucket.protocol.sdp;

import java.util.Locale;
import java.util.Optional;

/// The setup attribute (RFC 4145 section 4, RFC 6135).
public enum Setup {
  ACTIVE,
  PASSIVE,
  ACTPASS,
  HOLDCONN;

  /// The word, in any case; empty for an unknown one.
  public static Optional<Setup> of(String word) {
    for (Setup s : values()) {
      if (s.name().equalsIgnoreCase(word.strip())) {
        return Optional.of(s);
      }
    }
    return Optional.empty();
  }

  /// What terminals answer: actpass gets active, active gets passive, passive gets active, anything else passive. Where the offer has none,
  /// the offerer is active (RFC 4975 section 5.4, RFC 4145 section 4).
  public static Setup answerTo(Optional<Setup> offered) {
    return offered.map(s -> s == ACTPASS || s == PASSIVE ? ACTIVE : PASSIVE).orElse(PASSIVE);
  }

  /// The same for a server, which clients behind a NAT can reach and not the other way round: it takes passive whenever it may choose.
  public static Setup passiveAnswerTo(Optional<Setup> offered) {
    return offered.map(s -> s == PASSIVE ? ACTIVE : PASSIVE).orElse(PASSIVE);
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
