// A message to be sent over a session.
package tucket.protocol.msrp;

import java.util.List;
import tucket.protocol.msrp.MsrpRequest.FailureReport;

/// `messageId` is that of MSRP, good for one hop, not the imdn.Message-ID inside; `contentType` is written as it is; `body` must not
/// change. `more` are further headers, Content headers among them.
public record OutgoingMessage(
    String messageId, String contentType, byte[] body, boolean successReport, FailureReport failureReport, List<MsrpHeader> more) {
  public OutgoingMessage {
    more = List.copyOf(more);
  }

  /// The same, with a wish for the receiver's own report.
  public OutgoingMessage withSuccessReport() {
    return new OutgoingMessage(messageId, contentType, body, true, failureReport, more);
  }

  /// One with the reports that chat uses: none on success, failures as responses.
  public static OutgoingMessage of(String messageId, String contentType, byte[] body) {
    return new OutgoingMessage(messageId, contentType, body, false, FailureReport.YES, List.of());
  }
}
