// Messages that the transaction tests send.
package tucket.protocol.sip.transaction;

import java.nio.charset.StandardCharsets;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;

final class Messages {
  private Messages() {}

  static SipRequest request(String method) {
    return parse("""
        %1$s sip:bob@biloxi.example.com SIP/2.0
        Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bKkjshdyff
        Route: <sip:proxy.example.com;lr>
        To: Bob <sip:bob@biloxi.example.com>
        From: Alice <sip:alice@atlanta.example.com>;tag=88sja8x
        Call-ID: 987asjd97y7atg
        CSeq: 986759 %1$s
        Max-Forwards: 70
        Content-Length: 0

        """.formatted(method));
  }

  static SipRequest parse(String text) {
    byte[] bytes = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    return (SipRequest) new SipReader().read(bytes, 0, bytes.length);
  }

  static SipResponse response(SipRequest request, int status) {
    return SipResponse.to(request, status, Status.reason(status)).withToTag("x" + status);
  }
}
