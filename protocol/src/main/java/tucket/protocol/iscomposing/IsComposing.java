// The "is typing" indication.
package tucket.protocol.iscomposing;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlElement;
import tucket.protocol.document.XmlWriter;

/// An application/im-iscomposing+xml document (RFC 3994). `contentType` is what is being composed, a media type or its first half;
/// `refresh` is the number of seconds until the next indication is due; `lastActive` a time as it was written.
public record IsComposing(State state, Optional<String> contentType, OptionalInt refresh, Optional<String> lastActive) {
  /// A larger document is [Malformed].
  public static final int MAX_BYTES = 16 * 1024;

  private static final String NAMESPACE = "urn:ietf:params:xml:ns:im-iscomposing";

  /// Unknown states count as idle (RFC 3994 section 3.5).
  public enum State {
    ACTIVE,
    IDLE
  }

  /// `active`, to be repeated within `refresh` seconds.
  public static IsComposing active(String contentType, int refresh) {
    return new IsComposing(State.ACTIVE, Optional.of(contentType), OptionalInt.of(refresh), Optional.empty());
  }

  public static IsComposing idle() {
    return new IsComposing(State.IDLE, Optional.empty(), OptionalInt.empty(), Optional.empty());
  }

  public static IsComposing parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, "isComposing", MAX_BYTES);
    String state = root.textOf("state").orElseThrow(() -> new Malformed("isComposing without state"));
    return new IsComposing(state.equalsIgnoreCase("active") ? State.ACTIVE : State.IDLE, root.textOf("contenttype"),
        root.textOf("refresh").map(IsComposing::positive).orElse(OptionalInt.empty()), root.textOf("lastactive"));
  }

  /// A number that is none, or not positive, is as good as absent: the receiver has a default (section 3.3).
  private static OptionalInt positive(String text) {
    try {
      int number = Integer.parseInt(text);
      return number > 0 ? OptionalInt.of(number) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /// The document, elements in the order of the schema (section 6.1).
  public byte[] write() {
    XmlWriter out = new XmlWriter().open("isComposing").attribute("xmlns", NAMESPACE)
        .text("state", state.name().toLowerCase(Locale.ROOT))
        .text("lastactive", lastActive)
        .text("contenttype", contentType);
    refresh.ifPresent(r -> out.text("refresh", Integer.toString(r)));
    return out.toBytes();
  }
}
