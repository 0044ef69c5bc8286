// What can be set about the relay role, with its limits.
package tucket.transport.msrp;

import java.time.Duration;

/// A URI that is handed out is good for `usual`, or for what the client asks for between `least` and `most`. There are at most `paths` of them at
/// once, `pathsOfUser` of one user. `unanswered` requests may be under way over one path before its sender is read no more; over one path there are `hops`
/// next hops at most, each a connection of its own. `tlsAlone`: AUTH over bare TCP is refused (RFC 4976 section 9.2).
public record RelaySettings(Duration usual, Duration least, Duration most, int paths, int pathsOfUser, int unanswered, int hops, boolean tlsAlone) {
  public static final RelaySettings DEFAULT =
      new RelaySettings(Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofHours(12), 20_000, 100, 64, 16, true);

  public RelaySettings withTlsAlone(boolean on) {
    return new RelaySettings(usual, least, most, paths, pathsOfUser, unanswered, hops, on);
  }

  public RelaySettings withPaths(int all, int ofUser) {
    return new RelaySettings(usual, least, most, all, ofUser, unanswered, hops, tlsAlone);
  }

  public RelaySettings withHops(int ofPath) {
    return new RelaySettings(usual, least, most, paths, pathsOfUser, unanswered, ofPath, tlsAlone);
  }

  public RelaySettings withLife(Duration ordinary, Duration shortest, Duration longest) {
    return new RelaySettings(ordinary, shortest, longest, paths, pathsOfUser, unanswered, hops, tlsAlone);
  }
}
