// Every example of RFC 4825 against the XCAP server over real HTTP.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.xdms.XdmLab.BILL;
import static tucket.server.xdms.XdmLab.JOE;
import static tucket.server.xdms.XdmLab.etag;
import static tucket.server.xdms.XdmLab.outcome;
import static tucket.server.xdms.XdmLab.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;
import tucket.server.xdms.usage.ApplicationUsage;
import tucket.server.xdms.usage.Usages;
import tucket.transport.http.Response;

/// Documents and bodies are those of the RFC, with its line folds undone. The usages that it invents for its examples take every document.
class Rfc4825ExamplesTest {
  private static final String LISTS = "application/resource-lists+xml";
  private static final String SERVICES = "application/rls-services+xml";
  private static final String ELEMENT = "application/xcap-el+xml";
  private static final String ATTRIBUTE = "application/xcap-att+xml";
  private static final String ANY = "application/xml";

  /// A usage of the examples: only its default document namespace matters.
  private record Example(String auid, String namespace) implements ApplicationUsage {
    @Override
    public String type() {
      return ANY;
    }

    @Override
    public Optional<XcapError> judge(XmlTree document, XdmAddress address) {
      return Optional.empty();
    }
  }

  private static final XdmLab LAB = new XdmLab(true, XdmsSettings.of("http://xcap.example.com"), new Usages().with(List.of(
      new Example("test", "urn:test:default-namespace"),
      new Example("watchers", "urn:ietf:params:xml:ns:watcherinfo"),
      new Example("plain", ""))));

  @AfterAll
  static void close() {
    LAB.close();
  }

  /// A path as the examples write it, with what a URI can't hold escaped.
  private static String uri(String path) {
    return path.replace("[", "%5b").replace("]", "%5d").replace("\"", "%22");
  }

  private static Response get(String path) {
    return LAB.get(JOE, uri(path));
  }

  private static Response put(String path, String type, String body) {
    return LAB.put(JOE, uri(path), type, body);
  }

  private static void written(String path, String type, String document) {
    assertThat(put(path, type, document).status()).isIn(200, 201);
  }

  @Test
  void section62TheDocumentSelectorNamesTheIndexOfJoe() {
    String path = "resource-lists/users/sip:joe@example.com/index";
    String document = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"/>";
    assertThat(put(path, LISTS, document).status()).isEqualTo(201);
    Response found = get(path);
    assertThat(found.status()).isEqualTo(200);
    assertThat(found.header("Content-Type")).contains(LISTS); // section 8.3
    assertThat(found.header("Cache-Control")).contains("no-cache"); // section 9
    assertThat(text(found)).isEqualTo(document);
    assertThat(LAB.delete(JOE, path).status()).isEqualTo(200);
    assertThat(get(path).status()).isEqualTo(404);
  }

