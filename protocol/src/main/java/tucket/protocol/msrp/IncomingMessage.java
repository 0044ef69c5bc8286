// A message that arrived whole.
package tucket.protocol.msrp;

import tucket.protocol.mime.MediaType;

/// `head` is that of the chunk that completed it: paths, Message-ID, Content-Type and wishes for reports are the same in every chunk (RFC
/// 4975 section 7.1.1). `body` belongs to the receiver.
public record IncomingMessage(MsrpRequest head, byte[] body) {
  /// [tucket.protocol.Malformed] where the header is none.
  public MediaType contentType() {
    return head.contentType().orElse(MediaType.TEXT_PLAIN);
  }
}
