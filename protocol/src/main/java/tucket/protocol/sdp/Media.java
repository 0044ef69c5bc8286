// One media description: an m= line and what follows it.
package tucket.protocol.sdp;

import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;

/// RFC 4566 section 5.14. `type` is `message` for MSRP, `formats` is `*` there; `more` are the lines that we keep as they are (i, b, k).
public record Media(
    String type, int port, String protocol, List<String> formats, Optional<Connection> connection, List<Attribute> attributes,
    List<Line> more) {
  public Media {
    Line.check(type);
    Line.check(protocol);
    formats = List.copyOf(formats);
    attributes = List.copyOf(attributes);
    more = List.copyOf(more);
  }

  /// Reads the m= line alone.
  static Media parse(String value) {
    String[] words = value.strip().split("[ \t]+", 64);
    if (words.length < 3) {
      throw new Malformed("SDP m= line is not media, port, protocol");
    }
    int slash = words[1].indexOf('/');
    int port = port(slash < 0 ? words[1] : words[1].substring(0, slash));
    List<String> formats = List.of(words).subList(3, words.length);
    return new Media(words[0], port, words[2], formats, Optional.empty(), List.of(), List.of());
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // falls through
    }
    throw new Malformed("SDP m= line with a bad port");
  }

  /// Refused or ended (RFC 3264 section 6).
  public boolean isRejected() {
    return port == 0;
  }

  /// The same with port 0: how an answer refuses a stream (RFC 3264 section 6). Attributes go, the protocol and formats stay.
  public Media rejected() {
    return new Media(type, 0, protocol, formats, Optional.empty(), List.of(), List.of());
  }

  /// The value of the first attribute of that name, empty text for a flag.
  public Optional<String> attribute(String name) {
    return Attribute.find(attributes, name);
  }

  /// An answer has the protocol of its offer, also where that is one we would not write ourselves.
  Media withProtocol(String offered) {
    return new Media(type, port, offered, formats, connection, attributes, more);
  }
}
