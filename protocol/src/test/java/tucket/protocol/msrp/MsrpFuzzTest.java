// The seeded part of fuzzing that every build runs.
package tucket.protocol.msrp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tucket.protocol.fuzz.Fuzzer;
import tucket.protocol.fuzz.MsrpTarget;

class MsrpFuzzTest {
  @Test
  void damagedStreamsReadTheSameHoweverCutAndNeverEscapeAsAnythingButMalformed() {
    assertThat(new Fuzzer(new MsrpTarget(), System::nanoTime).rounds(20261122, 20_000).accepted()).as("streams without fault").isGreaterThan(2_000);
  }
}
