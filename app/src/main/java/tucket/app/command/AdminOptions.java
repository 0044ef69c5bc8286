// The way of a command to the server that it administers.
package tucket.app.command;

import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import tucket.app.admin.AdminClient;
import tucket.app.admin.AdminToken;
import tucket.app.admin.Administration;
import tucket.app.admin.NotPossible;
import tucket.app.assembly.DataFolder;
import tucket.app.config.Config;
import tucket.transport.Unavailable;

/// The running server over its admin API; where none answers, its data folder itself.
public final class AdminOptions {
  @Mixin private ConfigOptions configOptions = new ConfigOptions();

  public Config config() {
    return configOptions.read();
  }

  /// Does `work` with the server, or on the data folder of one that does not run.
  public <T> T with(Function<Administration, T> work) {
    Config config = configOptions.read();
    try (Administration administration = open(config)) {
      return work.apply(administration);
    } catch (NotPossible e) {
      throw new Failure(code(e.kind()), String.valueOf(e.getMessage()));
    }
  }

  private static Administration open(Config config) {
    Optional<AdminToken> token = AdminToken.find(config.data());
    if (config.http().isPresent() && token.isPresent()) {
      AdminClient client = new AdminClient(config.http().get(), token.get());
      if (answers(client)) {
        return client;
      }
      client.close();
    }
    return DataFolder.administration(config);
  }

  private static boolean answers(AdminClient client) {
    try {
      return client.get("/health").status() == 200;
    } catch (Unavailable e) {
      return false;
    }
  }

  private static int code(NotPossible.Kind kind) {
    return switch (kind) {
      case WRONG, MISSING -> Exit.FAILED;
      case FORBIDDEN -> Exit.REFUSED;
      case NOT_RUNNING -> Exit.UNREACHABLE;
    };
  }
}
