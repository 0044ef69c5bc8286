// The server's own secret, made once and kept.
package tucket.server.core;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tucket.server.Schema;
import tucket.store.Engine;
import tucket.store.Key;
import tucket.store.Partition;
import tucket.transport.Chance;

/// 32 random bytes in the store, from which a key for each purpose is derived. That they outlive a restart keeps nonces and temporary
/// GRUUs good over it.
public final class Secrets {
  private static final int BYTES = 32;
  private static final byte[] KEY = Key.of(Schema.SECRET).bytes();

  private final byte[] secret;

  private Secrets(byte[] secret) {
    this.secret = secret;
  }

  /// Reads the secret, or makes it at the first start.
  public static Secrets load(Engine engine, Chance chance) {
    byte[] fresh = new byte[BYTES + 1];
    chance.fill(fresh);
    fresh[0] = 1; // format
    byte[] value = engine.write(Partition.of(Schema.SYSTEM, "core"), transaction -> transaction.get(KEY).orElseGet(() -> {
      transaction.put(KEY, fresh);
      return fresh;
    }));
    return new Secrets(Arrays.copyOfRange(value, 1, value.length));
  }

  /// 32 bytes for one purpose: HMAC-SHA-256 of its name.
  byte[] derive(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("the Java runtime has no HMAC-SHA-256", missing);
    }
  }
}
