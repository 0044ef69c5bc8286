// What the operating system, or the container, lets the server have, against what the configuration promises.
package tucket.app.doctor;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;
import tucket.app.config.Config;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.net.NetworkSettings;

/// Open files, socket buffers, queues and ports of the kernel; memory and processors. Of the running server where there is one, else of this
/// process, which a service manager may give other limits than its services.
final class LimitsCheck implements Check {
  /// Files of the database, jars and everything else that is open beside connections.
  private static final long OTHER_FILES = 1024;

  /// Beside the heap: write buffers and cache of the database, network buffers, code, class data and threads.
  private static final long BESIDE_HEAP = 512L << 20;

  private static final long LEAST_HEAP = 192L << 20;
  private static final long LEAST_TASKS = 256;
  private static final long EPHEMERAL_PORTS = 10_000;
  private static final String PERMANENT = " (for good: the same line in /etc/sysctl.d/60-tucket.conf)";

  private final Machine machine;
  private final long heap;
  private final IntUnaryOperator received;

  /// @param heap the most that the Java heap may take, in bytes
  /// @param received the receive buffer that a UDP socket gets which asks for so many bytes
  LimitsCheck(Machine machine, long heap, IntUnaryOperator received) {
    this.machine = machine;
    this.heap = heap;
    this.received = received;
  }

  @Override
  public String area() {
    return "limits";
  }

  @Override
  public void look(Config config, Findings to) {
    files(config, to);
    buffers(config, to);
    backlog(config, to);
    ports(config, to);
    memory(to);
    processors(to);
  }

  private void files(Config config, Findings to) {
    Optional<Long> server = new DataLock(machine).holder(config.data()).filter(pid -> pid > 0);
    String whose = server.map(pid -> "proc/" + pid + "/limits").orElse("proc/self/limits");
    for (String line : machine.lines(whose)) {
      if (line.startsWith("Max open files")) {
        String[] words = line.substring("Max open files".length()).strip().split("\\s+");
        long most = Machine.parse(words[0]).orElse(Long.MAX_VALUE);
        long wanted = config.connections().total() + OTHER_FILES;
        to.warningIf(
            most < wanted,
            (server.isPresent() ? "the running server" : "a process") + " may open " + words[0] + " files; limits.connections = "
                + config.connections().total() + " wants " + wanted,
            "LimitNOFILE=" + wanted + " in the systemd unit, `ulimit -n " + wanted + "` in a shell, or a smaller limits.connections");
        return;
      }
    }
  }

  private void buffers(Config config, Findings to) {
    if (config.sip().listen().stream().noneMatch(e -> e.protocol() == Protocol.UDP)) {
      return;
    }
    int wanted = NetworkSettings.DEFAULT.datagramBufferBytes();
    for (String name : List.of("rmem_max", "wmem_max")) {
      OptionalLong most = machine.number("proc/sys/net/core/" + name);
      if (most.isPresent()) {
        String shown = "net.core." + name + " is " + most.getAsLong() + "; UDP sockets ask for " + wanted;
        to.warningIf(
            most.getAsLong() < wanted,
            shown,
            shown + ", so bursts are lost sooner",
            "`sysctl -w net.core." + name + "=" + wanted + "`" + PERMANENT);
      }
    }
    int given = received.applyAsInt(wanted);
    to.warningIf(
        given < wanted,
        "a UDP socket gets the receive buffer that it asks for",
        "a UDP socket that asks for a receive buffer of " + wanted + " bytes gets " + given + ", so bursts are lost sooner",
        "`sysctl -w net.core.rmem_max=" + wanted + "`" + PERMANENT + ", for a container on its host");
  }

  private void backlog(Config config, Findings to) {
    int wanted = NetworkSettings.DEFAULT.limits().backlog();
    OptionalLong most = machine.number("proc/sys/net/core/somaxconn");
    if (most.isPresent() && config.sip().listen().stream().anyMatch(e -> e.protocol() != Protocol.UDP)) {
      to.warningIf(
          most.getAsLong() < wanted,
          "net.core.somaxconn is " + most.getAsLong() + "; listeners ask for " + wanted,
          "`sysctl -w net.core.somaxconn=" + wanted + "`" + PERMANENT);
    }
  }

