// What an operator asked for can't be done.
package tucket.app.admin;

/// The message is for the operator; `kind` says whose fault it is, so that HTTP and the shell can tell them apart.
public final class NotPossible extends RuntimeException {
  private final Kind kind;

  /// Why it is not possible.
  public enum Kind {
    /// What was asked for makes no sense.
    WRONG,
    /// It is about something that is not there.
    MISSING,
    /// The token is not the right one.
    FORBIDDEN,
    /// The server has to be running for it.
    NOT_RUNNING
  }

  public NotPossible(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
