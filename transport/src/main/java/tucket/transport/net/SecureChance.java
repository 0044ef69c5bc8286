// Unpredictable bytes at the price of a few nanoseconds: AES in counter mode, keyed by the system's SecureRandom.
package tucket.transport.net;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tucket.transport.Chance;

/// A generator that erases its key at once: every refill of 8 KiB makes its own next key first, and bytes are wiped as they are handed
/// out, so that who reads the memory later cannot tell what was handed out before. It takes a fresh key from the system's SecureRandom
/// every 1024 refills (8 MiB).
///
/// Threads are spread over a few stripes by their id; a stripe's lock is held for some nanoseconds. Nothing is kept per thread, since
/// virtual threads come by the million.
public final class SecureChance implements Chance {
  private static final int BLOCK = 8192;
  private static final int KEY = 32;
  private static final int SEED = KEY + 16;
  private static final int REFILLS_PER_SEED = 1024;

  private final Stripe[] stripes;

  public SecureChance() {
    SecureRandom seeds = new SecureRandom();
    stripes = new Stripe[Integer.highestOneBit(Math.max(1, Runtime.getRuntime().availableProcessors())) * 4];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new Stripe(seeds);
    }
  }

  @Override
  public void fill(byte[] bytes) {
    stripes[(int) Thread.currentThread().threadId() & (stripes.length - 1)].fill(bytes);
  }

  private static final class Stripe {
    private static final byte[] ZEROS = new byte[BLOCK];

    private final SecureRandom seeds;
    private final Cipher cipher;
    private final byte[] block = new byte[BLOCK];
    private int next = BLOCK;
    private int refills;

    Stripe(SecureRandom seeds) {
      this.seeds = seeds;
      try {
        cipher = Cipher.getInstance("AES/CTR/NoPadding");
      } catch (GeneralSecurityException absent) {
        throw new IllegalStateException("this Java has no AES", absent);
      }
    }

    synchronized void fill(byte[] bytes) {
      int done = 0;
      while (done < bytes.length) {
        if (next == BLOCK) {
          refill();
        }
        int count = Math.min(bytes.length - done, BLOCK - next);
        System.arraycopy(block, next, bytes, done, count);
        Arrays.fill(block, next, next + count, (byte) 0);
        next += count;
        done += count;
      }
    }

    private void refill() {
      if (refills++ % REFILLS_PER_SEED == 0) {
        byte[] seed = new byte[SEED];
        seeds.nextBytes(seed);
        System.arraycopy(seed, 0, block, 0, SEED);
      }
      try {
        // The first bytes of the block are never handed out: they are the key of the next one.
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(block, 0, KEY, "AES"), new IvParameterSpec(block, KEY, SEED - KEY));
        cipher.doFinal(ZEROS, 0, BLOCK, block, 0);
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException("AES failed", impossible);
      }
      next = SEED;
    }
  }
}
