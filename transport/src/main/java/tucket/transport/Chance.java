// Randomness from outside: tags, branches, nonces, ids.
package tucket.transport;

import java.util.HexFormat;

/// Thread-safe source of unpredictable bytes (predictable from the seed in a simulated world).
public interface Chance {
  void fill(byte[] bytes);

  /// A fresh token of `bytes` random bytes in lower-case hexadecimal.
  default String token(int bytes) {
    byte[] random = new byte[bytes];
    fill(random);
    return HexFormat.of().formatHex(random);
  }
}
