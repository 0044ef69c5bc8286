// Puts text and bytes one behind the other into one array.
package tucket.protocol.mime;

import java.util.Arrays;

/// Text goes out as [Octets#encode] does it. Not thread-safe.
public final class OctetWriter {
  private byte[] out;
  private int length;

  /// `expected` is how many bytes there will be, as far as that is known.
  public OctetWriter(int expected) {
    out = new byte[expected];
  }

  public OctetWriter put(String text) {
    room(text.length());
    int at = length;
    boolean ascii = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      ascii &= c < 128;
      out[at++] = (byte) c;
    }
    if (!ascii) {
      byte[] encoded = Octets.encode(text);
      room(encoded.length);
      System.arraycopy(encoded, 0, out, length, encoded.length);
      at = length + encoded.length;
    }
    length = at;
    return this;
  }

  public OctetWriter put(byte[] data, int from, int to) {
    room(to - from);
    System.arraycopy(data, from, out, length, to - from);
    length += to - from;
    return this;
  }

  private void room(int more) {
    if (length + more > out.length) {
      out = Arrays.copyOf(out, Math.max(length + more, out.length + out.length / 2));
    }
  }

  /// What was put; nothing may be put any more.
  public byte[] bytes() {
    return length == out.length ? out : Arrays.copyOf(out, length);
  }
}
