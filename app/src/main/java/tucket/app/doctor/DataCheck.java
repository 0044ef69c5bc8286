// The data folder: who holds it, and who may read it.
package tucket.app.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import tucket.app.config.Config;
import tucket.transport.Protocol;

/// One server has one folder; what lies in it is other people's messages and the key to the admin API.
final class DataCheck implements Check {
  private final Machine machine;

  DataCheck(Machine machine) {
    this.machine = machine;
  }

  @Override
  public String area() {
    return "data";
  }

  @Override
  public void look(Config config, Findings to) {
    if (config.storage() != Config.Storage.MEMORY) {
      holder(config, to);
    }
    Path token = config.data().resolve("admin.token");
    if (Files.exists(token)) {
      secret(token, to);
    } else {
      to.ok("there is no admin token yet; the first start makes one");
    }
    others(config.data(), to);
  }

  private void holder(Config config, Findings to) {
    Optional<Long> holder = new DataLock(machine).holder(config.data());
    if (holder.isEmpty()) {
      to.ok("no other process holds " + config.data());
      return;
    }
    String who = new DataLock(machine).name(holder.get());
    if (serves(config, holder.get())) {
      to.ok("it is held by the server that runs by this configuration, " + who);
      return;
    }
    String stop = holder.get() < 0 ? "stop that one" : "stop it (`kill " + holder.get() + "`)";
    to.problem(
        config.data() + " is held by " + who + ", which does not listen on this configuration's ports",
        stop + ", or give this server a folder of its own with the setting data");
  }

  /// Whether that process has one of the configured ports; with none but free ports nobody can tell, and it is taken for the server.
  private boolean serves(Config config, long holder) {
    Listeners listeners = new Listeners(machine);
    var fixed = config.sip().listen().stream().filter(e -> e.port() != 0).toList();
    return fixed.isEmpty()
        || fixed.stream()
            .flatMap(e -> listeners.at(e.protocol() == Protocol.UDP, e.address()).stream())
            .anyMatch(b -> b.owner().isEmpty() || b.owner().getAsLong() == holder);
  }

  private static void secret(Path token, Findings to) {
    try {
      Set<PosixFilePermission> rights = Files.getPosixFilePermissions(token);
      boolean open = rights.stream().anyMatch(r -> r != PosixFilePermission.OWNER_READ && r != PosixFilePermission.OWNER_WRITE);
      if (open) {
        to.problem(
            token + " has the mode " + PosixFilePermissions.toString(rights) + ": others can administer the server",
            "`chmod 600 " + token + "`; where somebody may have read it, remove it and restart: a new one is made");
      } else {
        to.ok("only its owner can read " + token);
      }
      if (!Files.isReadable(token)) {
        to.warning(
            token + " can't be read by " + System.getProperty("user.name", "this user"),
            "run the commands as the user of the server: `sudo -u " + Files.getOwner(token) + " tucket ...`");
      }
    } catch (IOException | UnsupportedOperationException unknown) {
      to.ok("who may read " + token + " can't be told on this file system");
    }
  }

  private static void others(Path data, Findings to) {
    try {
      if (Files.exists(data)) {
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(data);
        String shown = data + " has the mode " + PosixFilePermissions.toString(rights);
        to.warningIf(
            rights.contains(PosixFilePermission.OTHERS_EXECUTE),
            shown,
            shown + ": everybody on this machine can read stored messages",
            "`chmod o= " + data + "`");
      }
    } catch (IOException | UnsupportedOperationException unknown) {
      to.ok("who may read " + data + " can't be told on this file system");
    }
  }
}
