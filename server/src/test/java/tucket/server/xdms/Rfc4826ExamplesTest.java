// Every example and every constraint of RFC 4826 against the XCAP server over real HTTP.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.xdms.XdmLab.JOE;
import static tucket.server.xdms.XdmLab.outcome;
import static tucket.server.xdms.XdmLab.text;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;
import tucket.transport.http.Response;

/// Documents are those of the RFC, with its line folds undone. What a resource list server does with them (section 4.5) is not XCAP.
class Rfc4826ExamplesTest {
  private static final String BOB = "sip:bob@example.com";
  private static final String LISTS = "application/resource-lists+xml";
  private static final String SERVICES = "application/rls-services+xml";
  private static final String ELEMENT = "application/xcap-el+xml";

  private final XdmLab lab = new XdmLab(true);

  @AfterEach
  void close() {
    lab.close();
  }

  private static String home(String auid, String user) {
    return auid + "/users/" + user + "/index";
  }

  private static String escaped(String selector) {
    return selector.replace("[", "%5b").replace("]", "%5d").replace("\"", "%22");
  }

  private static final String ENTRY_REF = "<entry-ref ref=\"resource-lists/users/sip:bill@example.com/index/~~/resource-lists/"
      + "list%5b@name=%22list1%22%5d/entry%5b@uri=%22sip:petri@example.com%22%5d\"/>";

  private static final String SECTION_3_3 = """
      <?xml version="1.0" encoding="UTF-8"?>
      <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"
       xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
       <list name="friends">
        <entry uri="sip:bill@example.com">
         <display-name>Bill Doe</display-name>
        </entry>
        ENTRY-REF
        <list name="close-friends">
         <display-name>Close Friends</display-name>
         <entry uri="sip:joe@example.com">
          <display-name>Joe Smith</display-name>
         </entry>
         <entry uri="sip:nancy@example.com">
          <display-name>Nancy Gross</display-name>
         </entry>
         <external anchor="http://xcap.example.org/resource-lists/users/sip:a@example.org/index/~~/resource-lists/list%5b@name=%22mkting%22%5d">
           <display-name>Marketing</display-name>
          </external>
        </list>
       </list>
      </resource-lists>
      """.replace("ENTRY-REF", ENTRY_REF);

  @Test
  void section31AnEntryRefPointsToTheEntryOfTheExample() {
    String bill = home("resource-lists", XdmLab.BILL);
    String petri = "<entry uri=\"sip:petri@example.com\"/>";
    String list = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"list1\">" + petri + "</list></resource-lists>";
    assertThat(lab.put(XdmLab.BILL, bill, LISTS, list).status()).isEqualTo(201);
    String own = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"a\"/></resource-lists>";
    assertThat(lab.put(JOE, home("resource-lists", JOE), LISTS, own).status()).isEqualTo(201);
    String path = home("resource-lists", JOE) + "/~~/resource-lists/list/entry-ref";
    assertThat(lab.put(JOE, path, ELEMENT, ENTRY_REF).status()).isEqualTo(201);
    assertThat(text(lab.get(JOE, path))).isEqualTo(ENTRY_REF);
    String ref = XmlTree.parse(ENTRY_REF).root().value("ref").orElseThrow();
    assertThat(text(lab.get(XdmLab.BILL, ref))).as("below the XCAP root").isEqualTo(petri);
  }

