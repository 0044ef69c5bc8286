// The header lines of a MIME entity, in order, looked up without regard to case.
package tucket.protocol.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import tucket.protocol.Malformed;

/// MIME header fields (RFC 2045 section 3, RFC 5322 section 2.2). Reading is lenient: any case (`Content-type`), LF alone as line end,
/// folded lines (joined with one blank), blanks before the colon. Names that messaging knows are written in their canonical spelling.
/// Immutable.
public final class HeaderBlock {
  public static final HeaderBlock EMPTY = new HeaderBlock(List.of());
  /// A block with more fields than this is [Malformed].
  public static final int MAX_FIELDS = 100;
  /// A line of more bytes than this is [Malformed].
  public static final int MAX_LINE = 8192;

  private static final List<String> CANONICAL = List.of("Content-Type", "Content-Length", "Content-Disposition", "Content-Encoding",
      "Content-Transfer-Encoding", "Content-ID", "Content-Description", "Content-Language", "Content-Location", "MIME-Version");

  /// One field; neither part may hold CR or LF, so that no value can become a header of its own.
  public record Field(String name, String value) {
    public Field {
      if (name.isEmpty() || hasLineEnd(name) || name.indexOf(':') >= 0 || hasLineEnd(value)) {
        throw new IllegalArgumentException("not one header line: " + name);
      }
    }
  }

  /// A block and the position behind the blank line that ends it.
  record Read(HeaderBlock headers, int bodyStart) {}

  private final List<Field> fields;

  private HeaderBlock(List<Field> fields) {
    this.fields = fields;
  }

  public static HeaderBlock of(List<Field> fields) {
    return fields.isEmpty() ? EMPTY : new HeaderBlock(List.copyOf(fields));
  }

  static Read read(byte[] data, int from, int to) {
    LineReader lines = new LineReader(data, from, to, MAX_LINE);
    List<Field> found = new ArrayList<>(4);
    while (lines.next() && !lines.isBlank()) {
      if (lines.isFolded()) {
        throw new Malformed("MIME header starts with a folded line");
      }
      if (found.size() == MAX_FIELDS) {
        throw new Malformed("too many MIME headers");
      }
      found.add(field(lines.unfolded(lines.text(), MAX_LINE)));
    }
    return new Read(of(found), lines.position());
  }

  private static Field field(String line) {
    int colon = line.indexOf(':');
    String name = colon < 0 ? "" : line.substring(0, colon).strip();
    if (!isName(name)) {
      throw new Malformed("MIME header line without a name and colon");
    }
    return new Field(name, line.substring(colon + 1).strip());
  }

  /// Whether a text can stand in front of a header's colon: visible ASCII, at least one character.
  public static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) <= ' ' || name.charAt(i) >= 127) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean hasLineEnd(String text) {
    return text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0;
  }

  /// The canonical spelling of a known name, others as they are.
  public static String spelling(String name) {
    for (String known : CANONICAL) {
      if (known.equalsIgnoreCase(name)) {
        return known;
      }
    }
    return name;
  }

  public List<Field> fields() {
    return fields;
  }

  /// The value of the first field of that name, whatever its case.
  public Optional<String> first(String name) {
    for (Field f : fields) {
      if (f.name.equalsIgnoreCase(name)) {
        return Optional.of(f.value);
      }
    }
    return Optional.empty();
  }

  /// The same with all fields of that name replaced by one, in the place of the first, or added at the end.
  public HeaderBlock with(String name, String value) {
    List<Field> copy = new ArrayList<>();
    boolean done = false;
    for (Field f : fields) {
      if (!f.name.equalsIgnoreCase(name)) {
        copy.add(f);
      } else if (!done) {
        copy.add(new Field(name, value));
        done = true;
      }
    }
    if (!done) {
      copy.add(new Field(name, value));
    }
    return of(copy);
  }

  public HeaderBlock without(String name) {
    List<Field> copy = new ArrayList<>(fields);
    return copy.removeIf(f -> f.name.equalsIgnoreCase(name)) ? of(copy) : this;
  }

  /// What every receiver reads: `Content-Type` first, `Content-Length` of `bodyLength` bytes last, canonical spelling. The others
  /// keep their order and values.
  public HeaderBlock canonical(int bodyLength) {
    List<Field> out = new ArrayList<>(fields.size() + 2);
    canonical(bodyLength, (name, value) -> out.add(new Field(name, value)));
    return of(out);
  }

  /// Writes the lines of [#canonical], each with CRLF.
  public void writeCanonical(int bodyLength, OctetWriter out) {
    canonical(bodyLength, (name, value) -> out.put(name).put(": ").put(value).put("\r\n"));
  }

  private void canonical(int bodyLength, BiConsumer<String, String> out) {
    out.accept("Content-Type", first("Content-Type").orElse("text/plain"));
    for (Field f : fields) {
      String name = spelling(f.name);
      if (!name.equals("Content-Type") && !name.equals("Content-Length")) {
        out.accept(name, f.value);
      }
    }
    out.accept("Content-Length", Integer.toString(bodyLength));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeaderBlock h && h.fields.equals(fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /// The lines, each with CRLF, without the blank line that follows them.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (Field f : fields) {
      out.append(f.name).append(": ").append(f.value).append("\r\n");
    }
    return out.toString();
  }
}
