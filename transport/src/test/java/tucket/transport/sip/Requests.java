// Requests that the stack's tests send.
package tucket.transport.sip;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

final class Requests {
  private static final AtomicLong CALLS = new AtomicLong();

  private Requests() {}

  static SipRequest of(String method) {
    return SipRequest.of(method, Uri.parse("sip:bob@example.org"))
        .edit()
        .append(Header.MAX_FORWARDS, "70")
        .append(Header.FROM, "<sip:alice@example.org>;tag=a")
        .append(Header.TO, "<sip:bob@example.org>")
        .append(Header.CALL_ID, "call-" + CALLS.incrementAndGet())
        .append(Header.CSEQ, "1 " + method)
        .append(Header.CONTACT, "<sip:alice@127.0.0.1>")
        .request();
  }

  static SipRequest message(String text) {
    return of("MESSAGE").withBody(MediaType.TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8));
  }

  static SipResponse answer(SipRequest request, int status) {
    return SipResponse.to(request, status, Status.reason(status));
  }

  static SipMessage read(byte[] data) {
    return new SipReader().read(data, 0, data.length);
  }

  static byte[] bytes(String text) {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  static Endpoint endpoint(Protocol protocol, int port) {
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }
}
