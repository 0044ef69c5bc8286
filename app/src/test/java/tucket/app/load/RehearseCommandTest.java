// Tests that a rehearsal does all that a server does most.
package tucket.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tucket.app.Main;

class RehearseCommandTest {
  @Test
  void messagesAreRelayedStoredPushedAndSaidInASession() {
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    assertThat(line.execute("rehearse", "--messages", "100")).isZero();
    assertThat(out.toString()).contains("All of it was as told.");
    assertThat(out.toString().lines().filter(l -> l.startsWith("udp:") || l.startsWith("tcp:")).map(l -> l.substring(l.indexOf('{'))))
        .containsExactly("{200=100}, pushed 0", "{202=100}, pushed 100", "{200=100}, pushed 0", "{202=100}, pushed 100");
    assertThat(out.toString()).contains("in a session: {200=100}");
  }
}
