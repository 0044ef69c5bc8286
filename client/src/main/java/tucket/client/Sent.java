// What the server answered to something that was sent.
package tucket.client;

/// `messageId` is empty for a message without CPIM. `status` and `reason` are those of the final response; 408 stands for silence and 503
/// for a server that
/// can't be reached.
public record Sent(String messageId, int status, String reason) {
  /// The server has taken it: handed to the recipient, or stored for him.
  public boolean accepted() {
    return status >= 200 && status < 300;
  }

  /// The recipient is away and the message waits for him (RFC 3428 section 7).
  public boolean waits() {
    return status == 202;
  }
}
