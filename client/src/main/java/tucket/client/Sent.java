// What the server answered to something that was sent.
package tucket.client;

import tucket.protocol.sip.SipResponse;

/// `messageId` is empty for a message without CPIM. `response` is the final response; one with 408 stands for silence and one with 503 for
/// a server that can't be reached.
public record Sent(String messageId, SipResponse response) {
  public int status() {
    return response.status();
  }

  public String reason() {
    return response.reason();
  }

  /// The server has taken it: handed to the recipient, or stored for him.
  public boolean accepted() {
    return response.isSuccess();
  }

  /// The recipient is away and the message waits for him (RFC 3428 section 7).
  public boolean waits() {
    return response.status() == 202;
  }
}
