// One thing that the doctor has seen.
package tucket.app.doctor;

/// @param area which part of the machine or the configuration: `ports`, `dns`, `certificates`, `disk`, `limits`, `clock`, `java`, `data`
/// @param what what was found, in a sentence without a full stop
/// @param remedy what to do, with the command or the setting; empty where nothing needs to be done
public record Finding(String area, Level level, String what, String remedy) {
  /// How bad it is.
  public enum Level {
    /// As it should be.
    OK,
    /// The server runs, but worse than it could, or not for long.
    WARNING,
    /// The server does not start, or does not do what it is there for.
    PROBLEM
  }
}
