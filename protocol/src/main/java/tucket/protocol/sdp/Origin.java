// Who made a session description and which version it is: the o= line.
package tucket.protocol.sdp;

import java.util.Locale;

/// RFC 4566 section 5.2. `sessionId` and `version` are numbers, kept as text because clients write more digits than a long holds.
public record Origin(String user, String sessionId, String version, Connection address) {
  public Origin {
    Line.check(user);
    Line.check(sessionId);
    Line.check(version);
  }

  /// Lenient: what cannot be read is replaced by what is harmless, as nothing depends on it.
  static Origin parse(String value) {
    String[] words = value.strip().split("[ \t]+", 7);
    if (words.length < 6 || !value.chars().allMatch(c -> c >= ' ' && c != 127)) {
      return new Origin("-", "0", "0", Connection.of("0.0.0.0"));
    }
    return new Origin(words[0], words[1], words[2], new Connection(words[4].toUpperCase(Locale.ROOT), words[5]));
  }

  @Override
  public String toString() {
    return user + " " + sessionId + " " + version + " " + address;
  }
}
