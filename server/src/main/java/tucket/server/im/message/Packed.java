// The bytes of what is stored: numbers and texts one after the other.
package tucket.server.im.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/// Fixed-width big-endian numbers; texts (UTF-8) and byte arrays behind their length. Every stored value starts with a format version.
public final class Packed {
  private Packed() {}

  /// Puts a value together. For one thread.
  public static final class Writer {
    private byte[] out = new byte[256];
    private int count;

    public Writer(int version) {
      put((byte) version);
    }

    public Writer put(byte value) {
      room(1)[count++] = value;
      return this;
    }

    public Writer put(int value) {
      byte[] to = room(Integer.BYTES);
      to[count++] = (byte) (value >>> 24);
      to[count++] = (byte) (value >>> 16);
      to[count++] = (byte) (value >>> 8);
      to[count++] = (byte) value;
      return this;
    }

    public Writer put(long value) {
      return put((int) (value >>> 32)).put((int) value);
    }

    /// With the precision of a millisecond.
    public Writer put(Instant value) {
      return put(value.toEpochMilli());
    }

    public Writer put(String text) {
      return put(text.getBytes(StandardCharsets.UTF_8));
    }

    public Writer put(byte[] bytes) {
      put(bytes.length);
      System.arraycopy(bytes, 0, room(bytes.length), count, bytes.length);
      count += bytes.length;
      return this;
    }

    public byte[] bytes() {
      return Arrays.copyOf(out, count);
    }

    private byte[] room(int more) {
      if (out.length - count < more) {
        out = Arrays.copyOf(out, Math.max(out.length * 2, count + more));
      }
      return out;
    }
  }

  /// Takes a value apart in the order it was put together. For one thread. What does not fit is an [IllegalStateException]: our own data is
  /// damaged, or written by a later version.
  public static final class Reader {
    private final ByteBuffer in;

    public Reader(byte[] value, int version) {
      in = ByteBuffer.wrap(value);
      if (value.length == 0 || in.get() != version) {
        throw new IllegalStateException("stored value of another format version");
      }
    }

    public byte oneByte() {
      need(1);
      return in.get();
    }

    public int number() {
      need(Integer.BYTES);
      return in.getInt();
    }

    public long longNumber() {
      need(Long.BYTES);
      return in.getLong();
    }

    public Instant instant() {
      return Instant.ofEpochMilli(longNumber());
    }

    public byte[] byteArray() {
      int length = number();
      if (length < 0) {
        throw new IllegalStateException("stored value is damaged");
      }
      need(length);
      byte[] bytes = new byte[length];
      in.get(bytes);
      return bytes;
    }

    public String text() {
      return new String(byteArray(), StandardCharsets.UTF_8);
    }

    private void need(int bytes) {
      if (in.remaining() < bytes) {
        throw new IllegalStateException("stored value is damaged");
      }
    }
  }
}
