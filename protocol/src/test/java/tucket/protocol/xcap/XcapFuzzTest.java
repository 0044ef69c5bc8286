// The seeded part of fuzzing that every build runs.
package tucket.protocol.xcap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tucket.protocol.testing.LongRun;

class XcapFuzzTest {
  @Test
  void damagedRequestsAndDocumentsNeverEscapeAsAnythingButMalformedAndEditsLeaveWholeDocuments() {
    assertThat(XcapFuzz.batch(20261122, 5_000)).as("edits that came about").isGreaterThan(500);
  }

  @Test
  @EnabledIfSystemProperty(named = "fuzz.minutes", matches = "\\d+")
  void aLongRunByCommand() {
    LongRun.of("XCAP, 20000 rounds a seed", seed -> assertThat(XcapFuzz.batch(seed, 20_000)).isPositive());
  }
}
