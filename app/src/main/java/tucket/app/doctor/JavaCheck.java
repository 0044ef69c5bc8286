// Whether this Java has what the server runs on: version, flags, native libraries.
package tucket.app.doctor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tucket.app.config.Config;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;
import tucket.transport.net.NettyNetwork;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// The launcher gives the flags of `jvm.flags`; who starts Java by hand may forget one.
final class JavaCheck implements Check {
  private static final int LEAST = 25;
  private static final String LAUNCHER = "start by the launcher `tucket`, or give java all flags of lib/jvm.flags";

  private final NettyNetwork network;

  JavaCheck(NettyNetwork network) {
    this.network = network;
  }

  @Override
  public String area() {
    return "java";
  }

  @Override
  public void look(Config config, Findings to) {
    Runtime.Version version = Runtime.version();
    String shown = "Java " + version + " (" + System.getProperty("java.vendor", "unknown") + ")";
    if (version.feature() < LEAST) {
      to.problem(shown + " is too old", "install Java " + LEAST + " or later");
    } else {
      to.ok(shown);
    }
    flags(to);
    natives(config, to);
  }

  private static void flags(Findings to) {
    List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
    Module here = JavaCheck.class.getModule();
    flag("--add-opens=java.base/java.lang=ALL-UNNAMED", Object.class.getModule().isOpen("java.lang", here), to);
    flag("--enable-native-access=ALL-UNNAMED", here.isNativeAccessEnabled(), to);
    flag("-XX:+UseCompactObjectHeaders", given.contains("-XX:+UseCompactObjectHeaders"), to);
  }

  private static void flag(String name, boolean there, Findings to) {
    to.warningIf(!there, name + " is in force", name + " is missing", LAUNCHER);
  }

  private void natives(Config config, Findings to) {
    boolean linux = System.getProperty("os.name", "").equals("Linux");
    if (linux) {
      to.warningIf(
          !network.nativeSockets(),
          "native sockets (epoll) are in use",
          "native sockets (epoll) can't be loaded: Java's own are used, which cost more",
          "make java.io.tmpdir writable and executable, or run on glibc x86-64 or ARM64");
    }
    String tls = TlsMaterial.load(TlsSettings.CLIENT).engine();
    to.warningIf(
        tls.equals("JDK"),
        "TLS by " + tls,
        "BoringSSL can't be loaded: Java's own TLS is used, which costs more",
        "make java.io.tmpdir writable and executable, or run on glibc");
    if (config.storage() != Config.Storage.MEMORY) {
      rocks(to);
    }
  }

  /// Opens a database in a temporary folder, writes and closes it.
  private static void rocks(Findings to) {
    try {
      Path folder = Files.createTempDirectory("tucket-doctor");
      try (RocksEngine engine = new RocksEngine(folder.resolve("db"), RocksSettings.DEFAULT)) {
        to.ok("RocksDB is loaded and opens a database" + engine.figures().trouble());
      } finally {
        remove(folder);
      }
    } catch (IOException | tucket.store.Unavailable failure) {
      to.problem("RocksDB does not work: " + failure.getMessage(), "name a writable folder that is not mounted noexec: TUCKET_OPTS=-Djava.io.tmpdir=...");
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
