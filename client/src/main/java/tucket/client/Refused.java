// A final response that says no.
package tucket.client;

/// Thrown to the caller for a request that was refused; and thrown by a [Pager.Listener] to refuse a message that arrived. The message
/// names status and
/// reason as they stood on the wire.
public final class Refused extends RuntimeException {
  private final int status;

  public Refused(int status, String reason) {
    super(status + " " + reason);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
