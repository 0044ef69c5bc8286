// The paths that a connection has brought before.
package tucket.protocol.msrp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Within a session every request has the same two paths: they are parsed once. Holds the last two; threads may share it, who finds the place taken parses
/// again.
final class MsrpPaths {
  private record Known(String text, List<MsrpUri> path) {}

  private @Nullable Known last;
  private @Nullable Known other;

  /// See [MsrpUri#parsePath].
  List<MsrpUri> parse(String text) {
    Known first = last;
    if (first != null && first.text.equals(text)) {
      return first.path;
    }
    Known second = other;
    if (second != null && second.text.equals(text)) {
      return second.path;
    }
    List<MsrpUri> path = MsrpUri.parsePath(text);
    other = first;
    last = new Known(text, path);
    return path;
  }
}
