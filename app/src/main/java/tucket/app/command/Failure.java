// A command that can't go on.
package tucket.app.command;

/// The message is for the person at the terminal and says what to do; `code` is one of [Exit].
public final class Failure extends RuntimeException {
  private final int code;

  public Failure(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  public int code() {
    return code;
  }
}
