// Registration information, resource lists and deferred lists.
package tucket.protocol.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.protocol.fuzz.DocumentCorpus.COPY_LIST;
import static tucket.protocol.fuzz.DocumentCorpus.REGINFO;
import static tucket.protocol.fuzz.DocumentCorpus.deferred;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.document.ReginfoDocument.Contact;
import tucket.protocol.document.ReginfoDocument.Event;
import tucket.protocol.document.ReginfoDocument.Registration;
import tucket.protocol.document.ReginfoDocument.State;
import tucket.protocol.document.ResourceLists.CopyControl;
import tucket.protocol.document.ResourceLists.Entry;
import tucket.protocol.mime.Params;
import tucket.protocol.mime.Samples;

public class DocumentTest {
  @Test
  void registrationInformationWithGruusIsRead() {
    ReginfoDocument doc = ReginfoDocument.parse(REGINFO.getBytes(UTF_8));
    assertThat(doc.version()).isEqualTo(1);
    assertThat(doc.full()).isTrue();
    Registration r = doc.registrations().getFirst();
    assertThat(r.aor()).isEqualTo("sip:user@example.com");
    Contact c = r.contacts().getFirst();
    assertThat(c.event()).isEqualTo(Event.REGISTERED);
    assertThat(c.params().value("+sip.instance")).contains("\"<urn:uuid:f81d4fae>\"");
    assertThat(c.pubGruu()).contains("sip:user@example.com;gr=hha9s8d-999a");
    assertThat(c.tempGruu()).contains("sip:8ffkas08af7fasklzi9@example.com;gr");
    assertThat(r.contacts().get(1).state()).isEqualTo(State.TERMINATED);
    assertThat(ReginfoDocument.parse(doc.write())).isEqualTo(doc);
  }

  @Test
  void registrationInformationIsWrittenWithItsMandatoryAttributes() {
    ReginfoDocument doc = new ReginfoDocument(0, false, List.of(new Registration("sip:a@b", "1", State.ACTIVE, List.of(Contact.of("c1",
        State.ACTIVE, Event.CREATED, "sip:a@192.0.2.1;transport=tcp")))));
    assertThat(doc.write()).asString().isEqualTo("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<reginfo "
        + "xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"0\" state=\"partial\">\r\n"
        + "<registration aor=\"sip:a@b\" id=\"1\" state=\"active\">\r\n<contact id=\"c1\" state=\"active\" event=\"created\">\r\n"
        + "<uri>sip:a@192.0.2.1;transport=tcp</uri>\r\n</contact>\r\n</registration>\r\n</reginfo>\r\n");
  }

  @Test
  void brokenRegistrationInformationNamesWhatIsWrong() {
    assertThatThrownBy(() -> ReginfoDocument.parse("<reginfo state='full'/>".getBytes(UTF_8))).isInstanceOf(Malformed.class)
        .hasMessageContaining("version");
    assertThatThrownBy(() -> ReginfoDocument.parse(REGINFO.replace("7322", "-1").getBytes(UTF_8))).isInstanceOf(Malformed.class)
        .hasMessageContaining("duration-registered");
    assertThatThrownBy(() -> ReginfoDocument.parse(REGINFO.replace("\"expired\"", "\"gone\"").getBytes(UTF_8)))
        .isInstanceOf(Malformed.class).hasMessageContaining("event");
  }

  @Test
  void anyRegistrationInformationIsReadAsItWasWritten() {
    for (long seed = 0; seed < 200; seed++) {
      Samples s = new Samples(seed);
      Params params = s.random.nextBoolean() ? Params.NONE : Params.NONE.with("+g.oma.sip-im").with("+sip.instance", s.text());
      Contact c = new Contact(s.token(), s.oneOf(State.class), s.oneOf(Event.class), s.uri(), s.maybe(s::text), number(s), number(s),
          number(s), s.maybe(s::token), s.maybe(s::text), number(s), params, s.maybe(s::uri), s.maybe(s::uri));
      ReginfoDocument doc = new ReginfoDocument(s.upTo(99), s.random.nextBoolean(),
          List.of(new Registration(s.uri(), s.text(), s.oneOf(State.class), List.of(c, c))));
      assertThat(ReginfoDocument.parse(doc.write())).as("seed " + seed).isEqualTo(doc);
    }
  }

  private static OptionalLong number(Samples s) {
    return s.random.nextBoolean() ? OptionalLong.of(s.upTo(100_000)) : OptionalLong.empty();
  }

