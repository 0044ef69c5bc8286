// Limits of the operating system, as its files give them.
package tucket.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.config.Config;
import tucket.app.doctor.Finding.Level;
import tucket.transport.net.SocketBuffers;

class LimitsCheckTest {
  private static final long GIB = 1L << 30;

  @TempDir Path root = Path.of("");
  @TempDir Path data = Path.of("");

  @Test
  void aMachineWithEnoughOfEverythingIsFine() throws IOException {
    give(generous());
    assertThat(look(2 * GIB)).hasSizeGreaterThan(5).extracting(Finding::level).containsOnly(Level.OK);
  }

  @Test
  void eachScarceLimitIsWarnedOfWithItsCommand() throws IOException {
    give(generous());
    give(
        Map.of(
            "proc/self/limits", "Limit          Soft Limit   Hard Limit   Units\nMax open files   1024    4096   files\n",
            "proc/sys/net/core/rmem_max", "212992\n",
            "proc/sys/net/core/somaxconn", "128\n",
            "proc/sys/net/ipv4/ip_local_port_range", "1024\t6000\n"));
    List<Finding> warnings = Patient.of(look(2 * GIB), Level.WARNING);
    assertThat(warnings)
        .extracting(Finding::remedy)
        .anyMatch(r -> r.contains("LimitNOFILE=51024"))
        .anyMatch(r -> r.contains("net.core.rmem_max=4194304"))
        .anyMatch(r -> r.contains("net.core.somaxconn=4096"))
        .anyMatch(r -> r.contains("ip_local_port_range"))
        .anyMatch(r -> r.contains("ip_local_reserved_ports=5060"))
        .hasSize(6); // one for each of the two listeners
  }

  @Test
  void aHeapThatDoesNotFitIntoTheContainerIsAProblem() throws IOException {
    give(generous());
    give(Map.of("proc/self/cgroup", "0::/\n", "sys/fs/cgroup/memory.max", (1L << 30) + "\n", "sys/fs/cgroup/cpu.max", "50000 100000\n"));
    List<Finding> found = look(GIB);
    assertThat(Patient.of(found, Level.PROBLEM)).singleElement().satisfies(f -> assertThat(f.remedy()).contains("-Xmx256m"));
    assertThat(Patient.of(found, Level.WARNING)).extracting(Finding::what).containsExactly("the container may use 0.5 processors");
  }

  @Test
  void aSocketThatGetsASmallerBufferThanItAsksForIsWarnedOfAlsoWhereTheSystemShowsNoLimit() throws IOException {
    give(generous());
    Files.delete(root.resolve("proc/sys/net/core/rmem_max"));
    List<Finding> found = Patient.look(new LimitsCheck(new Machine(root), GIB, wanted -> 212_992), Patient.config(data));
    assertThat(Patient.of(found, Level.WARNING)).singleElement().satisfies(f -> {
      assertThat(f.what()).contains("asks for a receive buffer of 4194304 bytes gets 212992");
      assertThat(f.remedy()).contains("sysctl -w net.core.rmem_max=4194304").contains("/etc/sysctl.d");
    });
  }

  @Test
  void aSocketIsAskedForTheBufferThatItGets() {
    assertThat(SocketBuffers.received(8192)).isEqualTo(8192);
    assertThat(SocketBuffers.received(Integer.MAX_VALUE / 2)).isBetween(8192, Integer.MAX_VALUE / 2);
  }

  @Test
  void aContainerWithFewThreadsAndAHeapThatIsTooSmallAreWarnedOf() throws IOException {
    give(generous());
    give(Map.of("proc/self/cgroup", "0::/\n", "sys/fs/cgroup/memory.max", (1L << 30) + "\n", "sys/fs/cgroup/pids.max", "100\n"));
    List<Finding> found = Patient.of(look(64L << 20), Level.WARNING);
    assertThat(found).extracting(Finding::what)
        .containsExactly("the heap may grow to 64 MiB in the 1.0 GiB of the container", "the container may have 100 threads");
    assertThat(found.getFirst().remedy()).contains("TUCKET_OPTS=-Xmx");
    assertThat(found.getLast().remedy()).contains("TasksMax=256");
  }

  @Test
  void asFewFilesAsAreGivenAreEnoughForAsFewConnections() throws IOException {
    give(generous());
    give(Map.of("proc/self/limits", "Max open files            4096                 4096                 files\n"));
    Config config = Patient.config(data, "limits.connections=1000");
    assertThat(Patient.look(new LimitsCheck(new Machine(root), GIB, wanted -> wanted), config)).extracting(Finding::level).containsOnly(Level.OK);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theFilesOfThisMachineAreReadWhole() {
    // Files under /proc/sys give nothing to a second read.
    assertThat(Machine.HERE.text("proc/sys/net/ipv4/ip_local_port_range").orElseThrow().strip()).matches("\\d+\\s+\\d+");
    assertThat(Patient.look(new LimitsCheck(Machine.HERE, GIB, SocketBuffers::received), Patient.config(data))).isNotEmpty();
  }

  private static Map<String, String> generous() {
    return Map.of(
        "proc/self/limits", "Max open files            1048576              1048576              files\n",
        "proc/sys/net/core/rmem_max", "8388608\n",
        "proc/sys/net/core/wmem_max", "8388608\n",
        "proc/sys/net/core/somaxconn", "4096\n",
        "proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n",
        "proc/meminfo", "MemTotal:       16000000 kB\nMemFree:  1 kB\n");
  }

  private void give(Map<String, String> files) throws IOException {
    for (var file : files.entrySet()) {
      Path path = root.resolve(file.getKey());
      Files.createDirectories(path.resolveSibling("."));
      Files.writeString(path, file.getValue());
    }
  }

  private List<Finding> look(long heap) {
    Config config = Patient.config(data, "sip.listen=[\"udp:127.0.0.1:5060\",\"tcp:127.0.0.1:5060\"]");
    return Patient.look(new LimitsCheck(new Machine(root), heap, wanted -> wanted), config);
  }
}
