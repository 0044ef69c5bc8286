// Fuzzes CPIM messages and what they carry.
package tucket.protocol.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.imdn.Imdn;

/// Whatever can be read can be written, and then says the same.
public final class CpimTarget implements Target {
  private static final String MULTIPART = "From: A B <sip:a@b>\r\nTo: \"x \\\"y\" <sip:c@d>\r\nNS: <urn:ietf:params:imdn>\r\nMessage-ID: \\u0041\r\n"
      + "Subject:;lang=\"d e\" x\r\n\r\n"
      + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn><message-id>1</message-id>"
      + "<processing-notification><status><stored/></status></processing-notification></imdn>\r\n--b--";
  private static final int LARGEST_TEXT = 100_000;

  private final List<byte[]> corpus = corpus();

  private static List<byte[]> corpus() {
    List<String> all = new ArrayList<>(CpimCorpus.ALL);
    all.add(MULTIPART);
    return all.stream().map(text -> text.getBytes(UTF_8)).toList();
  }

  @Override
  public String name() {
    return "cpim";
  }

  @Override
  public byte[] input(SplittableRandom chance) {
    return new Mutations(chance).next(corpus);
  }

  @Override
  public void read(byte[] input) {
    CpimMessage m = CpimMessage.parse(input);
    byte[] out = m.write();
    CpimMessage again = CpimMessage.parse(out);
    Broken.unlessSame(again.messageId(), m.messageId(), "the Message-ID stays");
    Broken.unlessSame(again.dateTime(), m.dateTime(), "the DateTime stays");
    Broken.unlessSame(again.dispositions(), m.dispositions(), "what notifications are asked for stays");
    Broken.unlessSame(again.from(), m.from(), "From stays");
    Broken.unlessSame(again.to(), m.to(), "To stays");
    Broken.unlessSame(again.content().body(), m.content().body(), "the body stays");
    Broken.unlessSame(again.write(), out, "what was written is written again the same");
    m.withAddresses("sip:a@b", "sip:c@d").withMessageId("1").write();
    Broken.unlessSame(m.verbatim(), input, "the message can be had byte for byte");
    content(m);
  }

  private static void content(CpimMessage m) {
    try {
      m.content().text(LARGEST_TEXT);
      Imdn.parseAll(m.content()).forEach(i -> Broken.unlessSame(Imdn.parse(i.write()), i, "a notification is written as it was read"));
    } catch (Malformed e) {
      // the content may be damaged while the envelope is not
    }
  }
}
