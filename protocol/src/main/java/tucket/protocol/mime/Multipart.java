// Multipart bodies: several entities between boundary lines.
package tucket.protocol.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;

/// The parts of a multipart body (RFC 2046 section 5.1), in order. Reading accepts LF alone as line end, a missing closing boundary, blanks
/// behind a boundary, and drops preamble and epilogue. Parts that are multiparts themselves stay bytes: the caller decides how deep to
/// look.
public record Multipart(List<Entity> parts) {
  /// A body with more parts than this is [Malformed].
  public static final int MAX_PARTS = 100;

  private static final int MAX_BOUNDARY = 200;
  private static final int NONE = 0;
  private static final int OPEN = 1;
  private static final int CLOSE = 2;

  public Multipart {
    parts = List.copyOf(parts);
  }

  public static Multipart of(Entity... parts) {
    return new Multipart(List.of(parts));
  }

  public static Multipart parse(MediaType type, byte[] body) {
    String boundary = type.params().value("boundary").map(String::stripTrailing).orElse("");
    if (!type.type().equals("multipart") || boundary.isEmpty() || boundary.length() > MAX_BOUNDARY) {
      throw new Malformed("Content-Type: multipart without a usable boundary");
    }
    byte[] delimiter = Octets.encode("--" + boundary);
    List<Entity> parts = new ArrayList<>();
    int partStart = -1;
    int at = 0;
    while (at < body.length) {
      int lineEnd = at;
      while (lineEnd < body.length && body[lineEnd] != '\n') {
        lineEnd++;
      }
      int found = delimiter(body, at, lineEnd, delimiter);
      if (found != NONE) {
        add(parts, body, partStart, at);
        partStart = Math.min(lineEnd + 1, body.length);
        if (found == CLOSE) {
          return new Multipart(parts);
        }
      }
      at = lineEnd + 1;
    }
    if (partStart < 0) {
      throw new Malformed("multipart body without its boundary");
    }
    parts.add(Entity.parse(body, partStart, body.length));
    return new Multipart(parts);
  }

  private static int delimiter(byte[] body, int from, int to, byte[] delimiter) {
    if (to - from < delimiter.length) {
      return NONE;
    }
    for (int i = 0; i < delimiter.length; i++) {
      if (body[from + i] != delimiter[i]) {
        return NONE;
      }
    }
    int at = from + delimiter.length;
    boolean close = to - at >= 2 && body[at] == '-' && body[at + 1] == '-';
    for (int i = close ? at + 2 : at; i < to; i++) {
      if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
        return NONE;
      }
    }
    return close ? CLOSE : OPEN;
  }

  private static void add(List<Entity> parts, byte[] body, int start, int boundaryLine) {
    if (start < 0) {
      return; // the preamble
    }
    if (parts.size() == MAX_PARTS) {
      throw new Malformed("multipart body with too many parts");
    }
    int end = boundaryLine; // the line end before a boundary belongs to the boundary
    if (end > start && body[end - 1] == '\n') {
      end--;
      if (end > start && body[end - 1] == '\r') {
        end--;
      }
    }
    parts.add(Entity.parse(body, start, Math.max(start, end)));
  }

  /// The first part of that type.
  public Optional<Entity> first(MediaType type) {
    return parts.stream().filter(p -> p.is(type)).findFirst();
  }

  /// A boundary that no part contains: made from a SHA-256 over them, which no part can foresee. The same parts always give the same one.
  public String boundary() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      parts.forEach(p -> digest.update(p.write()));
      return "boundary-" + HexFormat.of().formatHex(digest.digest(), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }

  /// The body with CRLF line ends and a closing boundary; the parts are written as they are.
  public byte[] write(String boundary) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] line = ("--" + boundary).getBytes(StandardCharsets.UTF_8);
    for (Entity part : parts) {
      out.writeBytes(line);
      out.write('\r');
      out.write('\n');
      part.writeTo(out);
      out.write('\r');
      out.write('\n');
    }
    out.writeBytes(line);
    out.writeBytes("--\r\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }
}
