// How long a device that failed is left alone.
package tucket.server.im.deferred;

import java.time.Duration;
import tucket.transport.Chance;

/// 5 s, 10 s, 20 s ... 5 min, each up to a fifth longer or shorter, so that devices that failed together do not come back together. Pure
/// but for the chance it is given.
public final class BackOff {
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration LAST = Duration.ofMinutes(5);

  private BackOff() {}

  /// The pause after that many failures in a row, at least 1.
  public static Duration after(int failures, Chance chance) {
    int doublings = Math.min(Math.max(failures, 1) - 1, 10);
    long millis = Math.min(FIRST.toMillis() << doublings, LAST.toMillis());
    byte[] random = new byte[2];
    chance.fill(random);
    int permille = 800 + ((random[0] & 0xFF) << 8 | random[1] & 0xFF) % 401;
    return Duration.ofMillis(millis * permille / 1000);
  }
}