  private void ports(Config config, Findings to) {
    Optional<String> range = machine.text("proc/sys/net/ipv4/ip_local_port_range");
    if (range.isEmpty()) {
      return;
    }
    String[] ends = range.get().strip().split("\\s+");
    long from = Machine.parse(ends[0]).orElse(0);
    long until = ends.length > 1 ? Machine.parse(ends[1]).orElse(0) : 0;
    to.warningIf(
        until - from < EPHEMERAL_PORTS,
        "connections go out from the ports " + from + " to " + until,
        "`sysctl -w net.ipv4.ip_local_port_range='32768 60999'`" + PERMANENT);
    String reserved = machine.text("proc/sys/net/ipv4/ip_local_reserved_ports").map(String::strip).orElse("");
    for (Endpoint listener : config.sip().listen()) {
      int port = listener.port();
      if (port >= from && port <= until && !reserved.contains(String.valueOf(port))) {
        to.warning(
            "port " + port + " of " + listener + " is among them: an outgoing connection may have it when the server starts",
            "`sysctl -w net.ipv4.ip_local_reserved_ports=" + port + "`" + PERMANENT);
      }
    }
  }

  private void memory(Findings to) {
    long installed =
        machine.lines("proc/meminfo").stream()
            .filter(l -> l.startsWith("MemTotal:"))
            .map(l -> Machine.parse(l.replaceAll("[^0-9]", "")).orElse(0) << 10)
            .findFirst()
            .orElse(0L);
    long container = container("memory.max").map(t -> Machine.parse(t).orElse(Long.MAX_VALUE)).orElse(Long.MAX_VALUE);
    long most = installed == 0 ? container : Math.min(installed, container);
    if (most == Long.MAX_VALUE) {
      return;
    }
    String of = DiskCheck.size(most) + (container < installed ? " of the container" : " of the machine");
    long best = Math.max(LEAST_HEAP, (most - BESIDE_HEAP) / 2) >> 20;
    if (heap + BESIDE_HEAP > most) {
      to.problem(
          "the heap may grow to " + DiskCheck.size(heap) + ", and beside it " + DiskCheck.size(BESIDE_HEAP) + " are used: more than the " + of,
          "TUCKET_OPTS=-Xmx" + best + "m, or more memory");
    } else {
      to.warningIf(
          heap < LEAST_HEAP, "the heap may grow to " + DiskCheck.size(heap) + " in the " + of, "TUCKET_OPTS=-Xmx" + Math.max(best, LEAST_HEAP >> 20) + "m");
    }
  }

  private void processors(Findings to) {
    container("cpu.max")
        .map(t -> t.split("\\s+"))
        .filter(w -> w.length == 2 && !w[0].equals("max"))
        .ifPresent(
            w -> {
              double cores = Machine.parse(w[0]).orElse(0) / (double) Math.max(1, Machine.parse(w[1]).orElse(1));
              to.warningIf(
                  cores < 1,
                  String.format(java.util.Locale.ROOT, "the container may use %.1f processors", cores),
                  "give it one at least: a server that is stopped mid-way answers late");
            });
    container("pids.max")
        .flatMap(t -> Machine.parse(t).stream().boxed().findFirst())
        .ifPresent(
            most ->
                to.warningIf(
                    most < LEAST_TASKS,
                    "the container may have " + most + " threads",
                    "TasksMax=" + LEAST_TASKS + " in the systemd unit, `--pids-limit` in Docker"));
  }

  /// A limit of the control group that this process is in (version 2).
  private Optional<String> container(String file) {
    String group = machine.lines("proc/self/cgroup").stream().filter(l -> l.startsWith("0::")).map(l -> l.substring(3)).findFirst().orElse("/");
    return machine.text("sys/fs/cgroup" + (group.equals("/") ? "" : group) + "/" + file).or(() -> machine.text("sys/fs/cgroup/" + file)).map(String::strip);
  }
}
