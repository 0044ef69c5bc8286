// What a command returns to the shell.
package tucket.app.command;

/// The same for all commands, so that a script can tell "no" from "not there".
public final class Exit {
  /// Done.
  public static final int OK = 0;

  /// It went wrong, or did not happen within the time.
  public static final int FAILED = 1;

  /// The command line or the configuration is wrong; nothing was done.
  public static final int USAGE = 2;

  /// The server can't be reached.
  public static final int UNREACHABLE = 3;

  /// The server said no: wrong password, unknown user, not allowed, too large.
  public static final int REFUSED = 4;

  static final String[] HELP = {
    "0:done", "1:it went wrong, or did not happen within the time", "2:the command line or the configuration is wrong", "3:the server can't be reached",
    "4:the server said no"
  };

  private Exit() {}
}
