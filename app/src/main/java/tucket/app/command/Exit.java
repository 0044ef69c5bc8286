// What a command returns to the shell.
package tucket.app.command;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

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

  /// For the help of each command, in order.
  public static final Map<String, String> LIST = list();

  private Exit() {}

  private static Map<String, String> list() {
    Map<String, String> list = new LinkedHashMap<>();
    list.put("0", "done");
    list.put("1", "it went wrong, or did not happen within the time");
    list.put("2", "the command line or the configuration is wrong");
    list.put("3", "the server can't be reached");
    list.put("4", "the server said no");
    return Collections.unmodifiableMap(list);
  }
}
