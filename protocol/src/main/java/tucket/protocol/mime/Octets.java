// Text that gives back exactly the bytes it was read from, even where they are not valid UTF-8.
package tucket.protocol.mime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// UTF-8 in both directions without loss. RFC 3862 section 2.2 demands that processors keep all octets of all headers, and peers do send
/// Latin-1 where UTF-8 is due: a byte that is no UTF-8 becomes the lone low surrogate U+DC00 + byte (no valid text holds one), and goes out
/// as the same byte. Stateless; linear in time and space.
public final class Octets {
  private static final int ESCAPE = 0xDC00;

  private Octets() {}

  /// The text of `data[from, to)`.
  public static String decode(byte[] data, int from, int to) {
    if (isAscii(data, from, to)) {
      return new String(data, from, to - from, StandardCharsets.ISO_8859_1);
    }
    try {
      return decoder().decode(ByteBuffer.wrap(data, from, to - from)).toString();
    } catch (CharacterCodingException e) {
      return decodeEscaping(data, from, to);
    }
  }

  private static boolean isAscii(byte[] data, int from, int to) {
    for (int i = from; i < to; i++) {
      if (data[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private static CharsetDecoder decoder() {
    return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  private static String decodeEscaping(byte[] data, int from, int to) {
    CharsetDecoder decoder = decoder();
    ByteBuffer in = ByteBuffer.wrap(data, from, to - from);
    CharBuffer out = CharBuffer.allocate(to - from); // never more chars than bytes
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + (in.get() & 0xFF)));
      }
      decoder.reset();
    }
  }

  /// The bytes of `text`; the reverse of [#decode].
  public static byte[] encode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        return encodeEscaped(text);
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isEscape(String text, int i) {
    char c = text.charAt(i);
    return c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  private static byte[] encodeEscaped(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() * 2);
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        out.writeBytes(text.substring(start, i).getBytes(StandardCharsets.UTF_8));
        out.write(text.charAt(i) - ESCAPE);
        start = i + 1;
      }
    }
    out.writeBytes(text.substring(start).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }
}
