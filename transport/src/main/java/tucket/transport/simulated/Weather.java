// What the network does to packets.
package tucket.transport.simulated;

import java.time.Duration;
import java.util.Random;

/// `loss` and `duplication` are the shares of datagrams that are lost and that arrive twice, from 0 to 1. A packet takes between `least` and
/// `most`; where these differ, datagrams overtake each other. Streams keep their order and lose nothing.
public record Weather(double loss, double duplication, Duration least, Duration most) {
  /// A local network: nothing is lost, everything takes a millisecond.
  public static final Weather CLEAR = new Weather(0, 0, Duration.ofMillis(1), Duration.ofMillis(1));

  Duration delay(Random random) {
    long spread = most.toNanos() - least.toNanos();
    return least.plusNanos(spread <= 0 ? 0 : random.nextLong(spread + 1));
  }

  /// How often a datagram arrives.
  int copies(Random random) {
    double drawn = random.nextDouble();
    return drawn < loss ? 0 : drawn < loss + duplication ? 2 : 1;
  }
}
