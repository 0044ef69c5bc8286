// Elements and attributes read, written and removed: the examples of RFC 4825, and every way in which it can fail.
package tucket.protocol.xcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.xcap.XcapEdit.Result;
import tucket.protocol.xcap.XcapError.Kind;

class XcapEditTest {
  private static final String LISTS = "urn:ietf:params:xml:ns:resource-lists";
  private static final String RLS = "urn:ietf:params:xml:ns:rls-services";

  /// The document of RFC 4825 section 8.2.3.
  private static final String INSERTION = """
      <?xml version="1.0"?>
      <root>
       <el1 att="first"/>
       <el1 att="second"/>
       <!-- comment -->
       <el2 att="first"/>
      </root>""";

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      root/el1[@att="third"]      | <el1 att="third"/> | <el1 att="second"/>          | after
      root/el1[3][@att="third"]   | <el1 att="third"/> | <el1 att="second"/>          | after
      root/*[3][@att="third"]     | <el1 att="third"/> | <el1 att="second"/>          | after
      root/el3                    | <el3 att="first"/> | </root>                      | before
      root/el2[@att="2"]          | <el2 att="2"/>     | <el2 att="first"/>           | after
      root/el2[2][@att="2"]       | <el2 att="2"/>     | <el2 att="first"/>           | after
      root/*[2][@att="2"]         | <el2 att="2"/>     | <el1 att="first"/>           | after
      root/el2[1][@att="2"]       | <el2 att="2"/>     | <el2 att="first"/>           | before
      root/*[1][@att="2"]         | <el2 att="2"/>     | <el1 att="first"/>           | before
      root/*[@att="2"]            | <el2 att="2"/>     | <el2 att="first"/>           | after
      root/el3[1]                 | <el3/>             | </root>                      | before
      """)
  void aNewElementGoesWhereSection823Says(String selector, String body, String neighbour, String side) {
    String expected = INSERTION.replace(neighbour, side.equals("after") ? neighbour + body : body + neighbour);
    Result.Edited edited = edited(put("", INSERTION, selector, body));
    assertThat(edited.tree().text()).isEqualTo(expected);
    assertThat(edited.created()).isTrue();
    assertThat(get("", expected, selector)).isEqualTo(body);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      root/el1[4][@att="4"]     | <el1 att="4"/>     | fewer than n - 1 siblings
      root/*[5][@att="4"]       | <el1 att="4"/>     | fewer than n - 1 siblings of any name
      root/el3[2]               | <el3/>             | the first of its name can't be the second
      root/el1[@att="third"]    | <el1 att="fourth"/>| the predicate does not fit the body
      root/el3                  | <el4/>             | the name does not fit the body
      root/el1                  | <el1/>             | two are there
      root/*                    | <el1/>             | three are there
      root/el1[@att="first"]    | <el1 att="other"/> | a replacement that the selector no longer picks
      root/el1[1]               | <el2/>             | a replacement of another name
      other                     | <other/>           | a second root
      """)
  void whatTheSelectorWouldNotPickAfterwardsIsNotInserted(String selector, String body, String why) {
    assertThat(conflict(put("", INSERTION, selector, body)).kind()).as(why).isEqualTo(Kind.CANNOT_INSERT);
  }

  @Test
  void aPredicateThatDoesNotFitTheBodyIsRefusedAsInSection74() {
    String services = "<rls-services xmlns=\"" + RLS + "\"/>";
    String body = "<service uri=\"sip:mybuddies@example.com\"><resource-list>http://x/</resource-list></service>";
    assertThat(conflict(put(RLS, services, "rls-services/service[@uri=\"sip:good-friends@example.com\"]", body)).kind())
        .isEqualTo(Kind.CANNOT_INSERT);
  }

  @Test
  void anAttributeThatPicksItsOwnElementCantBeChangedAsInSection77() {
    String services = "<rls-services xmlns=\"" + RLS + "\"><service uri=\"sip:good-friends@example.com\"/></rls-services>";
    String selector = "rls-services/service[@uri=\"sip:good-friends@example.com\"]/@uri";
    assertThat(conflict(put(RLS, services, selector, "\"sip:bad-friends@example.com\"")).kind()).isEqualTo(Kind.CANNOT_INSERT);
    assertThat(edited(put(RLS, services, "rls-services/service[1]/@uri", "\"sip:bad-friends@example.com\"")).tree().text())
        .contains("uri=\"sip:bad-friends@example.com\"");
  }

  @Test
  void theExamplesOfSection13GoThrough() {
    String document = """
        <?xml version="1.0" encoding="UTF-8"?>
        <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
          <list name="friends">
          </list>
        </resource-lists>""";
    String bob = """
        <entry uri="sip:bob@example.com">
            <display-name>Bob Jones</display-name>
          </entry>""";
    Result.Edited first = edited(put(LISTS, document, "resource-lists/list[@name=\"friends\"]/entry", bob));
    assertThat(first.created()).isTrue();
    assertThat(first.tree().text()).isEqualTo(document.replace("  </list>", "  " + bob + "</list>"));
    String close = """
        <list name="close-friends">
           <entry uri="sip:joe@example.com">
             <display-name>Joe Smith</display-name>
           </entry>
           <entry uri="sip:nancy@example.com">
             <display-name>Nancy Gross</display-name>
           </entry>
           <entry uri="sip:petri@example.com">
             <display-name>Petri Aukia</display-name>
           </entry>
        </list>""";
    String selector = "resource-lists/list[@name=\"friends\"]/list[@name=\"close-friends\"]";
    XmlTree second = edited(put(LISTS, first.tree().text(), selector, close)).tree();
    assertThat(get(LISTS, second.text(), selector)).isEqualTo(close);
    NodeSelector petri = NodeSelector.parse("resource-lists/list/list/entry[@uri=\"sip:petri@example.com\"]", Map.of());
    XmlTree third = edited(new XcapEdit(LISTS).delete(second, petri)).tree();
    assertThat(third.text()).doesNotContain("petri").contains("</entry>\n   \n</list>");
    assertThat(get(LISTS, third.text(), "resource-lists/list/list/entry[2]/@uri")).isEqualTo("\"sip:nancy@example.com\"");
  }

  @Test
  void theBindingsInScopeAreToldAsInSection10() {
    String document = """
        <?xml version="1.0"?>
        <foo xmlns="urn:test:default-namespace">
          <ns1:bar xmlns:ns1="urn:test:namespace1-uri"
                   xmlns="urn:test:namespace1-uri">
            <baz/>
            <ns2:baz xmlns:ns2="urn:test:namespace2-uri"/>
          </ns1:bar>
          <ns3:hi xmlns:ns3="urn:test:namespace3-uri">
            <there/>
          </ns3:hi>
        </foo>""";
    Map<String, String> bound =
        Map.of("df", "urn:test:default-namespace", "df2", "urn:test:namespace1-uri", "b", "urn:test:namespace2-uri");
    NodeSelector selector = NodeSelector.parse("df:foo/df2:bar/df2:baz/namespace::*", bound);
    XmlTree tree = XmlTree.parse(document);
    XcapEdit edit = new XcapEdit("urn:test:default-namespace");
    XcapEdit.Node node = edit.get(tree, selector).orElseThrow();
    assertThat(node.type()).isEqualTo("application/xcap-ns+xml");
    assertThat(XmlTree.bindings(XmlTree.parse(node.text()).root()))
        .containsOnly(Map.entry("", "urn:test:namespace1-uri"), Map.entry("ns1", "urn:test:namespace1-uri"));
    // section 6.4: the same name in two namespaces
    assertThat(edit.get(tree, NodeSelector.parse("foo/df2:bar/df2:baz", bound)).orElseThrow().text()).isEqualTo("<baz/>");
    assertThat(edit.get(tree, NodeSelector.parse("df:foo/df2:bar/b:baz", bound)).orElseThrow().text()).startsWith("<ns2:baz ");
    assertThat(edit.get(tree, NodeSelector.parse("foo/bar", bound))).isEmpty();
  }

  @Test
  void anElementKeepsItsDeclarationsAndNoneAreAdded() {
    String document = "<r xmlns=\"urn:a\" xmlns:p=\"urn:p\"><p:x/></r>";
    String body = "<p:y xmlns:p=\"urn:p\" p:z=\"1\"/>";
    XmlTree after = edited(put("urn:a", document, "r/*[2]", body)).tree();
    assertThat(after.text()).isEqualTo("<r xmlns=\"urn:a\" xmlns:p=\"urn:p\"><p:x/>" + body + "</r>");
    assertThat(get("urn:a", after.text(), "r/*[1]")).isEqualTo("<p:x/>");
  }

  @Test
  void anEmptyTagIsOpenedForItsFirstChild() {
    assertThat(edited(put("", "<r><list name='a' /></r>", "r/list/entry", "<entry/>")).tree().text())
        .isEqualTo("<r><list name='a' ><entry/></list></r>");
  }

  @Test
  void anAttributeIsAddedReplacedAndRemovedInItsPlace() {
    String document = "<r><e a = '1'\n b=\"2\"/></r>";
    assertThat(edited(put("", document, "r/e/@a", "\"x &amp; y\"")).tree().text()).isEqualTo("<r><e a = \"x &amp; y\"\n b=\"2\"/></r>");
    Result.Edited added = edited(put("", document, "r/e/@c", "'3'"));
    assertThat(added.tree().text()).isEqualTo("<r><e a = '1'\n b=\"2\" c='3'/></r>");
    assertThat(added.created()).isTrue();
    assertThat(get("", document, "r/e/@a")).isEqualTo("'1'");
    assertThat(edited(new XcapEdit("").delete(XmlTree.parse(document), NodeSelector.parse("r/e/@b", Map.of()))).tree().text())
        .isEqualTo("<r><e a = '1'/></r>");
    assertThat(edited(put("", "<r><e/></r>", "r/e/@c", "'3'")).tree().text()).isEqualTo("<r><e c='3'/></r>");
  }

  @Test
  void anAttributeOfANamespaceIsWrittenWithThePrefixOfTheDocument() {
    NodeSelector selector = NodeSelector.parse("r/e/@q:n", Map.of("q", "urn:p"));
    XcapEdit edit = new XcapEdit("");
    Result bound = edit.put(XmlTree.parse("<r xmlns:p='urn:p'><e/></r>"), selector, "\"1\"".getBytes(StandardCharsets.UTF_8));
    assertThat(edited(bound).tree().text()).isEqualTo("<r xmlns:p='urn:p'><e p:n=\"1\"/></r>");
    Result unbound = edit.put(XmlTree.parse("<r><e/></r>"), selector, "\"1\"".getBytes(StandardCharsets.UTF_8));
    assertThat(conflict(unbound).kind()).isEqualTo(Kind.CANNOT_INSERT);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      root/el1/x                | root                             | two of them are there
      root/missing/x            | root                             | none is there
      missing/x                 | ''                               | another root
      root/el1[@att="first"]/a/b| root/el1%5B@att=%22first%22%5D | the closest one that is there is told
      root/missing/@a           | root                             | of an attribute
      """)
  void withoutParentNothingIsInserted(String selector, String ancestor, String why) {
    XcapError error = conflict(put("", INSERTION, selector, selector.contains("@a") && !selector.contains("=") ? "\"v\"" : "<x/>"));
    assertThat(error.kind()).as(why).isEqualTo(Kind.NO_PARENT);
    assertThat(error.ancestor()).contains(ancestor.isEmpty() ? "" : "/~~/" + ancestor);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      <el3>
      <el3></el4>
      <el3/><el3/>
      text
      <el3/>text
      <?xml version="1.0"?><el3/>
      <!-- c --><el3/>
      <p:el3/>
      <el3 a="1" a="2"/>
      <el3>&nbsp;</el3>
      <!DOCTYPE el3><el3/>
      ``
      """)
  void whatIsNotOneElementIsNotXmlFrag(String body) {
    assertThat(conflict(put("", INSERTION, "root/el3", body)).kind()).isEqualTo(Kind.NOT_XML_FRAG);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      bare
      "a
      "a<b"
      "a&b"
      "a" b
      'a'b'
      ``
      """)
  void whatIsNoAttributeValueIsNotXmlAttValue(String body) {
    assertThat(conflict(put("", INSERTION, "root/el2/@new", body)).kind()).isEqualTo(Kind.NOT_XML_ATT_VALUE);
  }

  @Test
  void whatIsNotUtf8IsToldSo() {
    byte[] latin = "<el3 a=\"\u00e9\"/>".getBytes(StandardCharsets.ISO_8859_1);
    Result result = new XcapEdit("").put(XmlTree.parse(INSERTION), NodeSelector.parse("root/el3", Map.of()), latin);
    assertThat(conflict(result).kind()).isEqualTo(Kind.NOT_UTF_8);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      root/el1[2]                 | deleted        | the last of its name
      root/el1[1]                 | CANNOT_DELETE  | the next would be the first then
      root/*[3]                   | deleted        | the last of all
      root/*[2]                   | CANNOT_DELETE  | another would be the second
      root/*[1][@att="first"]     | deleted        | the next has another value
      root/el2                    | deleted        | the only one
      root/el1                    | not found      | two
      root/el4                    | not found      | none
      root/el2/@att               | deleted        | an attribute
      root/el2/@none              | not found      | no such attribute
      root                        | SCHEMA_VALIDATION_ERROR | the root
      """)
  void aDeleteMustBeRepeatable(String selector, String outcome, String why) {
    Result result = new XcapEdit("").delete(XmlTree.parse(INSERTION), NodeSelector.parse(selector, Map.of()));
    String came =
        switch (result) {
          case Result.Edited e -> "deleted";
          case Result.NotFound n -> "not found";
          case Result.Conflict c -> c.error().kind().name();
        };
    assertThat(came).as(why).isEqualTo(outcome);
  }

  @Test
  void whiteSpaceAroundWhatIsRemovedStays() {
    Result result = new XcapEdit("").delete(XmlTree.parse(INSERTION), NodeSelector.parse("root/el2", Map.of()));
    assertThat(edited(result).tree().text()).isEqualTo(INSERTION.replace("<el2 att=\"first\"/>", ""));
  }

  @Test
  void aListOfTenThousandIsEditedWithoutReadingItAgain() {
    StringBuilder many = new StringBuilder("<resource-lists xmlns=\"" + LISTS + "\"><list name=\"big\">");
    for (int i = 0; i < 10_000; i++) {
      many.append("<entry uri=\"sip:user").append(i).append("@example.com\"><display-name>User Number ").append(i).append("</display-name></entry>\n");
    }
    XmlTree tree = XmlTree.parse(many.append("</list></resource-lists>").toString());
    String selector = "resource-lists/list[@name=\"big\"]/entry[@uri=\"sip:fresh@example.com\"]";
    XmlTree after = tree;
    long start = System.nanoTime();
    for (int i = 0; i < 5000; i++) {
      after = edited(new XcapEdit(LISTS).put(tree, NodeSelector.parse(selector, Map.of()),
          "<entry uri=\"sip:fresh@example.com\"/>".getBytes(StandardCharsets.UTF_8))).tree();
    }
    // 0.6 s in all, with the list read once; reading it again for each would be a minute
    assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
    assertThat(after.root().children().getFirst().children()).hasSize(10_001);
  }

  static Result put(String standard, String document, String selector, String body) {
    return new XcapEdit(standard).put(XmlTree.parse(document), NodeSelector.parse(selector, Map.of()), body.getBytes(StandardCharsets.UTF_8));
  }

  static String get(String standard, String document, String selector) {
    return new XcapEdit(standard).get(XmlTree.parse(document), NodeSelector.parse(selector, Map.of())).orElseThrow().text();
  }

  private static Result.Edited edited(Result result) {
    assertThat(result).isInstanceOf(Result.Edited.class);
    return (Result.Edited) result;
  }

  private static XcapError conflict(Result result) {
    assertThat(result).isInstanceOf(Result.Conflict.class);
    return ((Result.Conflict) result).error();
  }
}
