// The seeded part of fuzzing that every build runs.
package tucket.protocol.xcap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tucket.protocol.fuzz.Fuzzer;
import tucket.protocol.fuzz.XcapTarget;

class XcapFuzzTest {
  @Test
  void damagedRequestsNeverEscapeAsAnythingButMalformedAndEditsLeaveWholeDocuments() {
    XcapTarget target = new XcapTarget();
    new Fuzzer(target, System::nanoTime).rounds(20261122, 10_000);
    assertThat(target.edits()).as("edits that came about").isGreaterThan(500);
  }
}
