// What the tests of the doctor share: a configuration, one check, and what it found.
package tucket.app.doctor;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.app.config.Config;
import tucket.app.config.ConfigFile;
import tucket.app.doctor.Finding.Level;
import tucket.transport.Clock;
import tucket.transport.net.SystemClock;

final class Patient {
  private Patient() {}

  /// Any free port, data in `data`, and these settings over it.
  static Config config(Path data, String... settings) {
    List<String> all = new ArrayList<>(List.of("data=\"" + data + "\"", "sip.listen=[\"udp:127.0.0.1:0\"]", "http.listen=\"\""));
    all.addAll(List.of(settings));
    return ConfigFile.read(Optional.empty(), all);
  }

  static List<Finding> look(Check check, Config config) {
    return Doctor.examine(config, List.of(check));
  }

  static List<Finding> of(List<Finding> findings, Level level) {
    return findings.stream().filter(f -> f.level() == level).toList();
  }

  /// The machine's clock, `ahead` of its time; each look at it makes it jump by `jump` more.
  static Clock clock(Duration ahead, Duration jump) {
    SystemClock real = new SystemClock();
    return new Clock() {
      private Duration now = ahead;

      @Override
      public long nanos() {
        return real.nanos();
      }

      @Override
      public Instant now() {
        now = now.plus(jump);
        return real.now().plus(now);
      }

      @Override
      public Alarm after(Duration delay, Runnable task) {
        return real.after(delay, task);
      }

      @Override
      public void sleep(Duration pause) {
        real.sleep(pause);
      }
    };
  }
}
