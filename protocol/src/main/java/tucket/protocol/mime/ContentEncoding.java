// Inflates bodies that clients deflate, never beyond a limit.
package tucket.protocol.mime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import tucket.protocol.Malformed;
import tucket.protocol.TooLarge;

/// Content-Encoding (RFC 3261 section 20.12, RFC 9110 section 8.4.1): identity, deflate (in its zlib wrapping, as Linphone writes it, and
/// raw, as others misread the name) and gzip. Memory and work are bounded by the limit that the caller gives.
public final class ContentEncoding {
  /// What a 415 answers in Accept-Encoding.
  public static final String ACCEPTED = "identity, deflate, gzip";

  private static final int MAX_LAYERS = 4;
  private static final int STEP = 8192;

  private ContentEncoding() {}

  /// Whether [#inflate] knows every coding that the header value lists: if not, 415 with Accept-Encoding is due rather than 400.
  public static boolean isAccepted(String encoding) {
    return encoding.isEmpty() || layers(encoding).stream().allMatch(e -> isIdentity(e) || e.equals("deflate") || e.equals("gzip") || e.equals("x-gzip"));
  }

  static boolean isIdentity(String encoding) {
    return encoding.isBlank() || encoding.strip().equalsIgnoreCase("identity");
  }

  private static List<String> layers(String encoding) {
    if (encoding.isEmpty()) {
      return List.of(); // as nearly all messages are
    }
    List<String> layers = Arrays.stream(encoding.split(",", MAX_LAYERS + 2)).map(e -> e.strip().toLowerCase(Locale.ROOT)).toList();
    if (layers.size() > MAX_LAYERS) {
      throw new Malformed("Content-Encoding lists too many codings");
    }
    return layers;
  }

  /// The plain body. `encoding` is the header's value; of several codings the last was applied last. `limit` bounds the bytes of the result
  /// and of every step. [Malformed] for an unknown coding and for damaged data, [TooLarge] over the limit.
  public static byte[] inflate(String encoding, byte[] body, int limit) {
    byte[] plain = body;
    for (String layer : layers(encoding).reversed()) {
      plain = switch (layer) {
        case "", "identity" -> plain;
        case "deflate" -> deflate(plain, limit);
        case "gzip", "x-gzip" -> gunzip(plain, limit);
        default -> throw new Malformed("Content-Encoding not known");
      };
    }
    if (plain.length > limit) {
      throw new TooLarge("Content-Encoding: body over the limit");
    }
    return plain;
  }

  private static byte[] deflate(byte[] body, int limit) {
    // RFC 1950 section 2.2: CM is 8 and the first two bytes are a multiple of 31
    boolean zlib = body.length >= 2 && (body[0] & 0x0F) == 8 && ((body[0] & 0xFF) * 256 + (body[1] & 0xFF)) % 31 == 0;
    Optional<byte[]> plain = zlib ? run(body, false, limit) : Optional.empty();
    return plain.or(() -> run(body, true, limit)).orElseThrow(() -> new Malformed("Content-Encoding: body is not deflated"));
  }

  private static Optional<byte[]> run(byte[] body, boolean raw, int limit) {
    Inflater inflater = new Inflater(raw);
    try {
      inflater.setInput(body);
      ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(limit, Math.max(64, body.length * 2)));
      byte[] step = new byte[STEP];
      while (!inflater.finished()) {
        int n = inflater.inflate(step);
        if (n == 0 && !inflater.finished() && (inflater.needsInput() || inflater.needsDictionary())) {
          return Optional.empty();
        }
        if (out.size() + n > limit) {
          throw new TooLarge("Content-Encoding: body over the limit");
        }
        out.write(step, 0, n);
      }
      return Optional.of(out.toByteArray());
    } catch (DataFormatException e) {
      return Optional.empty();
    } finally {
      inflater.end();
    }
  }

  private static byte[] gunzip(byte[] body, int limit) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body), STEP)) {
      byte[] plain = in.readNBytes(limit);
      if (in.read() >= 0) {
        throw new TooLarge("Content-Encoding: body over the limit");
      }
      return plain;
    } catch (IOException e) {
      throw new Malformed("Content-Encoding: body is not gzip");
    }
  }
}
