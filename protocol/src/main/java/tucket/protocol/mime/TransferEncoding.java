// Undoes base64 and quoted-printable.
package tucket.protocol.mime;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.Locale;
import tucket.protocol.Malformed;

/// Content-Transfer-Encoding (RFC 2045 section 6). The result is never longer than the input.
final class TransferEncoding {
  private TransferEncoding() {}

  static byte[] decode(String encoding, byte[] body) {
    return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
      case "", "binary", "7bit", "8bit" -> body;
      case "base64" -> base64(body);
      case "quoted-printable" -> quotedPrintable(body);
      default -> throw new Malformed("Content-Transfer-Encoding not known");
    };
  }

  private static byte[] base64(byte[] body) {
    try {
      return Base64.getMimeDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new Malformed("Content-Transfer-Encoding: body is not base64");
    }
  }

  private static byte[] quotedPrintable(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length);
    for (int i = 0; i < body.length; i++) {
      if (body[i] != '=') {
        out.write(body[i]);
        continue;
      }
      int end = i + 1;
      while (end < body.length && (body[end] == ' ' || body[end] == '\t' || body[end] == '\r')) {
        end++;
      }
      if (end == body.length || body[end] == '\n') { // a soft line break
        i = end;
        continue;
      }
      int high = i + 1 < body.length ? Character.digit(body[i + 1], 16) : -1;
      int low = i + 2 < body.length ? Character.digit(body[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new Malformed("Content-Transfer-Encoding: body is not quoted-printable");
      }
      out.write(high * 16 + low);
      i += 2;
    }
    return out.toByteArray();
  }
}
