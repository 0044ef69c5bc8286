// The seeded part of fuzzing that every build runs.
package tucket.protocol.msrp;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tucket.protocol.sdp.SdpFuzz;
import tucket.protocol.testing.LongRun;

class MsrpFuzzTest {
  @Test
  void damagedStreamsReadTheSameHoweverCutAndNeverEscapeAsAnythingButMalformed() {
    MsrpFuzz.batch(20261122, 20_000);
  }

  @Test
  @EnabledIfSystemProperty(named = "fuzz.minutes", matches = "\\d+")
  void aLongRunByCommand() {
    LongRun.of("MSRP and SDP, 20000 rounds each a seed", seed -> {
      MsrpFuzz.batch(seed, 20_000);
      SdpFuzz.batch(seed, 20_000);
    });
  }
}
