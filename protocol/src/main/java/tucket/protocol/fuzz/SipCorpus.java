// The torture messages of RFC 4475 and RFC 5118.
package tucket.protocol.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the tests judge one by one and what fuzzing begins with. The files are the RFCs' own messages; RFC 5118 gives them with bare line ends, which
/// are CRLF here.
public final class SipCorpus {
  /// The names in the order of RFC 4475 section 3.
  public static final List<String> RFC4475 =
      List.of(
          // 3.1.1
          "wsinv", "intmeth", "esc01", "escnull", "esc02", "lwsdisp", "longreq", "dblreq", "semiuri", "transports", "mpart01", "unreason",
          "noreason",
          // 3.1.2
          "badinv01", "clerr", "ncl", "scalar02", "scalarlg", "quotbal", "ltgtruri", "lwsruri", "lwsstart", "trws", "escruri", "baddate",
          "regbadct", "badaspec", "baddn", "badvers", "mismatch01", "mismatch02", "bigcode",
          // 3.2, 3.3, 3.4
          "badbranch", "insuf", "unkscm", "novelsc", "unksm2", "bext01", "invut", "regaut01", "multi01", "mcl01", "bcast", "zeromf",
          "cparam01", "cparam02", "regescrt", "sdp01", "inv2543");

  /// The names in the order of RFC 5118 section 4.
  public static final List<String> RFC5118 =
      List.of(
          "ipv6-good", "ipv6-bad", "port-ambiguous", "port-unambiguous", "via-received-param-with-delim", "via-received-param-no-delim",
          "ipv6-in-sdp", "mult-ip-in-header", "mult-ip-in-sdp", "ipv4-mapped-ipv6", "ipv6-bug-abnf-3-colons", "ipv6-correct-abnf-2-colons");

  /// Has the headers that the torture messages have not.
  private static final String RICH =
      "MESSAGE sip:b@c;gr=urn:uuid:1 SIP/2.0\r\n"
          + "v:SIP/2.0/TCP h;branch=z9hG4bKa;rport,SIP/2.0/UDP [::1]:5;branch=z9hG4bKb\r\nf:\"A\"<tel:+1-2>;tag=1\r\n"
          + "t:<sip:b@c>\r\ni:1\r\nCSeq:1 MESSAGE\r\na:*;+g.oma.sip-im;require;explicit;class=\"!a,<B>,#1:2\"\r\n"
          + "j:*;audio\r\nd:no-fork\r\n"
          + "Authorization:Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"sip:b@c\","
          + "response=\"0\",qop=auth,nc=00000001,cnonce=\"c\"\r\n"
          + "WWW-Authenticate:Digest realm=\"r\",nonce=\"n\",algorithm=SHA-256,qop=\"auth\"\r\n"
          + "m:<sip:a@b>;q=0.5;+sip.instance=\"<urn:x>\"\r\n"
          + "Date:Sat, 13 Nov 2010 23:29:00 GMT\r\nExpires:1\r\nc:text/plain\r\nl:2\r\n\r\nhi";

  private SipCorpus() {}

  static List<byte[]> all() {
    List<byte[]> all = new ArrayList<>();
    RFC4475.forEach(name -> all.add(bytes(name)));
    RFC5118.forEach(name -> all.add(bytes(name)));
    all.add(RICH.getBytes(StandardCharsets.UTF_8));
    return all;
  }

  /// The message of that name, byte for byte.
  public static byte[] bytes(String name) {
    String folder = RFC5118.contains(name) ? "rfc5118/" : "rfc4475/";
    try (InputStream in = SipCorpus.class.getResourceAsStream(folder + name + ".dat")) {
      if (in == null) {
        throw new IllegalStateException("no torture message " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
