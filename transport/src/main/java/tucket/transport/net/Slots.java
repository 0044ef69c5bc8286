// Places for connections: so many in all, so many from one address.
package tucket.transport.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Thread-safe. A taken place is given back once.
final class Slots {
  private final int most;
  private final int mostPerAddress;
  private final AtomicInteger taken = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

  Slots(int most, int mostPerAddress) {
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  /// Takes a place for a connection that we open.
  boolean take() {
    if (taken.incrementAndGet() > most) {
      taken.decrementAndGet();
      return false;
    }
    return true;
  }

  void giveBack() {
    taken.decrementAndGet();
  }

  /// Takes a place for a connection from `address`.
  boolean takeFor(InetAddress address) {
    if (!take()) {
      return false;
    }
    if (perAddress.merge(address, 1, Integer::sum) > mostPerAddress) {
      giveBackOf(address);
      return false;
    }
    return true;
  }

  void giveBackOf(InetAddress address) {
    perAddress.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
    giveBack();
  }
}
