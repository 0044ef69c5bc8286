// Who listens on the ports of this machine.
package tucket.app.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads `/proc/net` (the format is in Linux' proc_net_tcp documentation) and finds the owner of a socket among the open files of processes,
/// which only root may see of other users' processes.
final class Listeners {
  private static final String LISTENING = "0A";

  private final Machine machine;

  Listeners(Machine machine) {
    this.machine = machine;
  }

  /// A socket that is bound. The owner is empty where it can't be seen.
  record Bound(InetSocketAddress at, OptionalLong owner) {}

  /// The socket that keeps others from binding `wanted`.
  Optional<Bound> at(boolean datagrams, InetSocketAddress wanted) {
    for (String table : datagrams ? List.of("udp", "udp6") : List.of("tcp", "tcp6")) {
      for (String line : machine.lines("proc/net/" + table)) {
        String[] fields = line.strip().split("\\s+");
        boolean bound = fields.length > 9 && fields[1].indexOf(':') > 0 && (datagrams || fields[3].equals(LISTENING));
        Optional<InetSocketAddress> at = bound ? address(fields[1]) : Optional.empty();
        if (at.isPresent() && meet(at.get(), wanted)) {
          return Optional.of(new Bound(at.get(), owner(fields[9])));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean meet(InetSocketAddress there, InetSocketAddress wanted) {
    InetAddress a = there.getAddress();
    InetAddress b = wanted.getAddress();
    return there.getPort() == wanted.getPort() && (a.equals(b) || a.isAnyLocalAddress() || b.isAnyLocalAddress());
  }

  /// `0100007F:13C4` is 127.0.0.1:5060 on a machine that counts bytes from the small end, as all that we support do.
  static Optional<InetSocketAddress> address(String hex) {
    int colon = hex.indexOf(':');
    try {
      byte[] words = HexFormat.of().parseHex(hex, 0, colon);
      byte[] bytes = new byte[words.length];
      for (int i = 0; i < words.length; i++) {
        bytes[i] = words[i / 4 * 4 + 3 - i % 4];
      }
      return Optional.of(new InetSocketAddress(InetAddress.getByAddress(bytes), Integer.parseInt(hex, colon + 1, hex.length(), 16)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | UnknownHostException senseless) {
      return Optional.empty();
    }
  }

  private OptionalLong owner(String inode) {
    String wanted = "socket:[" + inode + "]";
    for (long pid : machine.processes()) {
      try (DirectoryStream<Path> open = Files.newDirectoryStream(machine.path("proc/" + pid + "/fd"))) {
        for (Path file : open) {
          if (Files.isSymbolicLink(file) && Files.readSymbolicLink(file).toString().equals(wanted)) {
            return OptionalLong.of(pid);
          }
        }
      } catch (IOException | RuntimeException gone) {
        continue; // another user's process, or one that has ended
      }
    }
    return OptionalLong.empty();
  }
}