  @Test
  void theListOfRfc5364GivesItsHistory() {
    ResourceLists list = ResourceLists.parse(COPY_LIST.getBytes(UTF_8));
    assertThat(list.recipients()).hasSize(7);
    assertThat(list.history().entries()).containsExactly(
        new Entry("sip:bill@example.com", Optional.empty(), Optional.of(CopyControl.TO), false, 1),
        new Entry("sip:anonymous@anonymous.invalid", Optional.empty(), Optional.of(CopyControl.TO), false, 2),
        new Entry("sip:joe@example.org", Optional.empty(), Optional.of(CopyControl.CC), false, 1),
        new Entry("sip:anonymous@anonymous.invalid", Optional.empty(), Optional.of(CopyControl.CC), false, 1));
  }

  @Test
  void aUserListedTwiceIsOneRecipientWithTheStrongerCopyControl() {
    ResourceLists list = ResourceLists.parse(("<resource-lists><list><entry uri='sip:a@b' copyControl='bcc'/><list><entry "
        + "uri='sip:c@d'/><entry uri='sip:a@b' copyControl='to'/></list></list></resource-lists>").getBytes(UTF_8));
    assertThat(list.recipients()).extracting(Entry::uri).containsExactly("sip:a@b", "sip:c@d");
    assertThat(list.recipients()).extracting(Entry::copy).containsExactly(CopyControl.TO, CopyControl.BCC);
  }

  @Test
  void theListOfRfc4826IsReadAndWritten() {
    ResourceLists list = ResourceLists.parse(("<?xml version=\"1.0\"?><resource-lists "
        + "xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"friends\"><entry "
        + "uri=\"sip:bill@example.com\"><display-name>Bill Doe</display-name></entry>"
        + "<entry-ref ref=\"resource-lists/users/sip:bill@example.com/index/~~/x\"/><list name=\"close-friends\"><display-name>Close "
        + "Friends</display-name><entry uri=\"sip:joe@example.com\"/>"
        + "<external anchor=\"http://xcap.example.org/y\"><display-name>Marketing</display-name></external></list></list></resource-list"
        + "s>").getBytes(UTF_8));
    assertThat(list.entries()).extracting(Entry::uri).containsExactly("sip:bill@example.com", "sip:joe@example.com");
    assertThat(ResourceLists.parse(list.write())).isEqualTo(list);
    assertThatThrownBy(() -> ResourceLists.parse("<resource-lists><list><entry/></list></resource-lists>".getBytes(UTF_8)))
        .isInstanceOf(Malformed.class).hasMessageContaining("uri");
  }

  @Test
  void aDeferredListOfEveryKindIsReadAsItWasWritten() {
    assertThat(DeferredList.parse(deferred().write())).isEqualTo(deferred());
    assertThat(deferred().write()).asString().contains("<deferred-list xmlns=\"urn:oma:xml:im:history-list\">\r\n<history "
        + "history-reference=\"r1\">\r\n<size>12</size>");
  }

  @Test
  void referencesAndUrisMayBeElementsToo() {
    DeferredList list = DeferredList.parse(("<history-list xmlns='urn:oma:xml:im:history-list'><history><history-reference>r1</history-r"
        + "eference><size>7</size><pager><time-stamp>t</time-stamp>"
        + "<from>sip:a@b</from><to>sip:c@d</to><recipient-list><entry><uri>sip:e@f</uri></entry></recipient-list></pager></history></his"
        + "tory-list>").getBytes(UTF_8));
    assertThat(list.items().getFirst().reference()).isEqualTo("r1");
    assertThat(list.items().getFirst().content()).isEqualTo(new DeferredList.Pager(Optional.of("t"), "sip:a@b", "sip:c@d",
        List.of(new DeferredList.Entry("sip:e@f", Optional.empty())), Optional.empty()));
    assertThatThrownBy(() -> DeferredList.parse("<deferred-list><history><pager/></history></deferred-list>".getBytes(UTF_8)))
        .isInstanceOf(Malformed.class).hasMessageContaining("history-reference");
  }

  @Test
  void textThatXmlCannotHoldDoesNotBreakADocument() {
    byte[] out = ResourceLists.of(List.of(new Entry("sip:\u0001a\ud800&\"<\r\n@b", Optional.of("\u0000 x"), Optional.empty(), false, 1)))
        .write();
    assertThat(ResourceLists.parse(out).entries().getFirst().uri()).isEqualTo("sip:\ufffda\ufffd&\"<\r\n@b");
  }
}
