// The buffer that a UDP socket reads into: room for several datagrams at once.
package tucket.transport.net;

import io.netty.channel.FixedRecvByteBufAllocator;

/// A fixed size, since a datagram that does not fit is lost. The kernel touches only the pages that it fills, and the buffer goes back to
/// the pool after each read.
final class DatagramBuffers extends FixedRecvByteBufAllocator {
  /// Datagrams that one system call may read.
  static final int BATCH = 16;

  /// Datagrams that are read before anything is done with them: all that the kernel has, nearly. What waits there is not seen, and what overflows is lost.
  private static final int MOST = 4096;

  DatagramBuffers(int datagrams, int datagramBytes) {
    super(datagrams * datagramBytes);
    maxMessagesPerRead(MOST);
  }
}
