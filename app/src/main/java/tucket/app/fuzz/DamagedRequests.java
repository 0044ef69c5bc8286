// SIP requests for a whole server, damaged at random.
package tucket.app.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Requests of every method that the server knows, by alice to bob of `tucket.example`, without credentials.
public final class DamagedRequests {
  private static final String SPICE = "\r\n\r\n \t:;,<>\"\\@%=/?&*()[]{}|+-.0129aZ\0\u007f\u00ff";
  private static final String CPIM = "From: <sip:alice@tucket.example>\r\nTo: <sip:bob@tucket.example>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
      + "imdn.Message-ID: m@1\r\nDateTime: 2026-11-22T07:56:56Z\r\nimdn.Disposition-Notification: positive-delivery, display, processing\r\n\r\n"
      + "Content-Type: text/plain;charset=utf-8\r\nContent-Length: 5\r\n\r\nhello";
  private static final String IMDN = "From: <sip:alice@tucket.example>\r\nTo: <sip:bob@tucket.example>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
      + "imdn.Message-ID: n@1\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n"
      + "<?xml version=\"1.0\"?><imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m@1</message-id><datetime>2026-11-22T07:56:56Z</datetime>"
      + "<delivery-notification><status><delivered/></status></delivery-notification></imdn>";
  private static final String CONTACT =
      "Contact: <sip:alice@127.0.0.1:9;transport=tcp>;q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=1;+g.oma.sip-im\r\n";
  private static final List<String> GOOD = List.of(
      request("MESSAGE sip:bob@tucket.example", "Expires: 60\r\nSubject: s\r\nAccept-Contact: *;+g.oma.sip-im\r\n", "message/cpim", CPIM),
      request("MESSAGE tel:+4915112345678", "P-Preferred-Identity: <sip:alice@tucket.example>\r\n", "message/cpim", IMDN),
      request("MESSAGE sip:deferred-messages@tucket.example", "", "text/plain", "all"),
      request("REGISTER sip:tucket.example", CONTACT + "Supported: path, gruu, outbound\r\nPath: <sip:p@127.0.0.1:9;lr>\r\n", "", ""),
      request("SUBSCRIBE sip:alice@tucket.example", "Event: reg;id=1\r\nAccept: application/reginfo+xml\r\nExpires: 600\r\n" + CONTACT, "", ""),
      request("OPTIONS sip:bob@tucket.example;gr=urn:uuid:1", "Accept: */*\r\nRequire: pref\r\n", "", ""),
      request("PUBLISH sip:alice@tucket.example", "Event: presence\r\nExpires: 60\r\n", "application/pidf+xml", "<presence/>"),
      request("INVITE sip:bob@tucket.example", CONTACT + "Session-Expires: 90;refresher=uac\r\n", "application/sdp",
          "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\n"
              + "a=path:msrp://127.0.0.1:9/s;tcp\r\na=accept-types:message/cpim\r\na=setup:actpass\r\n"));

  private DamagedRequests() {}

  private static String request(String start, String more, String type, String body) {
    return start + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bKB\r\nMax-Forwards: 70\r\nFrom: \"A\" <sip:alice@tucket.example>;tag=t\r\n"
        + "To: <sip:bob@tucket.example>\r\nCall-ID: I\r\nCSeq: 1 " + start.substring(0, start.indexOf(' ')) + "\r\n" + more
        + (body.isEmpty() ? "" : "Content-Type: " + type + "\r\n") + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  /// One of them, with a branch and a Call-ID of its own before it is damaged.
  public static byte[] next(SplittableRandom chance) {
    String own = Long.toHexString(chance.nextLong());
    byte[] bytes = GOOD.get(chance.nextInt(GOOD.size())).replace("z9hG4bKB", "z9hG4bK" + own).replace("Call-ID: I", "Call-ID: f" + own)
        .getBytes(ISO_8859_1);
    for (int i = chance.nextInt(4); i >= 0; i--) {
      bytes = mutated(bytes, chance);
    }
    return bytes;
  }

  private static byte[] mutated(byte[] in, SplittableRandom chance) {
    int at = chance.nextInt(in.length + 1);
    int length = Math.min(chance.nextInt(40), in.length - at);
    byte[] middle = switch (chance.nextInt(4)) {
      case 0 -> new byte[0];
      case 1 -> SPICE.substring(chance.nextInt(SPICE.length())).getBytes(ISO_8859_1);
      case 2 -> new byte[] {(byte) chance.nextInt(256)};
      default -> Arrays.copyOfRange(in, at, Math.min(in.length, at + 2 * length));
    };
    byte[] out = new byte[in.length - length + middle.length];
    System.arraycopy(in, 0, out, 0, at);
    System.arraycopy(middle, 0, out, at, middle.length);
    System.arraycopy(in, at + length, out, at + middle.length, in.length - at - length);
    return out;
  }
}
