// A key and its value, as a scan finds them.
package tucket.store;

import java.util.Arrays;
import java.util.HexFormat;

/// What a scan returns. The arrays belong to the caller. Two entries are equal when their bytes are.
public record Entry(byte[] key, byte[] value) {
  @Override
  public boolean equals(Object other) {
    return other instanceof Entry(byte[] k, byte[] v) && Arrays.equals(key, k) && Arrays.equals(value, v);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(key) + " (" + value.length + " bytes)";
  }
}
