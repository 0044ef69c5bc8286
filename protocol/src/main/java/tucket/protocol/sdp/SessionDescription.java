// A session description, read leniently and written in the order of the grammar.
package tucket.protocol.sdp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.LineReader;
import tucket.protocol.mime.Octets;

/// RFC 4566 (and 8866). Reading accepts LF alone as line end, missing o=, s= and t= lines, blank lines and lines in another order; only
/// the shape `type=value` and usable m= and c= lines are insisted on. `more` keeps the session's lines that we do not look into (i, u, e,
/// p, b, t, r, z, k; with a stream i, b, k); lines of other types are ignored. Immutable.
public record SessionDescription(
    Origin origin, String name, Optional<Connection> connection, List<Attribute> attributes, List<Line> more, List<Media> media) {
  /// A larger description is [Malformed].
  public static final int MAX_BYTES = 64 * 1024;
  /// More lines are [Malformed].
  public static final int MAX_LINES = 1000;

  public SessionDescription {
    Line.check(name);
    attributes = List.copyOf(attributes);
    more = List.copyOf(more);
    media = List.copyOf(media);
  }

  /// A description of those streams, as we make them: name `-`, timing `0 0`.
  public static SessionDescription of(Origin origin, List<Media> media) {
    return new SessionDescription(origin, "-", Optional.of(origin.address()), List.of(), List.of(new Line('t', "0 0")), media);
  }

  public static SessionDescription parse(byte[] data) {
    if (data.length > MAX_BYTES) {
      throw new Malformed("SDP too large");
    }
    return new Reader().read(new LineReader(data, 0, data.length, MAX_BYTES));
  }

  /// Collects the lines of the session, then of one stream after the other.
  private static final class Reader {
    private Origin origin = Origin.parse("");
    private String name = "-";
    private Optional<Connection> connection = Optional.empty();
    private final List<Attribute> attributes = new ArrayList<>();
    private final List<Line> more = new ArrayList<>();
    private final List<Builder> media = new ArrayList<>();

    SessionDescription read(LineReader lines) {
      int count = 0;
      boolean any = false;
      while (lines.next()) {
        String text = lines.text().strip();
        if (text.isEmpty()) {
          continue;
        }
        if (text.length() < 2 || text.charAt(1) != '=' || ++count > MAX_LINES) {
          throw new Malformed(count > MAX_LINES ? "SDP with too many lines" : "SDP line is not type=value");
        }
        any = true;
        line(text.charAt(0), text.substring(2).strip());
      }
      if (!any) {
        throw new Malformed("SDP is empty");
      }
      return new SessionDescription(origin, name, connection, attributes, more, media.stream().map(Builder::build).toList());
    }

    private void line(char type, String value) {
      if (type == 'm') {
        media.add(new Builder(Media.parse(value)));
      } else if (!media.isEmpty()) {
        media.getLast().line(type, value);
      } else {
        sessionLine(type, value);
      }
    }

    private void sessionLine(char type, String value) {
      switch (type) {
        case 'v' -> {
          if (!value.equals("0")) {
            throw new Malformed("SDP version is not 0");
          }
        }
        case 'o' -> origin = Origin.parse(value);
        case 's' -> name = value.isEmpty() ? "-" : value;
        case 'c' -> connection = Optional.of(Connection.parse(value));
        case 'a' -> attributes.add(Attribute.parse(value));
        case 'i', 'u', 'e', 'p', 'b', 't', 'r', 'z', 'k' -> more.add(new Line(type, value));
        default -> {} // RFC 4566 section 5: a type that is not known is ignored
      }
    }
  }

  /// One stream while it is read.
  private static final class Builder {
    private final Media line;
    private Optional<Connection> connection = Optional.empty();
    private final List<Attribute> attributes = new ArrayList<>();
    private final List<Line> more = new ArrayList<>();

    Builder(Media line) {
      this.line = line;
    }

    void line(char type, String value) {
      switch (type) {
        case 'c' -> connection = Optional.of(Connection.parse(value));
        case 'a' -> attributes.add(Attribute.parse(value));
        case 'i', 'b', 'k' -> more.add(new Line(type, value));
        default -> {}
      }
    }

    Media build() {
      more.sort(Comparator.comparingInt(l -> "ibk".indexOf(l.type()))); // in the order of RFC 4566 section 5, in which they are written
      return new Media(line.type(), line.port(), line.protocol(), line.formats(), connection, attributes, more);
    }
  }

  /// The session's attribute of that name, empty text for a flag.
  public Optional<String> attribute(String attribute) {
    return Attribute.find(attributes, attribute);
  }

  /// An attribute of the stream, or of the session where the stream has none.
  public Optional<String> attribute(Media stream, String attribute) {
    return stream.attribute(attribute).or(() -> attribute(attribute));
  }

  /// The stream's connection, or the session's.
  public Optional<Connection> connection(Media stream) {
    return stream.connection().or(() -> connection);
  }

  /// The same with the streams replaced and the version of the origin counted up when anything differs (RFC 3264 section 8).
  public SessionDescription withMedia(List<Media> streams) {
    return new SessionDescription(origin, name, connection, attributes, more, streams);
  }

  /// CRLF lines in the order of RFC 4566 section 9.
  public byte[] write() {
    return Octets.encode(toString());
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(512);
    line(out, 'v', "0");
    line(out, 'o', origin.toString());
    line(out, 's', name);
    lines(out, more, "iuep");
    connection.ifPresent(c -> line(out, 'c', c.toString()));
    lines(out, more, "bt");
    if (more.stream().noneMatch(l -> l.type() == 't')) {
      line(out, 't', "0 0");
    }
    lines(out, more, "rzk");
    attributes.forEach(a -> line(out, 'a', a.toString()));
    for (Media m : media) {
      String formats = m.formats().isEmpty() ? "" : " " + String.join(" ", m.formats());
      line(out, 'm', m.type() + " " + m.port() + " " + m.protocol() + formats);
      lines(out, m.more(), "i");
      m.connection().ifPresent(c -> line(out, 'c', c.toString()));
      lines(out, m.more(), "bk");
      m.attributes().forEach(a -> line(out, 'a', a.toString()));
    }
    return out.toString();
  }

  private static void lines(StringBuilder out, List<Line> from, String types) {
    for (int i = 0; i < types.length(); i++) {
      for (Line l : from) {
        if (l.type() == types.charAt(i)) {
          line(out, l.type(), l.value());
        }
      }
    }
  }

  private static void line(StringBuilder out, char type, String value) {
    out.append(type).append('=').append(value).append("\r\n");
  }
}
