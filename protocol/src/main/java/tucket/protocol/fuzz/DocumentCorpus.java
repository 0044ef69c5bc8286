// XML documents to read and to damage.
package tucket.protocol.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tucket.protocol.document.DeferredList;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.iscomposing.IsComposing;

/// What the tests read and what fuzzing begins with.
public final class DocumentCorpus {
  public static final String REGINFO = "<?xml version=\"1.0\"?>\n<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" "
      + "xmlns:gr=\"urn:ietf:params:xml:ns:gruuinfo\" version=\"1\" state=\"full\">\n"
      + " <registration aor=\"sip:user@example.com\" id=\"as9\" state=\"active\">\n"
      + "  <contact id=\"76\" state=\"active\" event=\"registered\" duration-registered=\"7322\" q=\"0.8\" callid=\"c1\" "
      + "cseq=\"54301\">\n   <uri>sip:user@192.0.2.1</uri>\n"
      + "   <unknown-param name=\"+sip.instance\">\"&lt;urn:uuid:f81d4fae&gt;\"</unknown-param>\n   <gr:pub-gruu "
      + "uri=\"sip:user@example.com;gr=hha9s8d-999a\"/>\n"
      + "   <gr:temp-gruu uri=\"sip:8ffkas08af7fasklzi9@example.com;gr\" first-cseq=\"54301\"/>\n  </contact>\n"
      + "  <contact id=\"77\" state=\"terminated\" event=\"expired\" duration-registered=\"3600\" "
      + "q=\"0.5\"><uri>sip:user@university.edu</uri></contact>\n </registration>\n</reginfo>";
  public static final String COPY_LIST = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<resource-lists "
      + "xmlns=\"urn:ietf:params:xml:ns:resource-lists\" xmlns:cp=\"urn:ietf:params:xml:ns:copycontrol\">\n <list>\n"
      + "  <entry uri=\"sip:bill@example.com\" cp:copyControl=\"to\" />\n  <entry uri=\"sip:randy@example.net\" cp:copyControl=\"to\" "
      + "cp:anonymize=\"true\"/>\n"
      + "  <entry uri=\"sip:eddy@example.com\" cp:copyControl=\"to\" cp:anonymize=\"true\"/>\n  <entry uri=\"sip:joe@example.org\" "
      + "cp:copyControl=\"cc\" />\n"
      + "  <entry uri=\"sip:carol@example.net\" cp:copyControl=\"cc\" cp:anonymize=\"true\"/>\n  <entry uri=\"sip:ted@example.net\" "
      + "cp:copyControl=\"bcc\" />\n"
      + "  <entry uri=\"sip:andy@example.com\" cp:copyControl=\"bcc\" />\n </list>\n</resource-lists>";

  static final String LISTS = """
      <?xml version="1.0" encoding="UTF-8"?>
      <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:x="urn:x"><!-- a -->
       <list name="friends" x:k='v&quot;'><display-name xml:lang="de">Fr\u00fcnde &amp; more</display-name>
        <entry uri="sip:a@b"><display-name>A</display-name></entry><entry uri="sip:c@d"/>
        <external anchor="http://x/y"/><![CDATA[ <none> ]]><?p i?></list>
       <list><entry uri="&#x73;ip:e@f"/></list>
      </resource-lists>
      """;

  private static final String RULES = """
      <cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy" xmlns:o="urn:oma:xml:prs:pres-rules"><cr:rule id="a"><cr:conditions><cr:identity>
      <cr:one id="sip:a@b"/><cr:many domain="c.d"><cr:except id="sip:e@c.d"/></cr:many></cr:identity><cr:validity><cr:from>2026-01-01T00:00:00Z</cr:from>
      <cr:until>2027-01-01T00:00:00Z</cr:until></cr:validity></cr:conditions><cr:actions/><cr:transformations/></cr:rule></cr:ruleset>
      """;

  private static final String PRESENCE = """
      <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@b"><tuple id="t"><status><basic>open</basic></status>
      <contact priority="0.8">sip:a@b</contact>
      <timestamp>2026-11-22T08:00:00Z</timestamp></tuple><note>x</note></presence>
      """;

  private static final String DIFFERENCE = """
      <xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://x/">
      <document sel="resource-lists/users/sip:a@b/index" previous-etag="1" new-etag="2">
      <replace sel="*/*[1]/@name">x</replace><add sel="*" pos="prepend"><list/></add><remove sel="*/*[2]" ws="both"/></document></xcap-diff>
      """;

  private static final String CONFLICT = """
      <xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error"><uniqueness-failure>
      <exists field="a/b"><alt-value>c</alt-value></exists></uniqueness-failure></xcap-error>
      """;

  private DocumentCorpus() {}

  /// All of them, and some that we write ourselves.
  static List<byte[]> all() {
    List<byte[]> all = new ArrayList<>();
    all.add(Imdn.of("1", "2", Imdn.Kind.DELIVERY, Imdn.Status.FAILED).withRecipient("sip:a@b", "sip:c@d").write());
    all.add(IsComposing.active("text/plain", 90).write());
    all.add(deferred().write());
    List.of(REGINFO, COPY_LIST, LISTS, RULES, PRESENCE, DIFFERENCE, CONFLICT).forEach(text -> all.add(text.getBytes(UTF_8)));
    return all;
  }

  /// One of each kind of what is deferred.
  public static DeferredList deferred() {
    DeferredList.Pager pager = new DeferredList.Pager(Optional.of("2026-11-22T07:56:56Z"), "sip:a@b", "sip:c@d",
        List.of(new DeferredList.Entry("sip:e@f", Optional.of("E & F"))), Optional.of("x"));
    DeferredList.Conference conference = new DeferredList.Conference(Optional.of("t1"), Optional.empty(), Optional.of("rec"),
        List.of(new DeferredList.Entry("sip:g@h", Optional.empty())));
    return new DeferredList(List.of(
        new DeferredList.Item("r1", OptionalLong.of(12), Optional.of("2026-12-22T00:00:00Z"), Optional.of("hello"), Optional.empty(),
        Optional.empty(), pager),
        new DeferredList.Item("r2", OptionalLong.empty(), Optional.empty(), Optional.empty(), Optional.of("d"), Optional.of("expiring"),
            conference),
        new DeferredList.Item("r3", OptionalLong.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            new DeferredList.GroupInvitation(Optional.empty(), "sip:a@b", "sip:c@d", "sip:group@b")),
        new DeferredList.Item("r4", OptionalLong.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
            new DeferredList.OfflineFile(Optional.of("t"), "sip:a@b", "sip:c@d", "x.jpg"))));
  }
}
