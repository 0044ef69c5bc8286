// Changes as patches: what is made of two documents turns the one into the other.
package tucket.protocol.xcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import tucket.protocol.Malformed;

class XmlPatchTest {
  /// What a parser that knows nothing of ours makes of a document: equal where both are the same in canonical form.
  private static Document canonical(String text) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setCoalescing(true);
      Document document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(text)));
      document.normalizeDocument();
      return document;
    } catch (Exception e) {
      throw new AssertionError(text, e);
    }
  }

  private static void assertSame(String text, String expected) {
    assertThat(canonical(text).isEqualNode(canonical(expected))).as("%s%nis not the same as%n%s", text, expected).isTrue();
  }

  /// The patches after a journey in an xcap-diff document.
  private static List<XmlPatch> sent(List<XmlPatch> patches) {
    return ((XcapDiff.Document) XcapDiff.parse(diff(patches)).changes().getFirst()).patches().orElseThrow();
  }

  private static byte[] diff(List<XmlPatch> patches) {
    XcapDiff.Document document = new XcapDiff.Document("a/users/b/c", Optional.of("1"), Optional.of("2"), Optional.of(patches));
    return new XcapDiff("http://xcap.example/", List.of(document)).toXml();
  }

  private static String described(XmlPatch patch) {
    return (patch.kind() + " " + patch.selector() + " " + patch.type() + patch.position()).strip() + (patch.content().isEmpty() ? "" : " = " + patch.content());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      <a><b/> <c/></a>                | <a><b/><x/> <c/></a>            | ADD */*[1] after = <x/>
      <a><b/> <c/></a>                | <a><b/> <x/><c/></a>            | ADD */*[2] before = <x/>
      <a><b/> <c/></a>                | <a><b/> <c/><x/></a>            | ADD */*[2] after = <x/>
      <a> <b/> </a>                   | <a> <b/> <x/></a>               | ADD * = <x/>
      <a> <b/></a>                    | <a> <b/> <x/> <y/></a>          | ADD */*[1] after =  <x/> <y/>
      <a> <b/></a>                    | <a><x/> <b/></a>                | ADD * prepend = <x/>
      <a/>                            | <a>t<x/></a>                    | ADD * prepend = t<x/>
      <a><b/> <c/></a>                | <a> <c/></a>                    | REMOVE */*[1]
      <a>s<b/>t</a>                   | <a>st</a>                       | REMOVE */*[1]
      <a><b k='1'><c d="1"/></b><x/></a>| <a><b k='1'><c d="2"/></b><x/></a>| REPLACE */*[1]/*[1]/@d = 2
      <a><b>text long enough</b><c/></a>| <a><b>other</b><c/></a>       | REPLACE */*[1] = <b>other</b>
      <aaaaaaaaaaaaaaaaaaaaaaa>x<c/>y</aaaaaaaaaaaaaaaaaaaaaaa>| <aaaaaaaaaaaaaaaaaaaaaaa>x<c/>z</aaaaaaaaaaaaaaaaaaaaaaa>| REPLACE */text()[2] = z
      <aaaaaaaaaaaaaaaaaaaaaaa>x<c/>y</aaaaaaaaaaaaaaaaaaaaaaa>| <aaaaaaaaaaaaaaaaaaaaaaa>x<c/></aaaaaaaaaaaaaaaaaaaaaaa>| REMOVE */text()[2]
      <a p="1" long="0123456789"/>    | <a p="&lt;&#10;" long="0123456789"/> | REPLACE */@p = &lt;&#10;
      <a long="0123456789012345"/>    | <a q='"' long="0123456789012345"/> | ADD * @q = &quot;
      <a q="1" long="0123456789012345"/>| <a long="0123456789012345"/>  | REMOVE */@q
      <a long="0123456789012345"/>    | <a xmlns:n="urn:n" long="0123456789012345"/> | ADD * namespace::n = urn:n
      <a long="012345678901" xmlns:n="urn:n"/>| <a long="012345678901"/>| REMOVE */namespace::n
      <a><b/><c/></a>                 | <a><c/><b/></a>                 | REPLACE * = <a><c/><b/></a>
      """)
  void theSmallestOperationIsFound(String before, String after, String operation) {
    List<XmlPatch> patches = XmlDifference.between(XmlTree.parse(before), XmlTree.parse(after)).orElseThrow();
    assertThat(patches).extracting(XmlPatchTest::described).containsExactly(operation);
    assertSame(XmlPatch.applied(sent(patches), XmlTree.parse(before)).text(), after);
  }

  @Test
  void whatIsTheSameInCanonicalFormNeedsNoPatch() {
    assertThat(XmlDifference.between(XmlTree.parse("<a/>"), XmlTree.parse("<a/>"))).contains(List.of());
    assertThat(XmlDifference.between(XmlTree.parse("<a b='1' c=\"2\"/>"), XmlTree.parse("<?xml version=\"1.0\"?>\n<a  c='2' b='1'></a>"))).contains(List.of());
  }

  @Test
  void whatIsAroundTheRootIsNotPatched() {
    assertThat(XmlDifference.between(XmlTree.parse("<a/>"), XmlTree.parse("<!-- c --><a/>"))).isEmpty();
  }

  @Test
  void anElementInAnotherNamespaceIsReplacedWithItsNamespace() {
    XmlTree before = XmlTree.parse("<r xmlns='urn:r' xmlns:p='urn:p'><p:a/><b>a long text stays as it is</b></r>");
    XmlTree after = XmlTree.parse("<r xmlns='urn:r' xmlns:p='urn:p'><a p:x='1'/><b>a long text stays as it is</b></r>");
    List<XmlPatch> patches = sent(XmlDifference.between(before, after).orElseThrow());
    assertSame(XmlPatch.applied(patches, before).text(), after.text());
  }

  @Test
  void namespacesOfOthersPrefixesAreDeclaredWhereThePatchGoes() {
    String diff = "<xcap-diff xmlns='urn:ietf:params:xml:ns:xcap-diff' xcap-root='/'>"
        + "<document sel='a' previous-etag='1' new-etag='2' xmlns:y='urn:r' xmlns:d='urn:n'>"
        + "<add sel='y:r/y:l[@n=\"2\"]' pos='before'><y:l y:n=\"3\"><d:e/></y:l></add></document></xcap-diff>";
    List<XmlPatch> patches = ((XcapDiff.Document) XcapDiff.parse(diff.getBytes(StandardCharsets.UTF_8)).changes().getFirst()).patches().orElseThrow();
    XmlTree before = XmlTree.parse("<r xmlns='urn:r' xmlns:d='urn:other'><l n='1'/><l n='2'/></r>");
    XmlTree after = XmlPatch.applied(patches, before);
    assertThat(after.root().children()).extracting(XmlSpan::namespace).containsOnly("urn:r");
    assertThat(after.root().children().get(1).children().getFirst().is("urn:n", "e")).isTrue();
    assertThat(after.root().children().get(2).value("n")).contains("2");
  }

  // Section 4.3 to 4.5 and appendix A of RFC 5261, its documents in our words.
  @ParameterizedTest
  @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
      <doc><foo id='1'/></doc>           | <d:add sel="doc/foo[@id='1']" type="@user">Bob</d:add>              | <doc><foo id='1' user='Bob'/></doc>
      <doc><foo id='1'/></doc>           | <d:add sel="doc/foo[@id='1']" pos="before"><!--c--></d:add>         | <doc><!--c--><foo id='1'/></doc>
      <doc>x</doc>                       | <d:add sel="doc">y<foo/></d:add>                                    | <doc>xy<foo/></doc>
      <doc>a<b/>c</doc>                  | <d:add sel="*/text()[2]" pos="after">new<bar/>elem</d:add>          | <doc>a<b/>cnew<bar/>elem</doc>
      <doc/>                             | <d:add sel="doc" type="namespace::p">urn:x</d:add>                  | <doc xmlns:p="urn:x"/>
      <doc xmlns:p="urn:x"><p:a/></doc>  | <d:replace sel="doc/namespace::p">urn:y</d:replace>                 | <doc xmlns:p="urn:y"><p:a/></doc>
      <doc><!--a--><!--b--></doc>        | <d:replace sel="doc/comment()[1]"><!--n--></d:replace>              | <doc><!--n--><!--b--></doc>
      <doc><?test a?><?b c?></doc>       | <d:replace sel='doc/processing-instruction("test")'><?test n?></d:replace> | <doc><?test n?><?b c?></doc>
      <doc><f>a<![CDATA[<]]></f></doc>   | <d:replace sel="doc/f/text()[1]">n</d:replace>                      | <doc><f>n</f></doc>
      <doc><f>a</f></doc>                | <d:replace sel="doc/f/text()"/>                                     | <doc><f/></doc>
      <doc a="1"/>                       | <d:replace sel="doc/@a"/>                                           | <doc a=""/>
      <doc> <f a='1'/> <g/></doc>        | <d:remove sel="doc/f[@a='1']" ws="after"/>                          | <doc> <g/></doc>
      <doc> <f a='1'/> <g/></doc>        | <d:remove sel="doc/f[@a='1']" ws="both"/>                           | <doc><g/></doc>
      <doc><!--a-->t</doc>               | <d:remove sel="doc/comment()[1]"/>                                  | <doc>t</doc>
      <doc><?test a?>t</doc>             | <d:remove sel='doc/processing-instruction("test")'/>                | <doc>t</doc>
      """)
  void theOperationsOfTheRfcAreApplied(String before, String operation, String after) {
    String diff = "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' xcap-root='/'><d:document sel='x'>" + operation + "</d:document></d:xcap-diff>";
    XcapDiff.Document document = (XcapDiff.Document) XcapDiff.parse(diff.getBytes(StandardCharsets.UTF_8)).changes().getFirst();
    assertSame(XmlPatch.applied(document.patches().orElseThrow(), XmlTree.parse(before)).text(), after);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "<d:remove sel=\"*/*[3]\"/>", "<d:remove sel=\"*/b\"/>", "<d:remove sel=\"*\"/>", "<d:remove sel=\"*/@b\"/>", "<d:remove sel=\"*/text()[9]\"/>",
      "<d:remove sel=\"*/namespace::q\"/>", "<d:remove sel=\"*/*[1]\" ws=\"both\"/>", "<d:remove sel=\"id('a')\"/>", "<d:remove sel=\"\"/>", "<d:remove/>",
      "<d:add sel=\"*\" pos=\"under\"><x/></d:add>", "<d:add sel=\"*\" pos=\"after\"><x/></d:add>", "<d:add sel=\"*\" type=\"@a\"><x/></d:add>",
      "<d:add sel=\"*\" type=\"@k\">twice</d:add>", "<d:add sel=\"*\" type=\"a\">x</d:add>", "<d:add sel=\"*/@k\"><x/></d:add>",
      "<d:add sel=\"*\" type=\"namespace::xml\">urn:x</d:add>", "<d:add sel=\"p:r\"><x/></d:add>",
      "<d:replace sel=\"*/*[1]\">text</d:replace>", "<d:replace sel=\"*/*[1]\"><x/><y/></d:replace>", "<d:replace sel=\"*/text()[1]\"><x/></d:replace>",
      "<d:replace sel=\"*/@k\"><x/></d:replace>", "<d:replace sel=\"*\"/>"})
  void aPatchThatDoesNotFitIsThePeersFault(String operation) {
    String diff = "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' xcap-root='/'><d:document sel='x'>" + operation + "</d:document></d:xcap-diff>";
    XmlTree before = XmlTree.parse("<r k='1'><b/>t<b/></r>");
    assertThatThrownBy(() -> {
      XcapDiff.Document document = (XcapDiff.Document) XcapDiff.parse(diff.getBytes(StandardCharsets.UTF_8)).changes().getFirst();
      XmlPatch.applied(document.patches().orElseThrow(), before);
    }).isInstanceOf(Malformed.class);
  }

  @Test
  void everyEditOverXcapIsAPatchThatLeadsToTheSameText() {
    SplittableRandom random = new SplittableRandom(5261);
    XcapEdit edit = new XcapEdit("");
    XmlTree tree = XmlTree.parse("<r>\n <l n=\"0\"/>\n <l n=\"1\"><e u=\"a\"/> <e u=\"b\"/></l>\n</r>");
    int changed = 0;
    for (int i = 0; i < 2000; i++) {
      String list = "r/l[" + (1 + random.nextInt(2)) + "]";
      String entry = list + "/e[@u=\"" + (char) ('a' + random.nextInt(8)) + "\"]";
      NodeSelector selector = NodeSelector.parse(entry, Map.of());
      String body = "<e u=\"" + entry.charAt(entry.length() - 3) + "\">" + random.nextInt(5) + "</e>";
      XcapEdit.Result result =
          random.nextInt(3) == 0 ? edit.delete(tree, selector) : edit.put(tree, selector, body.getBytes(StandardCharsets.UTF_8));
      if (result instanceof XcapEdit.Result.Edited(XmlTree after, boolean created, int from, int to)) {
        List<XmlPatch> patches = XmlDifference.between(tree, after).orElseThrow();
        changed += patches.size();
        assertSame(XmlPatch.applied(sent(patches), tree).text(), after.text());
        tree = after;
      }
    }
    assertThat(changed).isGreaterThan(500);
  }

  @Test
  void thePatchesOfAnyTwoDocumentsTurnTheOneIntoTheOther() {
    SplittableRandom random = new SplittableRandom(5874);
    int smaller = 0;
    for (int i = 0; i < 4000; i++) {
      String first = Written.document(random);
      String second = random.nextInt(4) == 0 ? Written.document(random) : Written.changed(first, random);
      XmlTree before = XmlTree.parse(first);
      List<XmlPatch> patches = XmlDifference.between(before, XmlTree.parse(second)).orElseThrow();
      assertSame(XmlPatch.applied(sent(patches), before).text(), second);
      smaller += patches.stream().noneMatch(p -> p.selector().equals("*") && p.kind() == XmlPatch.Kind.REPLACE) ? 1 : 0;
    }
    assertThat(smaller).as("documents that were not replaced whole").isGreaterThan(2000);
  }

  @Test
  void nonsenseIsThePeersFault() {
    SplittableRandom random = new SplittableRandom(4711);
    String pieces = "<>/\"'= :@*[]()dx1&;!-?\n";
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      XmlTree before = XmlTree.parse(Written.document(random));
      List<XmlPatch> patches = XmlDifference.between(before, XmlTree.parse(Written.changed(before.text(), random))).orElseThrow();
      StringBuilder text = new StringBuilder(new String(diff(patches), StandardCharsets.UTF_8));
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        text.setCharAt(60 + random.nextInt(text.length() - 60), pieces.charAt(random.nextInt(pieces.length())));
      }
      try {
        for (XcapDiff.Change change : XcapDiff.parse(text.toString().getBytes(StandardCharsets.UTF_8)).changes()) {
          ((XcapDiff.Document) change).patches().ifPresent(p -> XmlPatch.applied(p, before));
        }
      } catch (Malformed bad) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1000, 19_999);
  }

  @Test
  void longListsThatDifferAllOverAreNotComparedForEver() {
    StringBuilder before = new StringBuilder("<r>");
    StringBuilder after = new StringBuilder("<r>");
    for (int i = 0; i < 20_000; i++) {
      before.append("<e n='").append(i).append("'/>");
      after.append("<e n='").append(40_000 - i).append("'/>");
    }
    XmlTree old = XmlTree.parse(before.append("</r>").toString());
    XmlTree now = XmlTree.parse(after.append("</r>").toString());
    assertThat(XmlDifference.between(old, now).orElseThrow()).singleElement().extracting(XmlPatch::kind).isEqualTo(XmlPatch.Kind.REPLACE);
  }

  /// Documents that came from anywhere.
  private static final class Written {
    static String document(SplittableRandom random) {
      StringBuilder out = new StringBuilder();
      element(out, random, 0, true);
      return out.toString();
    }

    private static void element(StringBuilder out, SplittableRandom random, int depth, boolean root) {
      String name = root ? "r" : new String[] {"a", "b", "p:c", "d"}[random.nextInt(4)];
      out.append('<').append(name).append(root ? " xmlns:p='urn:p'" : "");
      if (root && random.nextBoolean()) {
        out.append(" xmlns='urn:r'");
      }
      if (random.nextInt(6) == 0) {
        out.append(" xmlns:q='urn:q").append(random.nextInt(2)).append("'");
      }
      if (random.nextInt(12) == 0) {
        out.append(" p:w='1'");
      }
      for (String attribute : List.of("k", "v")) {
        if (random.nextInt(3) == 0) {
          out.append(' ').append(attribute).append(random.nextBoolean() ? "=\"" + random.nextInt(3) + "&#10;'&amp;\"" : "='" + random.nextInt(3) + "\"'");
        }
      }
      int many = depth > 3 ? 0 : random.nextInt(root ? 7 : 4);
      if (many == 0 && random.nextBoolean()) {
        out.append("/>");
        return;
      }
      out.append('>');
      for (int i = 0; i < many; i++) {
        filling(out, random);
        element(out, random, depth + 1, false);
      }
      filling(out, random);
      out.append("</").append(name).append('>');
    }

    private static void filling(StringBuilder out, SplittableRandom random) {
      switch (random.nextInt(8)) {
        case 0 -> out.append("\n  ");
        case 1 -> out.append("text ").append(random.nextInt(3));
        case 2 -> out.append("&lt;x<![CDATA[<&]]>");
        case 3 -> out.append(random.nextInt(3) == 0 ? "<!-- c" + random.nextInt(2) + " -->" : " ");
        case 4 -> out.append(random.nextInt(4) == 0 ? "t<?i " + random.nextInt(2) + "?>u" : "");
        default -> {}
      }
    }

    /// The same with some elements gone, written twice, or with something beside them.
    static String changed(String document, SplittableRandom random) {
      String now = document;
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        XmlTree tree = XmlTree.parse(now);
        List<XmlSpan> all = new ArrayList<>();
        collect(tree.root(), all);
        if (all.isEmpty()) {
          return now;
        }
        XmlSpan one = all.get(random.nextInt(all.size()));
        StringBuilder by = new StringBuilder();
        switch (random.nextInt(5)) {
          case 0 -> {}
          case 1 -> by.append(tree.source(one)).append(random.nextBoolean() ? "\n" : "").append(tree.source(one));
          case 2 -> by.append("new").append(tree.source(one));
          case 3 -> by.append(tree.source(one)).append("<fresh k='9'/>");
          default -> element(by, random, 3, false);
        }
        now = tree.cut(one.start(), one.end(), by.toString());
      }
      return now;
    }

    private static void collect(XmlSpan in, List<XmlSpan> all) {
      for (XmlSpan child : in.children()) {
        all.add(child);
        collect(child, all);
      }
    }
  }
}
