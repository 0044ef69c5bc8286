// Reads typed values out of HOCON and notes every mistake instead of stopping at the first.
package tucket.app.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// Each method returns the value at a path; where that is wrong it notes a [Problem] and returns the value of the defaults, so that reading
/// goes on and all mistakes come out together. Not thread-safe.
final class Reader {
  private final Config values;
  private final Config defaults;
  private final List<Problem> problems;

  Reader(Config values, Config defaults, List<Problem> problems) {
    this.values = values;
    this.defaults = defaults;
    this.problems = problems;
  }

  String text(String path) {
    return read(path, "text", c -> c.getString(path));
  }

  boolean flag(String path) {
    return read(path, "true or false", c -> c.getBoolean(path));
  }

  List<String> texts(String path) {
    return read(path, "a list of texts, such as [\"a\", \"b\"]", c -> List.copyOf(c.getStringList(path)));
  }

  int number(String path, int least, int most) {
    int value = read(path, "a whole number from " + least + " to " + most, c -> c.getInt(path));
    return within(path, value, least, most, String.valueOf(least), String.valueOf(most));
  }

  long bytes(String path, long least, long most) {
    long value = read(path, "a size such as 64KiB or 10MiB", c -> c.getBytes(path));
    return within(path, value, least, most, size(least), size(most));
  }

  Duration time(String path, Duration least, Duration most) {
    Duration value = read(path, "a time such as 500ms, 30s, 5m, 12h or 30d", c -> c.getDuration(path));
    return within(path, value, least, most, show(least), show(most));
  }

  <E extends Enum<E>> E choice(String path, Class<E> of) {
    String allowed = Arrays.stream(of.getEnumConstants()).map(Reader::wire).collect(Collectors.joining(", "));
    return read(
        path,
        "one of " + allowed,
        c -> {
          String text = c.getString(path);
          return Arrays.stream(of.getEnumConstants())
              .filter(e -> wire(e).equalsIgnoreCase(text))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException(quote(text) + nearest(text, Arrays.stream(of.getEnumConstants()).map(Reader::wire).toList())));
        });
  }

  /// A text that `parse` understands; what it throws says what is wrong.
  <T> T parsed(String path, String wanted, Function<String, T> parse) {
    return read(path, wanted, c -> parse.apply(c.getString(path)));
  }

  /// As [#parsed]; empty text stands for nothing.
  <T> Optional<T> parsedIfSet(String path, String wanted, Function<String, T> parse) {
    return read(path, wanted + ", or \"\" for none", c -> c.getString(path).isBlank() ? Optional.<T>empty() : Optional.of(parse.apply(c.getString(path))));
  }

  <T> List<T> parsedList(String path, String wanted, Function<String, T> parse) {
    return read(path, "a list, each " + wanted, c -> c.getStringList(path).stream().map(parse).toList());
  }

  /// The keys and texts of an open object, such as log levels; `a.b = c` and `"a.b" = c` mean the same.
  Map<String, String> map(String path, String wanted) {
    return read(
        path,
        wanted,
        c -> {
          Map<String, String> found = new TreeMap<>();
          c.getConfig(path).entrySet().forEach(e -> found.put(String.join(".", ConfigUtil.splitPath(e.getKey())), String.valueOf(e.getValue().unwrapped())));
          return found;
        });
  }

  /// A list of objects that have no other keys than `keys`.
  <T> List<T> objects(String path, String wanted, List<String> keys, Function<Config, T> parse) {
    return read(
        path,
        wanted,
        c -> {
          List<? extends Config> all = c.getConfigList(path);
          for (Config one : all) {
            one.root().keySet().stream().filter(k -> !keys.contains(k)).forEach(k -> reject(path, "has no \"" + k + "\"" + nearest(k, keys)));
          }
          return all.stream().map(parse).toList();
        });
  }

  /// Notes that what stands at `path` can't be used.
  void reject(String path, String what) {
    problems.add(new Problem(place(path), path, what));
  }

  private <T> T read(String path, String wanted, Function<Config, T> body) {
    try {
      return body.apply(values);
    } catch (ConfigException.WrongType | ConfigException.BadValue | ConfigException.Null e) {
      reject(path, "wants " + wanted + found(path));
    } catch (IllegalArgumentException e) {
      reject(path, "wants " + wanted + "; found " + e.getMessage());
    } catch (RuntimeException e) {
      reject(path, "wants " + wanted + found(path));
    }
    return body.apply(defaults);
  }

  private String found(String path) {
    try {
      ConfigValue value = values.getValue(path);
      return "; found " + value.render(com.typesafe.config.ConfigRenderOptions.concise());
    } catch (ConfigException e) {
      return "; found nothing";
    }
  }

  private <T extends Comparable<T>> T within(String path, T value, T least, T most, String shownLeast, String shownMost) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      reject(path, "must be from " + shownLeast + " to " + shownMost + found(path));
    }
    return value;
  }

  private String place(String path) {
    try {
      return place(values.getValue(path).origin());
    } catch (ConfigException e) {
      return "configuration";
    }
  }

  static String place(ConfigOrigin origin) {
    String file = origin.filename() == null ? origin.description().replaceFirst(":? ?\\d+$", "") : origin.filename();
    return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
  }

  /// `udp:127.0.0.1:5060`, `tcp:[::1]:5060`: a transport, a numeric address, a port.
  static Endpoint endpoint(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(quote(text));
    }
    Protocol protocol =
        Arrays.stream(Protocol.values())
            .filter(p -> p.name().equalsIgnoreCase(text.substring(0, colon)))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(quote(text) + ", which does not begin with udp:, tcp: or tls:"));
    return new Endpoint(protocol, socketAddress(text.substring(colon + 1)));
  }

  /// `127.0.0.1:8080` or `[::1]:8080`.
  static InetSocketAddress socketAddress(String text) {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[(.*)]$", "$1");
      return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(quote(text) + ", which is no numeric address with a port", e);
    }
  }

  /// ` (did you mean "x"?)` where one of `known` is near to `text`, else empty.
  static String nearest(String text, Iterable<String> known) {
    String best = "";
    int bestDistance = Math.max(2, text.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(text.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best.isEmpty() ? "" : " (did you mean \"" + best + "\"?)";
  }

  /// Edits that turn `a` into `b` (Levenshtein).
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static String wire(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String quote(String text) {
    return '"' + text + '"';
  }

  private static String show(Duration time) {
    if (time.toMillis() % 1000 != 0) {
      return time.toMillis() + "ms";
    }
    return time.toSeconds() % 86_400 == 0 && !time.isZero() ? time.toDays() + "d" : time.toSeconds() + "s";
  }

  private static String size(long bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    return bytes >= 1024 && bytes % 1024 == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
  }
}
