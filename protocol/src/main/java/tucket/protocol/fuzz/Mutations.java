// Damages messages at random, the same way for the same seed.
package tucket.protocol.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// A small fuzzer: takes good messages and flips, cuts, repeats, splices and seasons them with bytes that grammars care about.
public final class Mutations {
  private static final List<String> SPICES =
      List.of("\r\n", "\n", "\r", "\r\n\r\n", "\n\n", ":", ";", "\"", "\\", "<", ">", "--", "=", ",", " ", "\t", "\0", "%", "\\u12",
      "&#0;", "&x;", "<!DOCTYPE a>",
          "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "99999999999999999999", "-1", "*", "/", "\u00e9", "\u00c3", "\u00ff", "NS: ",
          "Content-Type: ", "Content-Encoding: gzip\r\n",
          "boundary=", "imdn.", "\u00ef\u00bb\u00bf", "xmlns=\"\"", "-------", "$", "+", "#", "MSRP ", "Byte-Range: 1-*/*\r\n", "a=", "m=");

  private final SplittableRandom random;

  public Mutations(SplittableRandom random) {
    this.random = random;
  }

  /// One damaged input.
  public byte[] next(List<byte[]> corpus) {
    byte[] data = corpus.get(random.nextInt(corpus.size())).clone();
    int changes = 1 + random.nextInt(6);
    for (int i = 0; i < changes; i++) {
      data = change(data, corpus);
    }
    return data;
  }

  private byte[] change(byte[] data, List<byte[]> corpus) {
    int at = data.length == 0 ? 0 : random.nextInt(data.length);
    return switch (random.nextInt(8)) {
      case 0 -> flip(data, at);
      case 1, 2 -> insert(data, at, SPICES.get(random.nextInt(SPICES.size())).getBytes(ISO_8859_1));
      case 3 -> remove(data, at, random.nextInt(1 + Math.min(64, data.length - at)));
      case 4 -> insert(data, at, Arrays.copyOfRange(data, at, Math.min(data.length, at + random.nextInt(64))));
      case 5 -> splice(data, at, corpus.get(random.nextInt(corpus.size())));
      case 6 -> Arrays.copyOf(data, at);
      default -> repeat(data, at);
    };
  }

  private byte[] flip(byte[] data, int at) {
    if (data.length > 0) {
      data[at] = (byte) random.nextInt(256);
    }
    return data;
  }

  private static byte[] insert(byte[] data, int at, byte[] what) {
    byte[] out = new byte[data.length + what.length];
    System.arraycopy(data, 0, out, 0, at);
    System.arraycopy(what, 0, out, at, what.length);
    System.arraycopy(data, at, out, at + what.length, data.length - at);
    return out;
  }

  private static byte[] remove(byte[] data, int at, int length) {
    byte[] out = new byte[data.length - length];
    System.arraycopy(data, 0, out, 0, at);
    System.arraycopy(data, at + length, out, at, data.length - at - length);
    return out;
  }

  private byte[] splice(byte[] data, int at, byte[] other) {
    int from = other.length == 0 ? 0 : random.nextInt(other.length);
    return insert(Arrays.copyOf(data, at), at, Arrays.copyOfRange(other, from, other.length));
  }

  private byte[] repeat(byte[] data, int at) {
    String spice = SPICES.get(random.nextInt(SPICES.size()));
    return insert(data, at, spice.repeat(1 + random.nextInt(200)).getBytes(ISO_8859_1));
  }
}
