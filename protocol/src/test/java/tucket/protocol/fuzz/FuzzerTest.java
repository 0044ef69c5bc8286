// That a finding is found, and can be played again.
package tucket.protocol.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;

class FuzzerTest {
  /// Numbers as inputs.
  private record Numbers(Consumer<Long> parser) implements Target {
    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public byte[] input(SplittableRandom chance) {
      return Long.toString(chance.nextLong(1000)).getBytes(UTF_8);
    }

    @Override
    public void read(byte[] input) {
      parser.accept(Long.valueOf(new String(input, UTF_8)));
    }
  }

  @Test
  void whatIsThrownButMalformedIsAFindingThatNamesSeedAndIndexAndIsThereAgain() {
    Fuzzer fuzzer = new Fuzzer(new Numbers(n -> {
      if (n == 7) {
        throw new IllegalStateException("seven");
      }
      throw new Malformed("no");
    }), () -> 0);
    Finding finding = catchThrowableOfType(Finding.class, () -> fuzzer.rounds(3, 100_000));
    assertThat(finding).hasMessageMatching("numbers seed 3 index \\d+: java.lang.IllegalStateException: seven; the input is 7");
    assertThat(finding.input()).isEqualTo("7".getBytes(UTF_8));
    assertThat(finding.slow()).isFalse();
    long index = Long.parseLong(String.valueOf(finding.getMessage()).replaceAll(".*index (\\d+):.*", "$1"));
    assertThat(fuzzer.input(3, index)).isEqualTo(finding.input());
    assertThatThrownBy(() -> fuzzer.play("again", finding.input())).isInstanceOf(Finding.class).hasMessageStartingWith("again: ");
  }

  @Test
  void errorsAreFindingsToo() {
    assertThatThrownBy(() -> new Fuzzer(new Numbers(n -> {
      throw new StackOverflowError();
    }), () -> 0).rounds(1, 1)).isInstanceOf(Finding.class);
  }

  @Test
  void refusalsAreCountedAndAreNoFindings() {
    Fuzzer.Tally tally = new Fuzzer(new Numbers(n -> {
      if (n % 2 == 0) {
        throw new Malformed("even");
      }
    }), () -> 0).rounds(1, 10_000);
    assertThat(tally.inputs()).isEqualTo(10_000);
    assertThat(tally.accepted()).isBetween(4_000L, 6_000L);
    assertThat(tally.refused()).isEqualTo(10_000 - tally.accepted());
  }

  @Test
  void slowIsWhatIsSlowTwice() {
    long[] now = {0};
    long[] slowTimes = {1};
    Fuzzer fuzzer = new Fuzzer(new Numbers(n -> now[0] += slowTimes[0]-- > 0 ? Fuzzer.MAX_NANOS + 1_000_000 : 1), () -> now[0]);
    assertThat(fuzzer.rounds(1, 10).accepted()).isEqualTo(10);
    slowTimes[0] = 2;
    Finding finding = catchThrowableOfType(Finding.class, () -> fuzzer.rounds(1, 10));
    assertThat(finding.slow()).isTrue();
    assertThat(finding).hasMessageContaining("took 5001 ms");
  }

  @Test
  void everyParserMakesTheSameInputAgainAndOthersFromOtherSeedsAndNumbers() {
    for (Target target : Target.parsers()) {
      Fuzzer one = new Fuzzer(target, () -> 0);
      Fuzzer other = new Fuzzer(Target.parsers().stream().filter(t -> t.name().equals(target.name())).findFirst().orElseThrow(), () -> 0);
      assertThat(one.input(5, 77)).as(target.name()).isEqualTo(other.input(5, 77));
      assertThat(List.of(1L, 2L, 3L, 4L)).as(target.name()).extracting(i -> Fuzzer.printable(one.input(5, i))).doesNotHaveDuplicates();
      assertThat(List.of(1L, 2L, 3L, 4L)).as(target.name()).extracting(i -> Fuzzer.printable(one.input(i, 5))).doesNotHaveDuplicates();
    }
  }

  @Test
  void anInputIsShownAsOneLine() {
    assertThat(Fuzzer.printable("a\r\n\\\u00e9".getBytes(UTF_8))).isEqualTo("a\\x0d\\x0a\\x5c\\xc3\\xa9");
    assertThat(Fuzzer.printable(new byte[10_000])).hasSizeLessThan(4_020).endsWith("...");
  }
}