  @Test
  void section33TheListsOfTheExampleAreKeptAsTheyAre() {
    String path = home("resource-lists", JOE);
    assertThat(lab.put(JOE, path, LISTS, SECTION_3_3).status()).isEqualTo(201);
    Response found = lab.get(JOE, path);
    assertThat(found.header("Content-Type")).contains(LISTS);
    assertThat(text(found)).isEqualTo(SECTION_3_3);
    String close = path + "/~~/resource-lists/list/list" + escaped("[@name=\"close-friends\"]");
    assertThat(text(lab.get(JOE, close + "/display-name"))).isEqualTo("<display-name>Close Friends</display-name>");
    assertThat(text(lab.get(JOE, close + "/external/@anchor"))).startsWith("\"http://xcap.example.org/resource-lists/users/").endsWith("%5d\"");
    assertThat(text(lab.get(JOE, path + "/~~/resource-lists/list/entry-ref"))).isEqualTo(ENTRY_REF);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      <list name="a"/><list name="a"/>                                   | 409 uniqueness-failure
      <list name="a"/><list name="A"/>                                   | 201
      <list name="a"><list name="a"/></list>                             | 201
      <list/><list/>                                                     | 201
      <list><entry uri="sip:a@b"/><entry uri="sip:a@b"/></list>          | 409 uniqueness-failure
      <list><entry uri="sip:a@b"/><entry uri="sip:a@B"/></list>          | 201
      <list><entry uri="sip:a@b"/><list><entry uri="sip:a@b"/></list></list> | 201
      <list><entry uri="pres:a@b"/><entry uri="tel:+1"/></list>          | 201
      <list><entry-ref ref="a"/><entry-ref ref="a"/></list>              | 409 uniqueness-failure
      <list><entry-ref ref="a"/><entry-ref ref="A"/></list>              | 201
      <list><entry-ref ref="/a"/></list>                                 | 409 constraint-failure
      <list><entry-ref ref="http://a/b"/></list>                         | 409 constraint-failure
      <list><external anchor="http://a/"/><external anchor="http://a/"/></list> | 409 uniqueness-failure
      <list><external anchor="http://a/"/><external anchor="http://A/"/></list> | 201
      <list><external anchor="https://a/"/></list>                       | 201
      <list><external anchor="a/b"/></list>                              | 409 constraint-failure
      <list><external anchor="ftp://a/b"/></list>                        | 409 constraint-failure
      <list><entry/></list>                                              | 409 schema-validation-error
      <list><entry-ref/></list>                                          | 409 schema-validation-error
      <list><entry uri="sip:a@b"/><display-name>late</display-name></list> | 409 schema-validation-error
      <list><entry uri="sip:a@b"><display-name xml:lang="de">A</display-name></entry></list> | 201
      <entry uri="sip:a@b"/>                                             | 409 schema-validation-error
      """)
  void section345ListsAreHeldToTheirConstraints(String content, String outcome) {
    String document = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">" + content + "</resource-lists>";
    assertThat(outcome(lab.put(JOE, home("resource-lists", JOE), LISTS, document))).isEqualTo(outcome);
    // section 4.4.5: those hold in the list of a service, too
    if (content.startsWith("<list>")) {
      String inside = content.replace("<list>", "<rl:list>").replace("</list>", "</rl:list>").replace("<entry", "<rl:entry")
          .replace("</entry", "</rl:entry").replace("<external", "<rl:external").replace("display-name", "rl:display-name");
      String services = SERVICES_OPEN + "<service uri=\"sip:s@example.com\"><list>" + inside + "</list></service></rls-services>";
      assertThat(outcome(lab.put(JOE, home("rls-services", JOE), SERVICES, services))).isEqualTo(outcome);
    }
  }

  private static final String SERVICES_OPEN =
      "<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\" xmlns:rl=\"urn:ietf:params:xml:ns:resource-lists\">";

  private static final String MY_BUDDIES = """
      <service uri="sip:mybuddies@example.com">
         <resource-list>http://xcap.example.com/resource-lists/users/sip:joe@example.com/index/~~/resource-lists/list%5b@name=%22l1%22%5d</resource-list>
         <packages>
          <package>presence</package>
         </packages>
        </service>""";

  private static final String MARKETING = """
      <service uri="sip:marketing@example.com">
          <list name="marketing">
            <rl:entry uri="sip:joe@example.com"/>
            <rl:entry uri="sip:sudhir@example.com"/>
          </list>
          <packages>
            <package>presence</package>
          </packages>
        </service>""";

  @Test
  void section43TheServicesOfTheExampleAreKeptAsTheyAre() {
    String document = """
        <?xml version="1.0" encoding="UTF-8"?>
        <rls-services xmlns="urn:ietf:params:xml:ns:rls-services"
           xmlns:rl="urn:ietf:params:xml:ns:resource-lists"
           xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        """ + " " + MY_BUDDIES + "\n " + MARKETING + "\n</rls-services>\n";
    String path = home("rls-services", JOE);
    assertThat(lab.put(JOE, path, SERVICES, document).status()).isEqualTo(201);
    Response found = lab.get(JOE, path);
    assertThat(found.header("Content-Type")).contains(SERVICES);
    assertThat(text(found)).isEqualTo(document);
    assertThat(text(lab.get(JOE, path + "/~~/rls-services/service" + escaped("[@uri=\"sip:marketing@example.com\"]")))).isEqualTo(MARKETING);
    String entry = path + "/~~/rls-services/service" + escaped("[2]/list/rl:entry[2]/@uri") + "?xmlns(rl=urn:ietf:params:xml:ns:resource-lists)";
    assertThat(text(lab.get(JOE, entry))).isEqualTo("\"sip:sudhir@example.com\"");
  }

  /// The two documents of the RFC lack the declarations of their namespaces; with them they fit its schema.
  @Test
  void section448TheGlobalIndexIsTheUnionOfAllUsers() {
    String index = "rls-services/global/index";
    assertThat(XmlTree.parse(text(lab.get("", index))).root().children()).isEmpty();
    assertThat(lab.put(JOE, home("rls-services", JOE), SERVICES, SERVICES_OPEN + MY_BUDDIES + "</rls-services>").status()).isEqualTo(201);
    assertThat(lab.put(BOB, home("rls-services", BOB), SERVICES, SERVICES_OPEN + MARKETING + "</rls-services>").status()).isEqualTo(201);
    Response union = lab.get("", index);
    assertThat(union.header("Content-Type")).contains(SERVICES);
    XmlTree tree = XmlTree.parse(text(union));
    assertThat(tree.root().is("urn:ietf:params:xml:ns:rls-services", "rls-services")).isTrue();
    assertThat(tree.root().children()).extracting(s -> s.value("uri").orElse(""))
        .containsExactlyInAnyOrder("sip:mybuddies@example.com", "sip:marketing@example.com");
    XmlSpan marketing = service(tree, "sip:marketing@example.com");
    assertThat(marketing.children().getFirst().children()).allMatch(e -> e.is("urn:ietf:params:xml:ns:resource-lists", "entry"))
        .extracting(e -> e.value("uri").orElse("")).containsExactly("sip:joe@example.com", "sip:sudhir@example.com");
    XmlSpan buddies = service(tree, "sip:mybuddies@example.com");
    assertThat(tree.contentOf(buddies, "resource-list").orElse("")).endsWith("list%5b@name=%22l1%22%5d");
    String selected = index + "/~~/rls-services/service" + escaped("[@uri=\"sip:marketing@example.com\"]/packages/package");
    assertThat(text(lab.get("", selected))).isEqualTo("<package>presence</package>");
    assertThat(lab.delete(BOB, home("rls-services", BOB)).status()).isEqualTo(200);
    assertThat(XmlTree.parse(text(lab.get("", index))).root().children()).as("the most recent state").hasSize(1);
  }

  private static XmlSpan service(XmlTree tree, String uri) {
    return tree.root().children("service").stream().filter(s -> s.value("uri").orElse("").equals(uri)).findFirst().orElseThrow();
  }

  @Test
  void section447OnlyDocumentsThatAreCalledIndexAreInTheGlobalOne() {
    String other = "rls-services/users/" + JOE + "/other";
    assertThat(lab.put(JOE, other, SERVICES, SERVICES_OPEN + MY_BUDDIES + "</rls-services>").status()).isEqualTo(201);
    assertThat(XmlTree.parse(text(lab.get("", "rls-services/global/index"))).root().children()).isEmpty();
  }

  @Test
  void section449TheGlobalIndexIsForTrustedServersAndNobodyWritesIt() {
    String index = "rls-services/global/index";
    assertThat(lab.get(JOE, index).status()).isEqualTo(403);
    assertThat(lab.get(JOE, index + "/~~/rls-services").status()).isEqualTo(403);
    assertThat(lab.put(JOE, index, SERVICES, SERVICES_OPEN + "</rls-services>").status()).isEqualTo(403);
    assertThat(lab.put("", index, SERVICES, SERVICES_OPEN + "</rls-services>").status()).isEqualTo(405);
    assertThat(lab.get("", index).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      http://xcap.example.com/resource-lists/users/sip:joe@example.com/index/~~/resource-lists/list%5b1%5d  | 201
      https://xcap.example.com/xcap/resource-lists/users/sip:joe@example.com/other/~~/resource-lists/list    | 201
      http://xcap.example.com/resource-lists/users/sip:bill@example.com/index/~~/resource-lists/list%5b1%5d | 409 constraint-failure
      http://xcap.example.com/pres-rules/users/sip:joe@example.com/index/~~/resource-lists/list              | 409 constraint-failure
      http://xcap.example.com/resource-lists/global/index/~~/resource-lists/list                             | 409 constraint-failure
      resource-lists/users/sip:joe@example.com/index/~~/resource-lists/list                                  | 409 constraint-failure
      /resource-lists/users/sip:joe@example.com/index/~~/resource-lists/list                                 | 409 constraint-failure
      """)
  void section445AResourceListIsOneOfTheSameUser(String list, String outcome) {
    String document = SERVICES_OPEN + "<service uri=\"sip:s@example.com\"><resource-list>" + list + "</resource-list></service></rls-services>";
    assertThat(outcome(lab.put(JOE, home("rls-services", JOE), SERVICES, document))).isEqualTo(outcome);
  }

