// How long reading and forwarding a MESSAGE takes: `SipReadBench [seconds]`.
package tucket.protocol.sip;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/// Prints nanoseconds and bytes of garbage for one operation, best of several rounds: a hint, no proof.
final class SipReadBench {
  private static final byte[] MESSAGE = message();

  private SipReadBench() {}

  /// A MESSAGE of about 1.1 KB as a phone behind one proxy sends it.
  private static byte[] message() {
    String body =
        "From: <sip:anonymous@anonymous.invalid>\r\nTo: <sip:anonymous@anonymous.invalid>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
            + "imdn.Message-ID: Msg6rn78FD6f1u2k\r\nDateTime: 2026-11-22T10:00:00Z\r\n"
            + "imdn.Disposition-Notification: positive-delivery, display\r\n\r\n"
            + "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: 24\r\n\r\nThe quick brown fox etc.";
    String head =
        """
        MESSAGE sip:+491711234567@ims.example.com;user=phone SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK9a8b7c6d5e4f;rport
        Max-Forwards: 70
        Route: <sip:proxy.ims.example.com:5060;lr;transport=udp>
        From: "Alice" <sip:alice@ims.example.com>;tag=8c1f0a7e
        To: <sip:+491711234567@ims.example.com;user=phone>
        Call-ID: 7f3c9f1a-2f0b-4b8e-9c55-0a1b2c3d4e5f@198.51.100.7
        CSeq: 2 MESSAGE
        P-Preferred-Identity: <sip:alice@ims.example.com>
        Accept-Contact: *;+g.oma.sip-im
        User-Agent: IM-client/OMA1.0 Example/2.1
        Allow: MESSAGE, INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY
        Contribution-ID: 01234567-89ab-cdef-0123-456789abcdef
        Content-Type: message/cpim
        Content-Length: %d

        """;
    return (head.replace("\n", "\r\n").formatted(body.length()) + body).getBytes(StandardCharsets.UTF_8);
  }

  public static void main(String[] args) {
    long seconds = args.length > 0 ? Long.parseLong(args[0]) : 2;
    SipReader reader = new SipReader();
    SipMessage read = reader.read(MESSAGE);
    ByteBuffer out = ByteBuffer.allocate(4096);
    System.out.println("message of " + MESSAGE.length + " bytes, body " + read.bodyLength());
    long[] sink = new long[1];
    run("read", seconds, n -> sink[0] += reader.read(MESSAGE).bodyLength());
    run("read, route headers", seconds, n -> sink[0] += routed(reader.read(MESSAGE)));
    run("push Via and write", seconds, n -> sink[0] += write(read.prepend(Header.VIA,
        "SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKabcdef0123"), out));
    SipMessage pushed = reader.read(read.prepend(Header.VIA, "SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKabcdef0123").encode());
    run("pop Via and write", seconds, n -> sink[0] += write(pushed.withoutFirstValue(Header.VIA), out));
    run("read, push Via, Max-Forwards, write", seconds, n -> sink[0] += write(forward(reader.read(MESSAGE)), out));
    run("read, answer 200, write", seconds, n -> sink[0] += write(SipResponse.to((SipRequest) reader.read(MESSAGE), 200)
        .withToTag("abc"), out));
    run("read, validity", seconds, n -> sink[0] += SipValidity.check(reader.read(MESSAGE)).isPresent() ? 1 : 0);
    SipFramer framer = new SipFramer();
    run(
        "frame and read",
        seconds,
        n -> {
          framer.append(MESSAGE);
          sink[0] += framer.next().isPresent() ? 1 : 0;
        });
    System.out.println("(" + (sink[0] & 1) + ")");
  }

  private static int routed(SipMessage m) {
    return m.topVia().host().length() + m.callId().length() + m.from().params().list().size() + m.to().params().list().size()
        + (int) m.cseq().number();
  }

  private static SipMessage forward(SipMessage m) {
    return m.edit().prepend(Header.VIA, "SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKabcdef0123").with(Header.MAX_FORWARDS, "69").request();
  }

  private static int write(SipMessage m, ByteBuffer out) {
    out.clear();
    m.encodeTo(out);
    return out.position();
  }

  private static void run(String what, long seconds, LongConsumer operation) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    double best = Double.MAX_VALUE;
    long garbage = 0;
    long end = System.nanoTime() + seconds * 1_000_000_000;
    while (System.nanoTime() < end) {
      int count = 100_000;
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        operation.accept(i);
      }
      best = Math.min(best, (System.nanoTime() - start) / (double) count);
      garbage = (threads.getCurrentThreadAllocatedBytes() - allocated) / count;
    }
    System.out.printf("%-38s %7.0f ns %6d bytes%n", what, best, garbage);
  }
}