  @Test
  void section62WhatASegmentCantHoldIsEscapedInAUser() {
    String path = "resource-lists/users/sip:a%2Fb%3Fc@example.com/index";
    assertThat(LAB.put("", path, LISTS, "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"/>").status()).isEqualTo(201);
    assertThat(LAB.get("sip:a/b?c@example.com", path).status()).isEqualTo(200);
    assertThat(LAB.get("sip:a/b?d@example.com", path).status()).isEqualTo(403);
    assertThat(LAB.delete("", path).status()).isEqualTo(200);
  }

  private static final String WATCHERS = """
      <?xml version="1.0"?>
      <watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo"
                   version="0" state="full">
        <watcher-list resource="sip:professor@example.net"
                      package="presence">
          <watcher status="active"
                   id="8ajksjda7s"
                   duration-subscribed="509"
                   event="approved">sip:userA@example.net</watcher>
          <watcher status="pending"
                   id="hh8juja87s997-ass7"
                   display-name="Mr. Subscriber"
                   event="subscribe">sip:userB@example.org</watcher>
        </watcher-list>
      </watcherinfo>
      """;

  @ParameterizedTest
  @ValueSource(strings = {
      "watcherinfo/watcher-list/watcher[@id=\"8ajksjda7s\"]", // figure 3
      "watcherinfo/watcher-list/watcher[@id='8ajksjda7s']",
      "watcherinfo/watcher-list/watcher[1]",
      "watcherinfo/watcher-list/*[1]",
      "*/*/*[@status=\"active\"]",
      "watcherinfo/watcher-list/watcher[1][@id=\"8ajksjda7s\"]",
      "watcherinfo[1]/watcher-list[@package=\"presence\"]/*[1][@event=\"approved\"]"})
  void section63AWatcherIsSelected(String selector) {
    String path = "watchers/users/" + JOE + "/figure3";
    written(path, ANY, WATCHERS);
    Response found = get(path + "/~~/" + selector);
    assertThat(found.status()).isEqualTo(200);
    assertThat(found.header("Content-Type")).contains(ELEMENT);
    assertThat(text(found)).isEqualTo(WATCHERS.substring(WATCHERS.indexOf("<watcher status=\"active\""), WATCHERS.indexOf("</watcher>") + 10));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "watcherinfo/watcher-list/watcher", // two
      "watcherinfo/watcher-list/watcher[3]", // fewer
      "watcherinfo/watcher-list/watcher[2][@id=\"8ajksjda7s\"]", // predicates are applied one after the other
      "watcherinfo/watcher-list/watcher[@id=\"other\"]",
      "watcherinfo[@xmlns=\"urn:ietf:params:xml:ns:watcherinfo\"]", // a declaration is no attribute
      "watcherinfo/watcher-list/@id",
      "watcherinfo/watcher-list/text()",
      "watcherinfo/watcher-list/watcher[@id=\"8ajksjda7s\"][1]"}) // the position comes first
  void section63WhatIsNotOneNodeIsNotFound(String selector) {
    String path = "watchers/users/" + JOE + "/none";
    written(path, ANY, WATCHERS);
    assertThat(get(path + "/~~/" + selector).status()).isEqualTo(404);
    assertThat(LAB.delete(JOE, uri(path + "/~~/" + selector)).status()).isEqualTo(404);
    assertThat(text(get(path))).isEqualTo(WATCHERS);
  }

  @ParameterizedTest
  @CsvSource({"A, A", "%C3%80, \u00c0", "%E3%82%A2, \u30a2"})
  void section63LettersOutsideOfAsciiAreEscapedOctetsOfUtf8(String escaped, String letter) {
    String path = "plain/users/" + JOE + "/letters";
    written(path, ANY, "<r><e n=\"A\"/><e n=\"\u00c0\"/><e n=\"\u30a2\"/><A/><\u00c0/><\u30a2/></r>");
    assertThat(text(get(path + "/~~/r/e[@n=\"" + escaped + "\"]"))).isEqualTo("<e n=\"" + letter + "\"/>");
    assertThat(text(get(path + "/~~/r/" + escaped))).isEqualTo("<" + letter + "/>");
  }

  private static final String BINDINGS = """
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
      </foo>
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      foo/a:bar/b:baz   | xmlns(a=urn:test:namespace1-uri)xmlns(b=urn:test:namespace1-uri) | <baz/>
      foo/a:bar/b:baz   | xmlns(a=urn:test:namespace1-uri)xmlns(b=urn:test:namespace2-uri) | <ns2:baz xmlns:ns2="urn:test:namespace2-uri"/>
      d:foo/a:bar/b:baz | xmlns(a=urn:test:namespace1-uri)xmlns(b=urn:test:namespace2-uri)xmlns(d=urn:test:default-namespace) \
      | <ns2:baz xmlns:ns2="urn:test:namespace2-uri"/>
      foo/a:bar/b:baz   | element(/1)xmlns(a=urn:test:namespace1-uri)xpointer(id(x))xmlns(b=urn:test:namespace1-uri) | <baz/>
      foo/c:hi/there    | xmlns(c=urn:test:namespace3-uri) | <there/>
      """)
  void section64PrefixesAreThoseOfTheQuery(String selector, String query, String element) {
    String path = "test/users/sip:joe@example.com/index";
    written(path, ANY, BINDINGS);
    assertThat(text(get(path + "/~~/" + selector + "?" + query))).isEqualTo(element); // no declarations are added: section 8.3
  }

