// What was put in comes out, until it is forgotten.
package tucket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedQueueTest {
  private record Kept(long place, byte[] bytes) {}

  private final PackedQueue queue = new PackedQueue();

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void itHoldsWhatAQueueOfArraysWouldHold() {
    Random random = new Random(7);
    Deque<Kept> expected = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = bytes(random, random.nextInt(100) == 0 ? random.nextInt(200_000) : random.nextInt(600));
      expected.add(new Kept(queue.add(bytes), bytes));
      while (expected.size() > 300 + random.nextInt(200)) {
        expected.remove();
        queue.forgetBefore(expected.getFirst().place);
      }
      if (i % 500 == 0) {
        assertThat(walked(expected.getFirst().place, expected.size())).usingRecursiveFieldByFieldElementComparator().isEqualTo(List.copyOf(expected));
      }
    }
  }

  private List<Kept> walked(long from, int count) {
    List<Kept> found = new ArrayList<>();
    long place = from;
    for (int i = 0; i < count; i++) {
      found.add(new Kept(place, queue.at(place)));
      place = queue.after(place);
    }
    return found;
  }

  @Test
  void whatComesBehindTheLastOneIsWhereTheNextOneIsPutOrBefore() {
    long one = queue.add(new byte[10]);
    assertThat(queue.after(one)).isLessThanOrEqualTo(queue.add(new byte[10]));
    long large = queue.add(new byte[100_000]);
    assertThat(queue.after(large)).isLessThanOrEqualTo(queue.add(new byte[1])).isGreaterThan(large);
  }

  @Test
  void whatWasForgottenIsGone() {
    long old = queue.add(bytes(new Random(1), 50_000));
    queue.add(bytes(new Random(2), 50_000));
    long young = queue.add(bytes(new Random(3), 50_000));
    queue.forgetBefore(young);
    assertThat(queue.at(young)).isEqualTo(bytes(new Random(3), 50_000));
    assertThatThrownBy(() -> queue.at(old)).isInstanceOf(IllegalArgumentException.class);
    queue.clear();
    assertThatThrownBy(() -> queue.at(young)).isInstanceOf(IllegalArgumentException.class);
    assertThat(queue.at(queue.add(new byte[] {5}))).containsExactly(5);
  }
}
