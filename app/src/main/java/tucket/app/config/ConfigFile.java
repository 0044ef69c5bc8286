// Reads a configuration file over the defaults, checks the whole of it, and hands out typed records.
package tucket.app.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// All methods throw [BadConfiguration] with every problem found, never only the first.
public final class ConfigFile {
  private static final String DEFAULTS = "tucket.conf";

  /// Objects whose keys are the operator's own.
  private static final Set<String> OPEN = Set.of("sip.hosts", "log.levels");

  private ConfigFile() {}

  /// The commented file of all settings and their defaults.
  public static String reference() {
    try (InputStream in = ConfigFile.class.getResourceAsStream(DEFAULTS)) {
      if (in == null) {
        throw new IllegalStateException(DEFAULTS + " is missing in the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The defaults alone.
  public static Config defaults() {
    return check(ConfigFactory.empty());
  }

  /// `file` over the defaults, with `settings` (`path=value`, as on a command line) over both.
  public static Config read(Optional<Path> file, List<String> settings) {
    return check(own(file, settings));
  }

  /// What is in force, comments left out.
  public static String effective(Optional<Path> file, List<String> settings) {
    com.typesafe.config.Config own = own(file, settings);
    check(own);
    return merged(own).root().render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
  }

  private static com.typesafe.config.Config own(Optional<Path> file, List<String> settings) {
    com.typesafe.config.Config own = file.map(ConfigFile::parse).orElse(ConfigFactory.empty());
    List<Problem> problems = new ArrayList<>();
    for (String setting : settings) {
      try {
        own = ConfigFactory.parseString(setting, ConfigParseOptions.defaults().setOriginDescription("--set")).withFallback(own);
      } catch (ConfigException e) {
        problems.add(new Problem("--set", "", "\"" + setting + "\" is not of the form path=value"));
      }
    }
    if (!problems.isEmpty()) {
      throw new BadConfiguration(problems);
    }
    return own;
  }

  private static com.typesafe.config.Config parse(Path file) {
    if (!Files.isReadable(file)) {
      throw new BadConfiguration(List.of(new Problem(file.toString(), "", "there is no such file, or it can't be read")));
    }
    try {
      return ConfigFactory.parseFile(file.toFile(), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false));
    } catch (ConfigException e) {
      String place = e.origin() == null ? file.toString() : Reader.place(e.origin());
      String what = String.valueOf(e.getMessage()).replaceFirst("^" + java.util.regex.Pattern.quote(place) + ": ?", "");
      throw new BadConfiguration(List.of(new Problem(place, "", what)));
    }
  }

  private static com.typesafe.config.Config merged(com.typesafe.config.Config own) {
    return own.withFallback(parsedDefaults()).resolve();
  }

  private static com.typesafe.config.Config parsedDefaults() {
    return ConfigFactory.parseString(reference(), ConfigParseOptions.defaults().setOriginDescription("defaults"));
  }

  private static Config check(com.typesafe.config.Config own) {
    com.typesafe.config.Config defaults = parsedDefaults();
    List<Problem> problems = new ArrayList<>();
    unknown("", own.root(), defaults.root(), problems);
    com.typesafe.config.Config values;
    try {
      values = own.withFallback(defaults).resolve();
    } catch (ConfigException e) {
      problems.add(new Problem(e.origin() == null ? "configuration" : Reader.place(e.origin()), "", String.valueOf(e.getMessage())));
      throw new BadConfiguration(problems);
    }
    Config config = new Settings(new Reader(values, defaults, problems)).read();
    if (!problems.isEmpty()) {
      throw new BadConfiguration(problems);
    }
    return config;
  }

  /// Notes each key of `own` that the defaults do not have.
  private static void unknown(String under, ConfigObject own, ConfigObject known, List<Problem> problems) {
    for (Map.Entry<String, ConfigValue> entry : own.entrySet()) {
      String path = under + entry.getKey();
      ConfigValue there = known.get(entry.getKey());
      if (there == null) {
        String where = under.isEmpty() ? "at the top" : "under " + under.substring(0, under.length() - 1);
        String hint = Reader.nearest(entry.getKey(), known.keySet());
        String all = hint.isEmpty() ? "; " + where + " there are " + String.join(", ", new TreeSet<>(known.keySet())) : hint;
        problems.add(new Problem(Reader.place(entry.getValue().origin()), path, "there is no such setting" + all));
      } else if (there.valueType() == ConfigValueType.OBJECT && !OPEN.contains(path)) {
        if (entry.getValue() instanceof ConfigObject inner) {
          unknown(path + ".", inner, (ConfigObject) there, problems);
        } else {
          problems.add(new Problem(Reader.place(entry.getValue().origin()), path, "is a group of settings: write " + path + " { ... }"));
        }
      }
    }
  }
}