  @Test
  void section64AQueryBindsThePrefixesOfAPutAndADelete() {
    String path = "test/users/" + JOE + "/bound";
    String query = "?xmlns(a=urn:test:namespace1-uri)xmlns(b=urn:test:namespace2-uri)";
    written(path, ANY, BINDINGS);
    String more = "<x:more xmlns:x=\"urn:test:namespace2-uri\" xmlns=\"urn:test:namespace1-uri\"/>";
    assertThat(put(path + "/~~/foo/a:bar/b:more" + query, ELEMENT, more).status()).isEqualTo(201);
    assertThat(text(get(path))).isEqualTo(BINDINGS.replace("  </ns1:bar>", "  " + more + "</ns1:bar>")); // declarations stay: section 8.2.3
    assertThat(LAB.delete(JOE, path + "/~~/foo/a:bar/b:more" + query).status()).isEqualTo(200);
    assertThat(text(get(path))).isEqualTo(BINDINGS);
    assertThat(get(path + "/~~/foo/a:bar").status()).as("section 8: a prefix that nothing binds").isEqualTo(400);
    assertThat(put(path + "/~~/foo/a:bar", ELEMENT, "<a/>").status()).isEqualTo(400);
    assertThat(LAB.delete(JOE, path + "/~~/foo/a:bar").status()).isEqualTo(400);
  }

  @Test
  void section10TheBindingsInScopeAreTold() {
    String path = "test/users/" + JOE + "/scope";
    written(path, ANY, BINDINGS);
    String selector = path + "/~~/df:foo/df2:bar/df2:baz/namespace::*?xmlns(df=urn:test:default-namespace)xmlns(df2=urn:test:namespace1-uri)";
    Response told = get(selector);
    assertThat(told.header("Content-Type")).contains("application/xcap-ns+xml");
    XmlTree tree = XmlTree.parse(text(told));
    assertThat(tree.root().local()).isEqualTo("baz");
    assertThat(tree.root().prefix()).isEmpty();
    // the RFC prints "urn:tes:" for the second one, which is not what its document says
    assertThat(XmlTree.bindings(tree.root())).containsOnly(Map.entry("", "urn:test:namespace1-uri"), Map.entry("ns1", "urn:test:namespace1-uri"));
    for (Response refused : List.of(put(selector, "application/xcap-ns+xml", text(told)), LAB.delete(JOE, selector))) { // section 7.10
      assertThat(refused.status()).isEqualTo(405);
      assertThat(refused.header("Allow").orElse("")).contains("GET");
    }
  }

  private static String services(String name, String... uris) {
    StringBuilder document = new StringBuilder("<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\">");
    for (String uri : uris) {
      document.append("<service uri=\"").append(uri).append("\"><list name=\"l\"/></service>");
    }
    String path = "rls-services/users/sip:bill@example.com/" + name;
    assertThat(LAB.put(BILL, path, SERVICES, document.append("</rls-services>").toString()).status()).isEqualTo(201);
    return path;
  }

  @Test
  void section74AnElementThatItsPredicateDoesNotFitIsRefused() {
    String path = services("section74", "sip:good-friends@example.com");
    String before = text(LAB.get(BILL, path));
    String body = """
        <service uri="sip:mybuddies@example.com">
          <resource-list>http://xcap.example.com/resource-lists/users/sip:bill@example.com/index/~~/resource-lists/list%5b@name=%22l1%22%5d
        </resource-list>
          <packages>
           <package>presence</package>
          </packages>
        </service>""";
    String example = path + "/~~/rls-services/service%5b@uri=%22sip:good-friends@example.com%22%5d";
    assertThat(outcome(LAB.put(BILL, example, ELEMENT, body))).isEqualTo("409 cannot-insert");
    assertThat(text(LAB.get(BILL, path))).isEqualTo(before);
    // the ways around it that the section names: by position, or with the parent
    assertThat(LAB.put(BILL, path + "/~~/rls-services/service%5b1%5d", ELEMENT, body).status()).isEqualTo(200);
    assertThat(text(LAB.get(BILL, path + "/~~/rls-services/service"))).isEqualTo(body);
    assertThat(LAB.put(BILL, path + "/~~/rls-services", ELEMENT, before).status()).isEqualTo(200);
    assertThat(text(LAB.get(BILL, path))).isEqualTo(before);
    assertThat(LAB.delete(BILL, path).status()).isEqualTo(200);
  }

