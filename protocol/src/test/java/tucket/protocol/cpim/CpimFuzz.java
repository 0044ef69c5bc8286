// Fuzzes every parser of CPIM and what it carries, for as long as wanted.
package tucket.protocol.cpim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import tucket.protocol.Malformed;
import tucket.protocol.document.DeferredList;
import tucket.protocol.document.DocumentTest;
import tucket.protocol.document.ReginfoDocument;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.iscomposing.IsComposing;
import tucket.protocol.mime.Mutations;

/// Stops at the first failure with seed, round and input.
public final class CpimFuzz {

  private CpimFuzz() {}

  /// One batch over all parsers.
  static void batch(long seed, int rounds) {
    Mutations.run(seed, rounds, messages(), CpimFuzz::message);
    Mutations.run(seed, rounds / 2, documents(), CpimFuzz::document);
  }

  private static List<byte[]> messages() {
    List<byte[]> all = new ArrayList<>();
    ClientsTest.ALL.forEach(t -> all.add(t.getBytes(UTF_8)));
    all.add(("From: A B <sip:a@b>\r\nTo: \"x \\\"y\" <sip:c@d>\r\nNS: <urn:ietf:params:imdn>\r\nMessage-ID: \\u0041\r\n"
        + "Subject:;lang=\"d e\" x\r\n\r\n"
        + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn><message-id>1</message-id>"
        + "<processing-notification><status><stored/></status></processing-notification></imdn>\r\n--b--").getBytes(UTF_8));
    return all;
  }

  private static List<byte[]> documents() {
    List<byte[]> all = new ArrayList<>();
    all.add(Imdn.of("1", "2", Imdn.Kind.DELIVERY, Imdn.Status.FAILED).withRecipient("sip:a@b", "sip:c@d").write());
    all.add(IsComposing.active("text/plain", 90).write());
    all.addAll(DocumentTest.corpus());
    return all;
  }

  /// Whatever can be read can be written, and then says the same.
  private static void message(byte[] data) {
    CpimMessage m = CpimMessage.parse(data);
    byte[] out = m.write();
    CpimMessage again = CpimMessage.parse(out);
    assertThat(again.messageId()).isEqualTo(m.messageId());
    assertThat(again.dateTime()).isEqualTo(m.dateTime());
    assertThat(again.dispositions()).isEqualTo(m.dispositions());
    assertThat(again.from()).isEqualTo(m.from());
    assertThat(again.to()).isEqualTo(m.to());
    assertThat(again.content().body()).isEqualTo(m.content().body());
    assertThat(again.write()).isEqualTo(out);
    m.withAddresses("sip:a@b", "sip:c@d").withMessageId("1").write();
    assertThat(m.verbatim()).isEqualTo(data);
    content(m);
  }

  private static void content(CpimMessage m) {
    try {
      m.content().text(100_000);
      Imdn.parseAll(m.content()).forEach(i -> assertThat(Imdn.parse(i.write())).isEqualTo(i));
    } catch (Malformed e) {
      // the content may be damaged while the envelope is not
    }
  }

  private static void document(byte[] data) {
    attempt(() -> Imdn.parse(Imdn.parse(data).write()));
    attempt(() -> IsComposing.parse(IsComposing.parse(data).write()));
    attempt(() -> ReginfoDocument.parse(ReginfoDocument.parse(data).write()));
    attempt(() -> DeferredList.parse(DeferredList.parse(data).write()));
    attempt(() -> ResourceLists.parse(ResourceLists.parse(data).history().write()));
  }

  private static void attempt(Runnable parser) {
    try {
      parser.run();
    } catch (Malformed e) {
      // expected of most
    }
  }
}
