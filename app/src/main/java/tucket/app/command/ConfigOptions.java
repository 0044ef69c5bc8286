// The options that say which configuration a command goes by.
package tucket.app.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tucket.app.config.Config;
import tucket.app.config.ConfigFile;

/// Mixed into every command that needs to know the server.
public final class ConfigOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration file (default: the environment's TUCKET_CONFIG, else the built-in defaults).")
  private @Nullable Path file;

  @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Sets one value over the file, such as --set domain=im.example. May be repeated.")
  private List<String> settings = new ArrayList<>();

  public Optional<Path> file() {
    return Optional.ofNullable(file).or(() -> Optional.ofNullable(System.getenv("TUCKET_CONFIG")).filter(f -> !f.isBlank()).map(Path::of));
  }

  public List<String> settings() {
    return settings;
  }

  /// Throws [tucket.app.config.BadConfiguration] with all that is wrong.
  public Config read() {
    return ConfigFile.read(file(), settings);
  }
}
