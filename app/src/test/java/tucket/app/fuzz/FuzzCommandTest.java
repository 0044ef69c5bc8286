// What `tucket fuzz` says and what it returns.
package tucket.app.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tucket.app.Main;
import tucket.app.command.Exit;
import tucket.app.command.Output;
import tucket.protocol.fuzz.Target;
import tucket.transport.Deadline;
import tucket.transport.net.SystemClock;

class FuzzCommandTest {
  @TempDir Path folder = Path.of(".");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  /// The last line.
  private String last() {
    return out.toString().lines().toList().getLast();
  }

  /// Numbers as text, for a parser that a test gives.
  private record Numbers(Consumer<String> parser) implements Target {
    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public byte[] input(SplittableRandom chance) {
      return Long.toString(chance.nextLong(10)).getBytes(UTF_8);
    }

    @Override
    public void read(byte[] input) {
      parser.accept(new String(input, UTF_8));
    }
  }

  /// Somebody who prints.
  @CommandLine.Command(name = "test")
  private static final class Host {
    @CommandLine.Mixin private Output out = new Output();
  }

  private int campaign(OptionalLong inputs, Consumer<String> parser) {
    Host host = new Host();
    new CommandLine(host).setOut(new PrintWriter(out));
    try (SystemClock clock = new SystemClock()) {
      Deadline by = Deadline.in(java.time.Duration.ofMinutes(10), clock);
      return new Campaign(host.out, new PrintWriter(err), clock, folder).run(List.of(new Numbers(parser)), 7, inputs, by);
    }
  }

  @Test
  void everyKindTakesDamagedInputAndTheLastLineCountsIt() {
    assertThat(run("fuzz", "--inputs", "200", "--seed", "7", "--keep", folder.toString())).as(out.toString()).isEqualTo(Exit.OK);
    assertThat(out.toString()).startsWith("seed 7: sip, cpim, document, msrp, sdp, xcap, server\n");
    assertThat(out.toString()).containsPattern("(?m)^server +inputs 200, refused as malformed \\d+, accepted [1-9]\\d*, slow 0, findings 0$");
    assertThat(last()).matches(
        "PASSED seed 7, \\d+ min \\d+ s, \\d+ min \\d+ s of CPU; inputs 1400, refused as malformed \\d+, accepted \\d+, slow 0, findings 0");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFindingIsToldOnceWithTheCommandThatPlaysItAgainAndIsKeptAndCounted() {
    int exit = campaign(OptionalLong.of(1000), text -> {
      if (text.equals("3")) {
        throw new IllegalStateException("three");
      }
    });
    assertThat(exit).isEqualTo(Exit.FAILED);
    assertThat(out.toString()).containsOnlyOnce("FINDING numbers seed 7 index ")
        .containsPattern("  again: tucket fuzz --only numbers --seed 7 --index \\d+\n")
        .containsPattern("\n  at tucket\\.app\\.fuzz\\.FuzzCommandTest");
    assertThat(last()).matches("FAILED .* inputs 1000, refused as malformed 0, accepted \\d+, slow 0, findings [1-9]\\d+");
    assertThat(folder).isDirectoryContaining(file -> file.getFileName().toString().matches("fuzz-numbers-7-\\d+\\.bin"));
  }

  @Test
  void anInputWithoutEndIsFoundFromOutside() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (SystemClock clock = new SystemClock()) {
      FuzzRun run = new FuzzRun(List.of(new Numbers(text -> {
        while (over.getCount() > 0) {
          Thread.onSpinWait();
        }
      })), 7, OptionalLong.empty(), 50_000_000L, clock, (played, finding) -> {});
      run.start();
      while (run.hanging().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(run.hanging().orElseThrow().where()).isEqualTo("numbers seed 7 index 0");
      over.countDown();
      run.stop(60_000);
      assertThat(run.isOver()).isTrue();
    }
  }

  @Test
  void oneInputIsPlayedByItsNumberOrFromAFile() throws Exception {
    assertThat(run("fuzz", "--only", "sdp", "--seed", "7", "--index", "3")).isEqualTo(Exit.OK);
    String first = out.toString();
    assertThat(run("fuzz", "--only", "sdp", "--seed", "7", "--index", "3")).isEqualTo(Exit.OK);
    assertThat(out.toString()).isEqualTo(first + first);
    Path file = Files.writeString(folder.resolve("a.bin"), "v=0\r\n");
    assertThat(run("fuzz", "--only", "sdp", "--file", file.toString())).isEqualTo(Exit.OK);
    assertThat(out.toString()).endsWith("v=0\\x0d\\x0a\naccepted\n");
    Files.writeString(file, "nonsense");
    assertThat(run("fuzz", "--only", "sip", "--file", file.toString())).isEqualTo(Exit.OK);
    assertThat(last()).startsWith("refused: ");
  }

  @Test
  void aWrongCommandLineIsSaidInASentence() {
    assertThat(run("fuzz", "--only", "smtp")).isEqualTo(Exit.USAGE);
    assertThat(err.toString()).contains("--only knows no \"smtp\"");
    assertThat(run("fuzz", "--minutes", "0")).isEqualTo(Exit.USAGE);
    assertThat(run("fuzz", "--index", "3")).isEqualTo(Exit.USAGE);
    assertThat(run("fuzz", "--only", "sip", "--file", folder.resolve("nothing").toString())).isEqualTo(Exit.USAGE);
    assertThat(run("fuzz", "--keep", folder.resolve("nowhere").toString())).isEqualTo(Exit.USAGE);
  }

  @Test
  void whatStrangersMayNotBeToldIsSeen() {
    assertThat(Victim.told("SIP/2.0 401 Unauthorized\r\nFrom: SIP/2.0 200 OK\r\n\r\n")).isEmpty();
    assertThat(Victim.told("SIP/2.0 401 Unauthorized\r\n\r\nSIP/2.0 200 OK\r\n\r\n")).isPresent();
    assertThat(Victim.told("SIP/2.0 500 Server Internal Error\r\n\r\n")).isPresent();
    assertThat(Victim.told("SIP/2.0 400 java.lang.IllegalStateException\r\n\r\n")).isPresent();
    assertThat(Victim.told("SIP/2.0 400 Bad Request\r\n\r\n\tat tucket.Main\r\n")).isPresent();
  }
}
