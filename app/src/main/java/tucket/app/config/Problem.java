// One mistake in a configuration.
package tucket.app.config;

/// `place` is `file:line` (or where else the value came from), `path` the setting, `what` a sentence that says what is wrong and what is
/// allowed.
public record Problem(String place, String path, String what) {
  @Override
  public String toString() {
    return place + ": " + (path.isEmpty() ? "" : path + ": ") + what;
  }
}
