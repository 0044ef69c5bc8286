// What the kernel knows of a socket.
package tucket.app.load.bench;

import java.nio.file.Path;
import tucket.transport.Endpoint;

/// From /proc/net/udp, where the system has it.
final class Sockets {
  private static final int HEX = 16;

  private Sockets() {}

  /// Datagrams to that IPv4 port that found the socket's buffer full; 0 where nothing is known, or where it is no UDP socket.
  static long dropped(Endpoint local) {
    return Machine.text(Path.of("/proc/net/udp"))
        .lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 2 && port(fields[1]) == local.address().getPort())
        .mapToLong(fields -> Long.parseLong(fields[fields.length - 1]))
        .sum();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), HEX);
  }
}
