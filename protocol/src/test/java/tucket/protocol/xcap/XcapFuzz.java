// Fuzzes what XDM clients send: URIs, selectors, documents, edits and differences.
package tucket.protocol.xcap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.document.ListAnchor;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.document.Ruleset;
import tucket.protocol.document.ServiceSettingsDocument;
import tucket.protocol.mime.Mutations;

/// Stops at the first failure with seed, round and input.
final class XcapFuzz {
  private static final String LISTS = "urn:ietf:params:xml:ns:resource-lists";
  private static final String QUERY = "xmlns(l=" + LISTS + ")xmlns(x=urn:x)";
  private static final String DOCUMENT = """
      <?xml version="1.0" encoding="UTF-8"?>
      <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:x="urn:x"><!-- a -->
       <list name="friends" x:k='v&quot;'><display-name xml:lang="de">Fr\u00fcnde &amp; more</display-name>
        <entry uri="sip:a@b"><display-name>A</display-name></entry><entry uri="sip:c@d"/>
        <external anchor="http://x/y"/><![CDATA[ <none> ]]><?p i?></list>
       <list><entry uri="&#x73;ip:e@f"/></list>
      </resource-lists>
      """;

  private int edits;

  private XcapFuzz() {}

  /// One batch over all of it; returns how many edits came about.
  static int batch(long seed, int rounds) {
    XcapFuzz fuzz = new XcapFuzz();
    Mutations.run(seed, rounds, requests(DOCUMENT), fuzz::request);
    Mutations.run(seed, rounds, requests(""), head -> fuzz.request((new String(head, UTF_8) + DOCUMENT).getBytes(UTF_8))); // to a document that is whole
    Mutations.run(seed, rounds / 2, documents(), XcapFuzz::document);
    return fuzz.edits;
  }

  /// Path, query, body and document, with line ends between.
  private static List<byte[]> requests(String document) {
    String[] nodes = {
        "resource-lists/list[@name=%22friends%22]", "resource-lists/list%5b1%5d/entry[@uri='sip:a@b']/display-name", "*/*[2]/*[1]/@uri",
        "l:resource-lists/l:list[1][@name=%22friends%22]/@x:k", "resource-lists/namespace::*", "resource-lists/list[2]/entry[2][@uri=%22sip:g@h%22]"};
    String[] bodies = {"<list name=\"friends\"/>", "<entry uri='sip:g@h'><display-name>G</display-name></entry>", "sip:i@j", "", "a &lt; b \"'"};
    return java.util.stream.IntStream.range(0, nodes.length * bodies.length)
        .mapToObj(i -> ("resource-lists/users/sip:a@b/index/~~/" + nodes[i % nodes.length] + "\n" + QUERY + "\n" + bodies[i / nodes.length] + "\n" + document)
            .getBytes(UTF_8)).toList();
  }

  private static List<byte[]> documents() {
    List<String> all = List.of(DOCUMENT, """
        <cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy" xmlns:o="urn:oma:xml:prs:pres-rules"><cr:rule id="a"><cr:conditions><cr:identity>
        <cr:one id="sip:a@b"/><cr:many domain="c.d"><cr:except id="sip:e@c.d"/></cr:many></cr:identity><cr:validity><cr:from>2026-01-01T00:00:00Z</cr:from>
        <cr:until>2027-01-01T00:00:00Z</cr:until></cr:validity></cr:conditions><cr:actions/><cr:transformations/></cr:rule></cr:ruleset>
        """, """
        <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@b"><tuple id="t"><status><basic>open</basic></status>
        <contact priority="0.8">sip:a@b</contact>
        <timestamp>2026-11-22T08:00:00Z</timestamp></tuple><note>x</note></presence>
        """, """
        <xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://x/">
        <document sel="resource-lists/users/sip:a@b/index" previous-etag="1" new-etag="2">
        <replace sel="*/*[1]/@name">x</replace><add sel="*" pos="prepend"><list/></add><remove sel="*/*[2]" ws="both"/></document></xcap-diff>
        """, """
        <xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error"><uniqueness-failure>
        <exists field="a/b"><alt-value>c</alt-value></exists></uniqueness-failure></xcap-error>
        """);
    return all.stream().map(text -> text.getBytes(UTF_8)).toList();
  }

  private void request(byte[] input) {
    String[] parts = new String(input, UTF_8).split("\n", 4);
    if (parts.length < 4) {
      return;
    }
    Optional<NodeSelector> selector = XcapUri.parse(parts[0], parts[1]).flatMap(XcapUri::node);
    XmlTree tree = XmlTree.parse(XmlTree.utf8(parts[3].getBytes(UTF_8)).orElseThrow(() -> new Malformed("not UTF-8")));
    assertThat(tree.text()).isEqualTo(parts[3].startsWith("\ufeff") ? parts[3].substring(1) : parts[3]);
    if (selector.isEmpty() || selector.get().terminal() instanceof NodeSelector.Terminal.Namespaces) {
      selector.ifPresent(s -> new XcapEdit(LISTS).get(tree, s));
      return;
    }
    XcapEdit edit = new XcapEdit(LISTS);
    edit.get(tree, selector.get());
    if (edit.put(tree, selector.get(), parts[2].getBytes(UTF_8)) instanceof XcapEdit.Result.Edited put) {
      edited(tree, put.tree());
      assertThat(edit.get(put.tree(), selector.get())).as("what was PUT is there").isPresent();
    }
    if (edit.delete(tree, selector.get()) instanceof XcapEdit.Result.Edited deleted) {
      edited(tree, deleted.tree());
    }
  }

  /// An edited document is the one that its text says, and the patches between both lead from the one to the other.
  private void edited(XmlTree before, XmlTree after) {
    edits++;
    assertThat(XmlTree.parse(after.text()).root().local()).isEqualTo(after.root().local());
    XmlDifference.between(before, after).ifPresent(patches -> {
      XmlTree patched = XmlPatch.applied(patches, before);
      assertThat(XmlDifference.between(patched, after)).as("what is still different").hasValueSatisfying(rest -> assertThat(rest).isEmpty());
    });
  }

  private static void document(byte[] data) {
    attempt(() -> ResourceLists.parse(ResourceLists.parse(data).write()));
    attempt(() -> Ruleset.parse(data));
    attempt(() -> PresenceDocument.parse(data));
    attempt(() -> ServiceSettingsDocument.parse(data));
    attempt(() -> XcapDiff.parse(XcapDiff.parse(data).toXml()));
    attempt(() -> XcapError.parse(XcapError.parse(data).toXml()));
    attempt(() -> ListAnchor.parse(new String(data, UTF_8)));
  }

  private static void attempt(Runnable parser) {
    try {
      parser.run();
    } catch (Malformed e) {
      // expected of most
    }
  }
}