  @Test
  void section77AnAttributeThatSelectsItsOwnElementIsNotReplaced() {
    String path = services("section77", "sip:good-friends@example.com");
    String example = path + "/~~/rls-services/service%5b@uri=%22sip:good-friends@example.com%22%5d/@uri";
    String value = "\"sip:bad-friends@example.com\"";
    assertThat(outcome(LAB.put(BILL, example, ATTRIBUTE, value))).isEqualTo("409 cannot-insert");
    assertThat(text(LAB.get(BILL, example))).isEqualTo("\"sip:good-friends@example.com\"");
    assertThat(LAB.put(BILL, path + "/~~/rls-services/service/@uri", ATTRIBUTE, value).status()).isEqualTo(200);
    assertThat(LAB.get(BILL, example).status()).isEqualTo(404);
    assertThat(text(LAB.get(BILL, path + "/~~/rls-services/service/@uri"))).isEqualTo(value);
    assertThat(LAB.delete(BILL, path).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      r/*[2][@n="2"] | 200               | a position and a value that no sibling has
      r/e[3]         | 200               | the last of its name
      r/*[4]         | 200               | the last of all
      r/e[2]         | 409 cannot-delete | the third would be the second then
      r/*[3]         | 409 cannot-delete | the fourth would be the third then
      r/*[1][@m="1"] | 409 cannot-delete | the next one has that value, too
      """)
  void section75ADeleteByPositionMustBeRepeatable(String selector, String outcome, String why) {
    String path = "plain/users/" + JOE + "/positions";
    written(path, ANY, "<r> <e n=\"1\" m=\"1\"/> <e n=\"2\" m=\"1\"/> <e n=\"3\"/> <f/> </r>");
    assertThat(outcome(LAB.delete(JOE, uri(path + "/~~/" + selector)))).as(why).isEqualTo(outcome);
    assertThat(get(path + "/~~/" + selector).status()).isEqualTo(outcome.equals("200") ? 404 : 200);
  }

  @Test
  void section711AChangeIsMadeOnlyToTheVersionThatIsKnown() {
    String path = "resource-lists/users/" + JOE + "/conditional";
    written(path, LISTS, "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"a\"/></resource-lists>");
    String known = etag(get(path));
    assertThat(etag(get(path + "/~~/resource-lists/list/@name"))).as("section 8.5: one tag for all").isEqualTo(known);
    String entry = uri(path + "/~~/resource-lists/list/entry[@uri=\"sip:x@example.com\"]");
    Response made = LAB.put(JOE, entry, ELEMENT, "<entry uri=\"sip:x@example.com\"/>", "If-Match: " + known);
    assertThat(made.status()).isEqualTo(201);
    assertThat(LAB.put(JOE, entry, ELEMENT, "<entry uri=\"sip:x@example.com\"/>", "If-Match: " + known).status()).isEqualTo(412);
    assertThat(LAB.delete(JOE, entry, "If-Match: " + known).status()).isEqualTo(412);
    Response again = LAB.put(JOE, entry, ELEMENT, "<entry uri=\"sip:x@example.com\"> </entry>", "If-Match: " + etag(made));
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.body()).as("section 8.2.7").isEmpty();
    Response gone = LAB.delete(JOE, entry, "If-Match: " + etag(again));
    assertThat(gone.status()).isEqualTo(200);
    assertThat(etag(gone)).isNotEmpty().isNotEqualTo(etag(again)).isEqualTo(etag(get(path)));
  }

  private static final String INSERTION = """
      <?xml version="1.0"?>
      <root>
       <el1 att="first"/>
       <el1 att="second"/>
       <!-- comment -->
       <el2 att="first"/>
      </root>
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      root/el1[@att="third"]    | <el1 att="third"/> | <el1 att="second"/>HERE
      root/el1[3][@att="third"] | <el1 att="third"/> | <el1 att="second"/>HERE
      root/*[3][@att="third"]   | <el1 att="third"/> | <el1 att="second"/>HERE
      root/el3                  | <el3 att="first"/> | HERE</root>
      root/el2[@att="2"]        | <el2 att="2"/>     | <el2 att="first"/>HERE
      root/el2[2][@att="2"]     | <el2 att="2"/>     | <el2 att="first"/>HERE
      root/*[2][@att="2"]       | <el2 att="2"/>     | <el1 att="first"/>HERE
      root/el2[1][@att="2"]     | <el2 att="2"/>     | HERE<el2 att="first"/>
      root/*[1][@att="0"]       | <el0 att="0"/>     | HERE<el1 att="first"/>
      root/*[@att="0"]          | <el0 att="0"/>     | HERE</root>
      """)
  void section823AnElementIsInsertedInItsPlace(String selector, String body, String place) {
    String path = "plain/users/" + JOE + "/insertion";
    written(path, ANY, INSERTION);
    assertThat(put(path + "/~~/" + selector, ELEMENT, body).status()).isEqualTo(201);
    assertThat(text(get(path))).isEqualTo(INSERTION.replace(place.replace("HERE", ""), place.replace("HERE", body)));
    assertThat(text(get(path + "/~~/" + selector))).as("GET(PUT(x)) is x").isEqualTo(body);
    assertThat(put(path + "/~~/" + selector, ELEMENT, body).status()).as("it is there now").isEqualTo(200);
  }

  @Test
  void section825ElementsOfUnknownNamespacesAreTakenWhereTheSchemaLeavesRoom() {
    String path = "resource-lists/users/" + JOE + "/unknown";
    String document = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\" xmlns:u=\"urn:unknown\"><list name=\"a\" u:a=\"1\">"
        + "<entry uri=\"sip:x@example.com\"><u:phone>1</u:phone></entry>%s</list></resource-lists>";
    assertThat(put(path, LISTS, document.formatted("<u:more/>")).status()).isEqualTo(201);
    assertThat(outcome(put(path, LISTS, document.formatted("<u:more/><entry uri=\"sip:y@example.com\"/>")))).isEqualTo("409 schema-validation-error");
    String known = "<r:unheard-of xmlns:r=\"urn:ietf:params:xml:ns:rls-services\"/>";
    assertThat(outcome(put(path, LISTS, document.formatted(known)))).isEqualTo("409 schema-validation-error");
    assertThat(text(get(path))).isEqualTo(document.formatted("<u:more/>"));
  }

  @Test
  void section111TheExampleOfAConflictReportIsRead() {
    XcapError error = XcapError.parse("""
        <?xml version="1.0" encoding="UTF-8"?>
        <xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error">
         <uniqueness-failure>
          <exists field="rls-services/service/@uri">
            <alt-value>sip:mybuddies@example.com</alt-value>
          </exists>
         </uniqueness-failure>
        </xcap-error>""".getBytes(StandardCharsets.UTF_8));
    assertThat(error.kind()).isEqualTo(XcapError.Kind.UNIQUENESS_FAILURE);
    assertThat(error.exists()).containsExactly(new XcapError.Exists("rls-services/service/@uri", List.of("sip:mybuddies@example.com")));
  }

  @Test
  void section111AServiceWhoseUriIsThereAlreadyIsToldSo() {
    String path = services("section111", "sip:friends@example.com");
    String document = text(LAB.get(BILL, path));
    Response taken = put("rls-services/users/" + JOE + "/index", SERVICES, document);
    assertThat(outcome(taken)).isEqualTo("409 uniqueness-failure");
    XcapError.Exists exists = XcapError.parse(taken.body()).exists().getFirst();
    assertThat(text(LAB.get(BILL, path + "/~~/" + exists.field()))).as("the field is a selector").isEqualTo("\"sip:friends@example.com\"");
    String other = document.replace("sip:friends@example.com", exists.alternatives().getFirst());
    assertThat(put("rls-services/users/" + JOE + "/index", SERVICES, other).status()).as("the suggestion is free").isEqualTo(201);
    assertThat(LAB.delete(JOE, "rls-services/users/" + JOE + "/index").status()).isEqualTo(200);
    assertThat(LAB.delete(BILL, path).status()).isEqualTo(200);
  }

  @Test
  void section12TheCapabilitiesFitTheirSchemaAndNameThemselves() throws Exception {
    Response found = get("xcap-caps/global/index");
    assertThat(found.header("Content-Type")).contains("application/xcap-caps+xml");
    TestSchema.CAPABILITIES.validate(found.body());
    assertThat(text(get("xcap-caps/global/index/~~/xcap-caps/auids"))).contains("<auid>xcap-caps</auid>", "<auid>rls-services</auid>");
    assertThat(text(get("xcap-caps/global/index/~~/xcap-caps/namespaces"))).contains("<namespace>urn:ietf:params:xml:ns:xcap-caps</namespace>");
    assertThat(get("xcap-caps/users/" + JOE + "/index").status()).as("section 12.7: only in the global tree").isEqualTo(404);
  }

  @Test
  void section13BillKeepsHisFriends() {
    String home = "resource-lists/users/sip:bill@example.com/index";
    String figure24 = """
        <?xml version="1.0" encoding="UTF-8"?>
        <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
          <list name="friends">
          </list>
        </resource-lists>
        """;
    assertThat(LAB.put(BILL, home, LISTS, figure24).status()).isEqualTo(201);
    assertThat(LAB.put(BILL, "rls-services/users/sip:bill@example.com/index", SERVICES, FIGURE_25).status()).isEqualTo(201);
    String figure26 = "<entry uri=\"sip:bob@example.com\">\n    <display-name>Bob Jones</display-name>\n  </entry>";
    String friends = home + "/~~/resource-lists/list%5b@name=%22friends%22%5d";
    assertThat(LAB.put(BILL, friends + "/entry", ELEMENT, figure26).status()).isEqualTo(201);
    Response figure28 = LAB.get(BILL, home);
    assertThat(figure28.header("Content-Type")).contains(LISTS);
    assertThat(etag(figure28)).isNotEmpty();
    assertThat(text(figure28)).isEqualTo(figure24.replace("  </list>", "  " + figure26 + "</list>"));
    assertThat(LAB.put(BILL, friends + "/list%5b@name=%22close-friends%22%5d", ELEMENT, FIGURE_29).status()).isEqualTo(201);
    assertThat(LAB.delete(BILL, home + "/~~/resource-lists/list/list/entry%5b@uri=%22sip:petri@example.com%22%5d").status()).isEqualTo(200);
    assertThat(text(LAB.get(BILL, friends + "/list")))
        .isEqualTo(FIGURE_29.substring(0, FIGURE_29.indexOf("<entry uri=\"sip:petri")) + "\n</list>"); // white space stays: section 8.4
    Response figure32 = LAB.get(BILL, home + "/~~/resource-lists/list/list/entry%5b2%5d/@uri");
    assertThat(figure32.status()).isEqualTo(200);
    assertThat(figure32.header("Content-Type")).contains(ATTRIBUTE);
    assertThat(etag(figure32)).isNotEmpty();
    assertThat(text(figure32)).isEqualTo("\"sip:nancy@example.com\"");
  }

  private static final String FIGURE_25 = """
      <?xml version="1.0" encoding="UTF-8"?>
      <rls-services xmlns="urn:ietf:params:xml:ns:rls-services">
      <service uri="sip:myfriends@example.com">
        <resource-list>http://xcap.example.com/resource-lists/users/sip:bill@example.com/index/~~/resource-lists/list%5b@name=%22friends%22%5d
      </resource-list>
        <packages>
         <package>presence</package>
        </packages>
       </service>
      </rls-services>
      """;

  private static final String FIGURE_29 = """
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
}
