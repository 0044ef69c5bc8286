// Nonces that prove by themselves who made them and when.
package tucket.protocol.sip.digest;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// A nonce is `base64url(milliseconds, number, HMAC-SHA-256 of both)`: handing one out costs no memory (RFC 7616 section 3.3). Memory is
/// used only for nonces that come back, in a table of fixed size; what falls out of it counts as stale, so nothing can be replayed for want
/// of memory. Thread-safe without locks.
///
/// Two tables with the same key (two machines, or one machine started again) know nothing of each other's nonce counts: give each its own
/// key where a replay within `life` would matter.
public final class Nonces {
  /// What a nonce is worth.
  public enum Check {
    /// Ours, young enough, and this nonce count is new.
    OK,
    /// Ours but too old, or crowded out by newer ones: challenge again with `stale=TRUE`.
    STALE,
    /// This nonce count has come before, or is too far behind the newest.
    REPLAYED,
    /// Not made with our key.
    FORGED
  }

  private static final int DEFAULT_SLOTS = 65_536;
  private static final int WINDOW = 64;
  private static final int CLAIMS = 16;
  private static final int TAG = 16;
  private static final long SKEW_MILLIS = 5_000;

  /// How a nonce has been used: the highest count, and one bit for each of the 64 counts up to it.
  private record Use(long number, long millis, long highest, long seen) {}

  private final SecretKeySpec key;
  private final long lifeMillis;
  private final AtomicLong minted = new AtomicLong();
  private final AtomicReferenceArray<@Nullable Use> uses;

  /// @param key secret bytes, at least 16
  public Nonces(byte[] key, Duration life) {
    this(key, life, DEFAULT_SLOTS);
  }

  /// @param slots how many nonces in use are remembered; a power of two
  public Nonces(byte[] key, Duration life, int slots) {
    if (key.length < 16 || Integer.bitCount(slots) != 1 || life.isNegative()) {
      throw new IllegalArgumentException("nonces need a key of 16 bytes or more and a power of two of slots");
    }
    this.key = new SecretKeySpec(key, "HmacSHA256");
    this.lifeMillis = life.toMillis();
    this.uses = new AtomicReferenceArray<>(slots);
  }

  /// A nonce that no other call gives.
  public String mint(Instant now) {
    ByteBuffer nonce = ByteBuffer.allocate(CLAIMS + TAG);
    nonce.putLong(now.toEpochMilli()).putLong(minted.getAndIncrement());
    nonce.put(tag(nonce.array()), 0, TAG);
    return encode(nonce.array());
  }

  /// Judges a nonce and notes that `nc` has been used with it. Call it after the response has proved right, else anybody could use up
  /// other people's nonce counts.
  ///
  /// @param nc the nonce count; 0 for a client without qop, which cannot be protected from replay within the nonce's life
  public Check check(String nonce, long nc, Instant now) {
    byte[] bytes = decode(nonce);
    if (bytes.length != CLAIMS + TAG) {
      return Check.FORGED;
    }
    byte[] tag = Arrays.copyOf(tag(bytes), TAG);
    if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(bytes, CLAIMS, CLAIMS + TAG))) {
      return Check.FORGED;
    }
    ByteBuffer claims = ByteBuffer.wrap(bytes);
    long millis = claims.getLong();
    long number = claims.getLong();
    long age = now.toEpochMilli() - millis;
    if (age > lifeMillis || age < -SKEW_MILLIS) {
      return Check.STALE;
    }
    return nc == 0 ? Check.OK : use(number, millis, nc);
  }

  /// Whether `nonce` is ours, and young enough, without noting any use.
  public Check peek(String nonce, Instant now) {
    return check(nonce, 0, now);
  }

  private Check use(long number, long millis, long nc) {
    int slot = (int) number & uses.length() - 1;
    while (true) {
      Use old = uses.get(slot);
      Use now;
      if (old == null || old.millis < millis || old.millis == millis && old.number < number) {
        now = new Use(number, millis, nc, 1);
      } else if (old.millis != millis || old.number != number) {
        return Check.STALE;
      } else if (nc > old.highest) {
        long shift = nc - old.highest;
        now = new Use(number, millis, nc, shift >= WINDOW ? 1 : old.seen << shift | 1);
      } else {
        long behind = old.highest - nc;
        long bit = behind >= WINDOW ? 0 : 1L << behind;
        if (bit == 0 || (old.seen & bit) != 0) {
          return Check.REPLAYED;
        }
        now = new Use(number, millis, old.highest, old.seen | bit);
      }
      if (uses.compareAndSet(slot, old, now)) {
        return Check.OK;
      }
    }
  }

  private static String encode(byte[] nonce) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
  }

  /// The bytes of a nonce, or none where it is not spelled as [#mint] spells it.
  private static byte[] decode(String nonce) {
    if (nonce.length() > 64) {
      return new byte[0];
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(nonce);
      return encode(bytes).equals(nonce) ? bytes : new byte[0];
    } catch (IllegalArgumentException notBase64) {
      return new byte[0];
    }
  }

  private byte[] tag(byte[] nonce) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(nonce, 0, CLAIMS);
      return mac.doFinal();
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this Java has no HmacSHA256", e); // every JDK has it
    }
  }
}
