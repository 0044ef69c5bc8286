// Goes through all checks.
package tucket.app.doctor;

import java.util.ArrayList;
import java.util.List;
import tucket.app.config.Config;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;
import tucket.transport.net.SocketBuffers;

/// Owns a small world of its own while it looks. A check that fails for a reason of its own is a warning, and the others go on.
final class Doctor {
  private Doctor() {}

  /// Blocks for some seconds.
  static List<Finding> examine(Config config) {
    Machine machine = Machine.HERE;
    try (SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT))) {
      var clock = system.world().clock();
      return examine(
          config,
          List.of(
              new DataCheck(machine),
              new PortCheck(machine, system.world().network()),
              new DnsCheck(system.world(), DnsCheck.nameServers(machine)),
              new CertificateCheck(clock),
              new DiskCheck(clock),
              new LimitsCheck(machine, Runtime.getRuntime().maxMemory(), SocketBuffers::received),
              new ClockCheck(clock, ClockCheck::linux),
              new JavaCheck(system.network())));
    }
  }

  static List<Finding> examine(Config config, List<Check> checks) {
    List<Finding> all = new ArrayList<>();
    for (Check check : checks) {
      Findings found = new Findings(check.area());
      try {
        check.look(config, found);
      } catch (RuntimeException failure) {
        found.warning("could not be looked at: " + failure, "please report it as a mistake in the program");
      }
      all.addAll(found.all());
    }
    return all;
  }
}
