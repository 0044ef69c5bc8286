// A MIME entity: header lines and a body.
package tucket.protocol.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a CPIM message carries and a multipart consists of (RFC 2045 section 2.4). Immutable. The body ends where the data ends: a Content-Length
/// inside is a hint that clients write wrong or leave away, and is not trusted.
public final class Entity {
  private final HeaderBlock headers;
  private final byte[] source;
  private final int from;
  private final int to;

  private Entity(HeaderBlock headers, byte[] source, int from, int to) {
    this.headers = headers;
    this.source = source;
    this.from = from;
    this.to = to;
  }

  /// `body` is not to be changed by anybody.
  public Entity(HeaderBlock headers, byte[] body) {
    this(headers, body, 0, body.length);
  }

  public HeaderBlock headers() {
    return headers;
  }

  /// Not to be changed by anybody. A copy where the bytes lie among others, which is not kept.
  public byte[] body() {
    return from == 0 && to == source.length ? source : Arrays.copyOfRange(source, from, to);
  }

  public int bodyLength() {
    return to - from;
  }

  /// Puts the body behind what `out` has.
  public void writeBody(OctetWriter out) {
    out.put(source, from, to);
  }

  public static Entity of(MediaType type, byte[] body) {
    return new Entity(HeaderBlock.EMPTY.with("Content-Type", type.toString()), body);
  }

  /// Reads `data[from, to)`: header lines, a blank line, the body. Without a blank line the body is empty. Keeps the array: from now on nobody may
  /// change it.
  public static Entity parse(byte[] data, int from, int to) {
    HeaderBlock.Read read = HeaderBlock.read(data, from, to);
    return new Entity(read.headers(), data, Math.min(read.bodyStart(), to), to);
  }

  public static Entity parse(byte[] data) {
    return parse(data, 0, data.length);
  }

  /// The Content-Type; text/plain where there is none (RFC 2045 section 5.2). [tucket.protocol.Malformed] where it is none.
  public MediaType type() {
    return headers.first("Content-Type").map(MediaType::parse).orElse(MediaType.TEXT_PLAIN);
  }

  /// Whether the Content-Type names that type, whatever its parameters and whether or not these can be read.
  public boolean is(MediaType type) {
    Optional<String> written = headers.first("Content-Type");
    if (written.isEmpty()) {
      return type.is(MediaType.TEXT_PLAIN);
    }
    String text = written.get();
    int slash = type.type().length();
    int end = slash + 1 + type.subtype().length();
    return text.regionMatches(true, 0, type.type(), 0, slash)
        && text.startsWith("/", slash)
        && text.regionMatches(true, slash + 1, type.subtype(), 0, end - slash - 1)
        && (text.length() == end || text.charAt(end) == ';' || text.charAt(end) <= ' ');
  }

  /// The disposition type of Content-Disposition in lower case, such as `notification` or `recipient-list`; empty text where there is none.
  public String disposition() {
    String value = headers.first("Content-Disposition").orElse("");
    int semicolon = value.indexOf(';');
    return (semicolon < 0 ? value : value.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  /// The Content-Encoding that still lies on the body; empty for none and for identity.
  public Optional<String> encoding() {
    return headers.first("Content-Encoding").filter(e -> !ContentEncoding.isIdentity(e));
  }

  /// The same with the Content-Encoding undone and its header gone. `limit` bounds the bytes of the result.
  /// [tucket.protocol.Malformed] for an encoding not in [ContentEncoding#ACCEPTED], for damaged data and over the limit.
  public Entity decoded(int limit) {
    if (headers.first("Content-Encoding").isEmpty()) {
      return this;
    }
    byte[] plain = ContentEncoding.inflate(headers.first("Content-Encoding").get(), body(), limit);
    return new Entity(headers.without("Content-Encoding").without("Content-Length"), plain);
  }

  /// The body with Content-Encoding and Content-Transfer-Encoding (RFC 2045 section 6) undone: what an application reads.
  public byte[] content(int limit) {
    byte[] coded = TransferEncoding.decode(headers.first("Content-Transfer-Encoding").orElse("binary"), body());
    return ContentEncoding.inflate(headers.first("Content-Encoding").orElse("identity"), coded, limit);
  }

  /// The content as text in the charset of the Content-Type, UTF-8 where none or an unknown one is named. For people and for logs: bytes
  /// that do not fit become U+FFFD.
  public String text(int limit) {
    byte[] content = content(limit);
    return new String(content, is(MediaType.TEXT_PLAIN) || type().type().equals("text") ? charset(type()) : StandardCharsets.UTF_8);
  }

  private static Charset charset(MediaType type) {
    return switch (type.params().value("charset").orElse("utf-8").toLowerCase(Locale.ROOT)) {
      case "iso-8859-1", "latin1" -> StandardCharsets.ISO_8859_1;
      case "utf-16" -> StandardCharsets.UTF_16;
      default -> StandardCharsets.UTF_8;
    };
  }

  /// The same with canonical headers (see [HeaderBlock#canonical]); the body stays byte for byte.
  public Entity canonical() {
    return new Entity(headers.canonical(bodyLength()), source, from, to);
  }

  /// Header lines with CRLF, a blank line, the body.
  public byte[] write() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bodyLength() + 256);
    writeTo(out);
    return out.toByteArray();
  }

  void writeTo(ByteArrayOutputStream out) {
    out.writeBytes(Octets.encode(headers.toString()));
    out.write('\r');
    out.write('\n');
    out.write(source, from, to - from);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entity e && e.headers.equals(headers) && Arrays.equals(e.source, e.from, e.to, source, from, to);
  }

  @Override
  public int hashCode() {
    return 31 * headers.hashCode() + Arrays.hashCode(body());
  }

  @Override
  public String toString() {
    return headers + "(" + bodyLength() + " bytes)";
  }
}
