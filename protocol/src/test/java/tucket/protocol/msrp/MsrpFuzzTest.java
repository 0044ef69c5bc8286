// The seeded part of fuzzing that every build runs.
package tucket.protocol.msrp;

import org.junit.jupiter.api.Test;

class MsrpFuzzTest {
  @Test
  void damagedStreamsReadTheSameHoweverCutAndNeverEscapeAsAnythingButMalformed() {
    MsrpFuzz.batch(20261122, 20_000);
  }
}
