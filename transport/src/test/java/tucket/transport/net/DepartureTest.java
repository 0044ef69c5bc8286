// Which datagrams leave together.
package tucket.transport.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DepartureTest {
  private static final InetSocketAddress A = new InetSocketAddress("127.0.0.1", 1);
  private static final InetSocketAddress B = new InetSocketAddress("127.0.0.1", 2);

  private final Departure departure = new Departure(UnpooledByteBufAllocator.DEFAULT, true);

  private static List<String> shown(Departure departure) {
    List<String> shown = new ArrayList<>();
    for (DatagramPacket packet : departure.packets()) {
      int each = packet instanceof SegmentedDatagramPacket segmented ? segmented.segmentSize() : packet.content().readableBytes();
      shown.add(packet.recipient().getPort() + ": " + packet.content().readableBytes() + " by " + each);
      packet.release();
    }
    return shown;
  }

  @Test
  void thoseOfOneLengthToOneAddressLeaveTogetherWithAShorterOneAtTheEnd() {
    for (int length : new int[] {100, 100, 80, 100, 120}) {
      departure.add(new byte[length], A);
    }
    departure.add(new byte[100], B);
    assertThat(shown(departure)).containsExactly("1: 280 by 100", "1: 100 by 100", "1: 120 by 120", "2: 100 by 100");
  }

  @Test
  void nothingOvertakesALargeOneToTheSameAddress() {
    departure.add(new byte[100], A);
    departure.add(new byte[Departure.SMALL + 1], A);
    departure.add(new byte[100], A);
    departure.add(new byte[100], A);
    assertThat(shown(departure)).containsExactly("1: 100 by 100", "1: 1201 by 1201", "1: 200 by 100");
  }

  @Test
  void noMoreThanTheKernelTakesLeaveTogether() {
    for (int i = 0; i < 65; i++) {
      departure.add(new byte[10], A);
    }
    for (int i = 0; i < 51; i++) {
      departure.add(new byte[Departure.SMALL], B);
    }
    assertThat(shown(departure)).containsExactly("1: 640 by 10", "1: 10 by 10", "2: 60000 by 1200", "2: 1200 by 1200");
  }

  @Test
  void anEmptyOneGoesAlone() {
    departure.add(new byte[10], A);
    departure.add(new byte[0], A);
    departure.add(new byte[10], A);
    assertThat(shown(departure)).containsExactly("1: 10 by 10", "1: 0 by 0", "1: 10 by 10");
  }

  @Test
  void whereTheKernelDoesNotCutEachGoesAlone() {
    Departure apart = new Departure(UnpooledByteBufAllocator.DEFAULT, false);
    apart.add(new byte[10], A);
    apart.add(new byte[10], A);
    assertThat(shown(apart)).containsExactly("1: 10 by 10", "1: 10 by 10");
  }
}
