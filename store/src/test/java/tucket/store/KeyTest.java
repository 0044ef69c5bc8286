// Keys and names: their order, their way back, and what they refuse.
package tucket.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTest {
  private static final int TRIES = 20_000;

  private static String text(Random random) {
    int[] letters = random.ints(random.nextInt(4), 0, 6).map(i -> new int[] {0, 1, 2, 'a', 0xFC, 0x1F600}[i]).toArray();
    return new String(letters, 0, letters.length);
  }

  private static long number(Random random) {
    return random.nextBoolean() ? random.nextInt(-3, 4) : random.nextLong();
  }

  private static int compareCharacters(String a, String b) {
    return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
  }

  @Test
  void theOrderOfKeysIsTheOrderOfTheirParts() {
    Random random = new Random(1);
    for (int i = 0; i < TRIES; i++) {
      String a = text(random);
      String b = text(random);
      long m = number(random);
      long n = number(random);
      int expected = compareCharacters(a, b) != 0 ? compareCharacters(a, b) : Long.compare(m, n);
      int found = Arrays.compareUnsigned(Key.of(a).number(m).bytes(), Key.of(b).number(n).bytes());
      assertThat(Integer.signum(found)).as("%s %d, %s %d", a, m, b, n).isEqualTo(Integer.signum(expected));
    }
  }

  @Test
  void aKeyGivesItsPartsBack() {
    Random random = new Random(2);
    for (int i = 0; i < TRIES; i++) {
      String a = text(random);
      String b = text(random);
      long n = number(random);
      Key.Parts parts = Key.parts(Key.of(a).number(n).text(b).bytes());
      assertThat(parts.text()).isEqualTo(a);
      assertThat(parts.number()).isEqualTo(n);
      assertThat(parts.more()).isTrue();
      assertThat(parts.text()).isEqualTo(b);
      assertThat(parts.more()).isFalse();
    }
  }

  @Test
  void aPrefixEndsBehindAllThatContinuesIt() {
    Key queue = Key.of("queue");
    assertThat(queue.end()).isEqualTo(new byte[] {'q', 'u', 'e', 'u', 'e', 1});
    for (long n : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
      assertThat(Arrays.compareUnsigned(queue.number(n).bytes(), queue.bytes())).isPositive();
      assertThat(Arrays.compareUnsigned(queue.number(n).bytes(), queue.end())).isNegative();
    }
    assertThat(Arrays.compareUnsigned(Key.of("queues").bytes(), queue.end())).isPositive();
    assertThat(Key.empty().number(Long.MAX_VALUE).end()).isEmpty();
    assertThat(Key.empty().end()).isEmpty();
    assertThat(Key.end(new byte[] {7, -1, -1})).isEqualTo(new byte[] {8});
  }

  @Test
  void aPartThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> Key.parts(new byte[] {'a', 'b'}).text()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Key.parts(new byte[7]).number()).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void halfACharacterIsRefusedNotReplaced() {
    for (String half : List.of("\uD83D", "a\uDE00", "\uD83Dx", "\uDE00\uD83D")) {
      assertThatThrownBy(() -> Key.of(half)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new Partition(new Kind("user"), half)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void namesKeepTheirLimits() {
    for (String name : List.of("", "User", "us er", "user1", "seventeenletterss", "ü")) {
      assertThatThrownBy(() -> new Kind(name)).isInstanceOf(IllegalArgumentException.class);
    }
    Kind user = new Kind("user");
    assertThat(new Partition(user, "ü".repeat(256)).id()).hasSize(256);
    assertThatThrownBy(() -> new Partition(user, "ü".repeat(256) + "x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Partition(user, "")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noPartitionReachesIntoAnother() {
    Random random = new Random(3);
    Kind user = new Kind("user");
    for (int i = 0; i < TRIES; i++) {
      Partition a = new Partition(user, text(random) + "x");
      Partition b = new Partition(user, text(random) + "x");
      byte[] key = new byte[random.nextInt(3)];
      random.nextBytes(key);
      byte[] full = KeySpace.join(KeySpace.prefix(a), key);
      byte[] start = KeySpace.prefix(b);
      boolean inside = Arrays.compareUnsigned(full, start) >= 0 && Arrays.compareUnsigned(full, KeySpace.end(start)) < 0;
      assertThat(inside).as("%s in %s", a, b).isEqualTo(a.equals(b));
      assertThat(KeySpace.partition(user, full)).isEqualTo(a);
    }
  }
}
