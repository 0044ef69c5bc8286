// The datagrams that leave a socket in one go.
package tucket.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Small ones to the same address go through the kernel together, which cuts them apart at the end of its way (UDP_SEGMENT, udp(7)): the way is
/// most of what a datagram costs, and a proxy in front of a server gets many. All but the last of them have one length, as answers of one kind
/// mostly do. What goes to one address keeps its order. For one thread.
final class Departure {
  /// What fits the smallest path of IPv6 (RFC 8200 section 5) with its headers: longer ones might have to be fragmented, which the kernel does not
  /// do to pieces.
  static final int SMALL = 1200;
  private static final int MOST_PIECES = 64; // UDP_MAX_SEGMENTS of older kernels
  private static final int MOST_BYTES = 60_000;

  private final ByteBufAllocator buffers;
  private final boolean together;
  private final List<Group> groups = new ArrayList<>();
  private final Map<InetSocketAddress, Group> open = new HashMap<>();

  /// @param together false where each is to go alone
  Departure(ByteBufAllocator buffers, boolean together) {
    this.buffers = buffers;
    this.together = together;
  }

  private static final class Group {
    final InetSocketAddress remote;
    final int length;
    final List<byte[]> pieces = new ArrayList<>(4);

    Group(InetSocketAddress remote, byte[] first) {
      this.remote = remote;
      this.length = first.length;
      pieces.add(first);
    }

    boolean takes(byte[] data) {
      return data.length > 0 && data.length <= length && pieces.size() < MOST_PIECES && (pieces.size() + 1) * length <= MOST_BYTES;
    }
  }

  void add(byte[] data, InetSocketAddress remote) {
    Group before = together ? open.get(remote) : null;
    if (before != null && before.takes(data)) {
      before.pieces.add(data);
      if (data.length < before.length) {
        open.remove(remote); // a shorter one is the last
      }
      return;
    }
    Group group = new Group(remote, data);
    groups.add(group);
    if (together && data.length > 0 && data.length <= SMALL) {
      open.put(remote, group);
    } else if (together) {
      open.remove(remote); // what follows must not overtake it
    }
  }

  /// What is to be written, in this order.
  List<DatagramPacket> packets() {
    List<DatagramPacket> packets = new ArrayList<>(groups.size());
    for (Group group : groups) {
      ByteBuf content = buffers.directBuffer(Math.max(1, group.pieces.size() * group.length));
      group.pieces.forEach(content::writeBytes);
      packets.add(group.pieces.size() == 1
          ? new DatagramPacket(content, group.remote)
          : new SegmentedDatagramPacket(content, group.length, group.remote));
    }
    return packets;
  }
}
