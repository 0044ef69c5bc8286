// The seeded part of fuzzing that every build runs.
package tucket.protocol.cpim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.fuzz.CpimTarget;
import tucket.protocol.fuzz.DocumentTarget;
import tucket.protocol.fuzz.Fuzzer;

class CpimFuzzTest {
  @Test
  void damagedMessagesAndDocumentsNeverEscapeAsAnythingButMalformed() {
    assertThat(new Fuzzer(new CpimTarget(), System::nanoTime).rounds(20261122, 15_000).accepted()).as("messages").isGreaterThan(5_000);
    assertThat(new Fuzzer(new DocumentTarget(), System::nanoTime).rounds(20261122, 10_000).accepted()).as("documents").isGreaterThan(200);
  }

  @Test
  void timeGrowsWithTheSizeAndNoFaster() {
    byte[] large = ("From: <sip:a@b>\r\n\r\nContent-Type: text/plain\r\n\r\n" + "\r\n--\r\n: ".repeat(1_000_000))
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(Duration.ofNanos(time(() -> CpimMessage.parse(large).write()))).isLessThan(Duration.ofSeconds(10));
    byte[] folds = ("A: b\r\n" + " c\r\n".repeat(1_000_000)).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(Duration.ofNanos(time(() -> assertThatThrownBy(() -> CpimMessage.parse(folds)).isInstanceOf(Malformed.class))))
        .isLessThan(Duration.ofSeconds(10));
  }

  private static long time(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return System.nanoTime() - start;
  }
}
