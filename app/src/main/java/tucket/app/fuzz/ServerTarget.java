// A whole server that is sent damaged requests: by strangers as bytes, by a user as requests that pass his authentication.
package tucket.app.fuzz;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import tucket.protocol.fuzz.Target;

/// In this process, in memory, on free loopback ports. A new server after some thousand inputs, so that what waits does not grow. An input depends on
/// those before it, since a server remembers; answers to strangers are looked at when they come, which may be some inputs later.
public final class ServerTarget implements Target, AutoCloseable {
  private static final int INPUTS_A_SERVER = 10_000;

  private Optional<Victim> victim = Optional.empty();
  private int played;

  @Override
  public String name() {
    return "server";
  }

  @Override
  public byte[] input(SplittableRandom chance) {
    return DamagedRequests.next(chance);
  }

  @Override
  public void read(byte[] input) {
    if (played++ % INPUTS_A_SERVER == 0) {
      close();
    }
    Victim server = victim.orElseGet(Victim::new);
    victim = Optional.of(server);
    switch (Math.floorMod(Arrays.hashCode(input), 3)) {
      case 0 -> server.datagram(input);
      case 1 -> server.stream(input);
      default -> server.user(input);
    }
  }

  @Override
  public void close() {
    victim.ifPresent(Victim::close);
    victim = Optional.empty();
  }
}
