// The last character of an end line.
package tucket.protocol.msrp;

import java.util.Optional;

/// RFC 4975 section 7.1: whether a message goes on behind this chunk.
public enum Continuation {
  /// `$`: this was the end of the message.
  COMPLETE('$'),
  /// `+`: more chunks follow.
  MORE('+'),
  /// `#`: no more will follow, though the message is not complete.
  ABORTED('#');

  private final char flag;

  Continuation(char flag) {
    this.flag = flag;
  }

  public char flag() {
    return flag;
  }

  static Optional<Continuation> of(int flag) {
    return switch (flag) {
      case '$' -> Optional.of(COMPLETE);
      case '+' -> Optional.of(MORE);
      case '#' -> Optional.of(ABORTED);
      default -> Optional.empty();
    };
  }
}
