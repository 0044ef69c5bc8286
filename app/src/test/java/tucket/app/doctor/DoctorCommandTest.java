// The command as a person and a script see it.
package tucket.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tucket.app.Main;

class DoctorCommandTest {
  @TempDir Path data = Path.of("");
  private final StringWriter out = new StringWriter();

  @Test
  void aHealthyTrialEndsWithZero() {
    assertThat(run("--set", "sip.listen=[\"udp:127.0.0.1:0\"]", "--set", "http.listen=\"127.0.0.1:0\"")).as(out.toString()).isZero();
    assertThat(out.toString()).contains("java").contains("RocksDB is loaded").containsPattern("0 problems, \\d+ warnings?, \\d+ ok");
  }

  @Test
  void anOccupiedPortEndsWithOneAndIsTellableByAScript() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int code = run("--json", "--set", "sip.listen=[\"tcp:127.0.0.1:" + socket.getLocalPort() + "\"]", "--set", "http.listen=\"\"");
      assertThat(code).isOne();
    }
    List<JsonNode> lines = out.toString().lines().map(l -> JsonMapper.shared().readTree(l)).toList();
    assertThat(lines.getLast().path("problems").asInt()).isOne();
    List<JsonNode> problems = lines.stream().filter(l -> l.path("level").asString("").equals("problem")).toList();
    assertThat(problems).singleElement().satisfies(p -> assertThat(p.path("area").asString()).isEqualTo("ports"));
    assertThat(problems.getFirst().path("remedy").asString()).contains("sip.listen");
  }

  @Test
  void aConfigurationThatCantBeUsedIsItselfTheFinding() throws IOException {
    Path file = Files.writeString(data.resolve("bad.conf"), "domian = x\n");
    assertThat(run("--config", file.toString())).isOne();
    assertThat(out.toString()).contains("bad.conf:1").contains("domian").contains("1 problem,");
  }

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    String[] all = new String[args.length + 3];
    all[0] = "doctor";
    all[1] = "--set";
    all[2] = "data=\"" + data.resolve("data") + "\"";
    System.arraycopy(args, 0, all, 3, args.length);
    return line.execute(all);
  }
}
