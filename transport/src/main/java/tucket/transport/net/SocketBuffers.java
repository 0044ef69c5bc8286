// What the system gives of the buffers that sockets ask for.
package tucket.transport.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/// Asked of a socket, since the limit of the system is not shown everywhere: not in a container with a network of its own.
public final class SocketBuffers {
  private SocketBuffers() {}

  /// How many bytes a UDP socket may keep of what has arrived when it asks for `wanted`; `wanted` where no socket can be asked. Opens one, unbound, and
  /// closes it.
  public static int received(int wanted) {
    try (DatagramChannel socket = DatagramChannel.open()) {
      socket.setOption(StandardSocketOptions.SO_RCVBUF, wanted);
      return Math.min(wanted, socket.getOption(StandardSocketOptions.SO_RCVBUF)); // Java has halved what Linux had doubled: socket(7)
    } catch (IOException | UnsupportedOperationException none) {
      return wanted;
    }
  }
}