  @Test
  void section445TheUriOfAServiceIsNoOtherResourceOfTheDomain() {
    String friends = SERVICES_OPEN + "<service uri=\"sip:friends@example.com\"><list/></service></rls-services>";
    assertThat(lab.put(BOB, "rls-services/users/" + BOB + "/index", SERVICES, friends).status()).isEqualTo(201);
    for (String taken : new String[] {"sip:friends@example.com", "sip:bill@example.com", "tel:+4912345"}) {
      String document = friends.replace("sip:friends@example.com", taken);
      Response response = lab.put(JOE, home("rls-services", JOE), SERVICES, document);
      assertThat(outcome(response)).as(taken).isEqualTo("409 uniqueness-failure");
      XcapError.Exists exists = XcapError.parse(response.body()).exists().getFirst();
      assertThat(exists.field()).isEqualTo("rls-services/service%5B1%5D/@uri");
      if (taken.startsWith("sip:")) {
        String free = document.replace(taken, exists.alternatives().getFirst());
        assertThat(lab.put(JOE, home("rls-services", JOE), SERVICES, free).status()).as("what is suggested is free").isIn(200, 201);
      }
    }
    String twice = SERVICES_OPEN + "<service uri=\"sip:t@example.com\"><list/></service><service uri=\"sip:t@example.com\"><list/></service></rls-services>";
    assertThat(outcome(lab.put(JOE, home("rls-services", JOE), SERVICES, twice))).isEqualTo("409 uniqueness-failure");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      <service uri="sip:s@example.com"/>                                                     | 409 schema-validation-error
      <service><list/></service>                                                             | 409 schema-validation-error
      <service uri="sip:s@example.com"><list/><list/></service>                              | 409 schema-validation-error
      <service uri="sip:s@example.com"><packages/><list/></service>                          | 409 schema-validation-error
      <service uri="sip:s@example.com"><list/><packages><other/></packages></service>        | 409 schema-validation-error
      <service uri="sip:s@example.com"><list/></service>                                     | 201
      <service uri="sip:s@example.com"><list/><packages/></service>                          | 201
      <service uri="sip:s@example.com"><list/><u:more xmlns:u="urn:unknown"/></service>      | 201
      """)
  void section42ServicesAreHeldToTheirSchema(String service, String outcome) {
    assertThat(outcome(lab.put(JOE, home("rls-services", JOE), SERVICES, SERVICES_OPEN + service + "</rls-services>"))).isEqualTo(outcome);
  }
}
