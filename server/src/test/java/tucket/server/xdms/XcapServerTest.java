// The XCAP server over real HTTP: the examples of RFC 4825, its statuses, entity tags, and what OMA adds.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.xdms.XdmLab.BILL;
import static tucket.server.xdms.XdmLab.JOE;
import static tucket.server.xdms.XdmLab.etag;
import static tucket.server.xdms.XdmLab.outcome;
import static tucket.server.xdms.XdmLab.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.Xdms;
import tucket.transport.http.Response;

class XcapServerTest {
  private static final String LISTS = "application/resource-lists+xml";
  private static final String ELEMENT = "application/xcap-el+xml";
  private static final String ATTRIBUTE = "application/xcap-att+xml";
  private static final String DOCUMENT = """
      <?xml version="1.0" encoding="UTF-8"?>
      <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
        <list name="friends">
          <entry uri="sip:a@example.com"/>
          <entry uri="sip:b@example.com"/>
        </list>
      </resource-lists>""";

  private static XdmLab lab = new XdmLab(true);

  @BeforeAll
  static void knowsItsRoot() {
    assertThat(lab.root).startsWith("http://127.0.0.1:");
  }

  @AfterAll
  static void close() throws Exception {
    lab.close();
  }

  private static String fresh(String name) {
    String path = "resource-lists/users/" + JOE + "/" + name;
    assertThat(lab.put(JOE, path, LISTS, DOCUMENT).status()).isEqualTo(201);
    return path;
  }

  @Test
  void theSessionOfSection13GoesThrough() {
    String home = "resource-lists/users/sip:bill@example.com/index";
    Response made = lab.put(BILL, home, LISTS, """
        <?xml version="1.0" encoding="UTF-8"?>
        <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
          <list name="friends">
          </list>
        </resource-lists>""");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.body()).isEmpty();
    Response service = lab.put(BILL, "rls-services/users/sip:bill@example.com/index", "application/rls-services+xml", """
        <?xml version="1.0" encoding="UTF-8"?>
        <rls-services xmlns="urn:ietf:params:xml:ns:rls-services">
        <service uri="sip:myfriends@example.com">
          <resource-list>http://xcap.example.com/resource-lists/users/sip:bill@example.com/index/~~/resource-lists/\
          list%5b@name=%22friends%22%5d</resource-list>
          <packages>
           <package>presence</package>
          </packages>
         </service>
        </rls-services>""");
    assertThat(service.status()).isEqualTo(201);
    String bob = "<entry uri=\"sip:bob@example.com\">\n    <display-name>Bob Jones</display-name>\n  </entry>";
    Response entry = lab.put(BILL, home + "/~~/resource-lists/list%5b@name=%22friends%22%5d/entry", ELEMENT, bob);
    assertThat(entry.status()).isEqualTo(201);
    assertThat(etag(entry)).isNotEqualTo(etag(made));
    Response fetched = lab.get(BILL, home);
    assertThat(fetched.header("Content-Type")).contains(LISTS);
    assertThat(etag(fetched)).isEqualTo(etag(entry));
    assertThat(text(fetched)).contains("  " + bob + "</list>");
    String close = "<list name=\"close-friends\"><entry uri=\"sip:joe@example.com\"/><entry uri=\"sip:nancy@example.com\"/>"
        + "<entry uri=\"sip:petri@example.com\"/></list>";
    assertThat(lab.put(BILL, home + "/~~/resource-lists/list%5b@name=%22friends%22%5d/list%5b@name=%22close-friends%22%5d", ELEMENT, close).status())
        .isEqualTo(201);
    Response gone = lab.delete(BILL, home + "/~~/resource-lists/list/list/entry%5b@uri=%22sip:petri@example.com%22%5d");
    assertThat(gone.status()).isEqualTo(200);
    assertThat(etag(gone)).isNotEmpty();
    Response attribute = lab.get(BILL, home + "/~~/resource-lists/list/list/entry%5b2%5d/@uri");
    assertThat(attribute.header("Content-Type")).contains(ATTRIBUTE);
    assertThat(text(attribute)).isEqualTo("\"sip:nancy@example.com\"");
    assertThat(etag(attribute)).isEqualTo(etag(gone));
    Response bindings = lab.get(BILL, home + "/~~/resource-lists/list/namespace::*");
    assertThat(bindings.header("Content-Type")).contains("application/xcap-ns+xml");
    assertThat(text(bindings)).isEqualTo("<list xmlns=\"urn:ietf:params:xml:ns:resource-lists\"/>");
    assertThat(lab.delete(BILL, home).status()).isEqualTo(200);
    assertThat(lab.get(BILL, home).status()).isEqualTo(404);
  }

  private static final String REFUSALS = """
      GET    | unknown-usage/users/sip:joe@example.com/index              |                                | ''       | 404
      GET    | resource-lists/users/sip:nobody@example.com/index          |                                | ''       | 403
      PUT    | resource-lists/users/sip:nobody@example.com/index          | application/resource-lists+xml | <a/>     | 403
      GET    | resource-lists/users/sip:joe@example.com/none              |                                | ''       | 404
      DELETE | resource-lists/users/sip:joe@example.com/none              |                                | ''       | 404
      GET    | resource-lists                                             |                                | ''       | 404
      GET    | resource-lists/users/%ff/index                             |                                | ''       | 400
      GET    | DOC/~~/p:resource-lists                                    |                                | ''       | 400
      GET    | DOC/~~/resource-lists/missing                              |                                | ''       | 404
      GET    | DOC/~~/resource-lists/list/entry                           |                                | ''       | 404
      GET    | DOC/~~/resource-lists/list/text()                          |                                | ''       | 404
      GET    | DOC/~~                                                     |                                | ''       | 404
      DELETE | DOC/~~/resource-lists/list/entry                           |                                | ''       | 404
      DELETE | DOC/~~/resource-lists/list/entry%5B1%5D                    |                                | ''       | 409 cannot-delete
      DELETE | DOC/~~/resource-lists/list/entry%5B2%5D/@uri               |                                | ''       | 409 schema-validation-error
      DELETE | DOC/~~/resource-lists                                      |                                | ''       | 409 schema-validation-error
      POST   | DOC                                                        | application/resource-lists+xml | <a/>     | 405
      PUT    | DOC/~~/resource-lists/namespace::*                         | application/xcap-ns+xml        | <a/>     | 405
      DELETE | DOC/~~/resource-lists/namespace::*                         |                                | ''       | 405
      PUT    | DOC                                                        | text/xml                       | <a/>     | 415
      PUT    | DOC                                                        |                                | <a/>     | 415
      PUT    | DOC/~~/resource-lists/list%5B@name="x"%5D                  | application/resource-lists+xml | <a/>     | 415
      PUT    | DOC/~~/resource-lists/list/@name                           | application/xcap-el+xml        | '"x"'    | 415
      PUT    | DOC                                                        | application/resource-lists+xml | <a>      | 409 not-well-formed
      PUT    | DOC                                                        | application/resource-lists+xml | <!DOCTYPE a><a/> | 409 not-well-formed
      PUT    | DOC                                                        | application/\
      resource-lists+xml | <!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r> | 409 not-well-formed
      PUT    | DOC                                                        | application/\
      resource-lists+xml | <!DOCTYPE r SYSTEM "file:///etc/passwd"><r/> | 409 not-well-formed
      PUT    | DOC                                                        | application/resource-lists+xml | <r>&b;</r> | 409 not-well-formed
      PUT    | DOC                                                        | application/resource-lists+xml | <a/>     | 409 schema-validation-error
      PUT    | DOC                                                        | application/\
      resource-lists+xml | <resource-lists xmlns="urn:other"/> | 409 schema-validation-error
      PUT    | DOC/~~/resource-lists/list/entry%5B@uri="x"%5D             | application/xcap-el+xml        | <entry uri="x">&b;</entry> | 409 not-xml-frag
      PUT    | DOC/~~/resource-lists/list/entry%5B@uri="x"%5D             | application/\
      xcap-el+xml        | <entry xmlns="urn:other" uri="x"/> | 409 cannot-insert
      PUT    | DOC/~~/resource-lists/list/entry%5B@uri="x"%5D             | application/xcap-el+xml        | <entry   | 409 not-xml-frag
      PUT    | DOC/~~/resource-lists/list/@name                           | application/xcap-att+xml       | bare     | 409 not-xml-att-value
      PUT    | DOC/~~/resource-lists/list%5B@name="none"%5D/entry         | application/xcap-el+xml        | <entry uri="sip:c@d"/> | 409 no-parent
      PUT    | resource-lists/users/sip:joe@example.com/none/~~/resource-lists | application/xcap-el+xml   | <a/>     | 409 no-parent
      PUT    | resource-lists/users/sip:joe@example.com/sub/index         | application/resource-lists+xml | <a/>     | 409 no-parent
      PUT    | DOC/~~/resource-lists/list/entry%5B@uri="x"%5D             | application/xcap-el+xml        | <entry uri="y"/> | 409 cannot-insert
      PUT    | DOC/~~/resource-lists/list/entry%5B3%5D                    | application/\
      xcap-el+xml        | <entry uri="sip:a@example.com"/> | 409 uniqueness-failure
      PUT    | DOC/~~/resource-lists/list/entry%5B3%5D                    | application/xcap-el+xml        | <entry/> | 409 schema-validation-error
      PUT    | DOC/~~/resource-lists/list/unknown                         | application/xcap-el+xml        | <unknown/> | 409 schema-validation-error
      PUT    | DOC/~~/resource-lists/list/external                        | application/\
      xcap-el+xml        | <external anchor="relative"/> | 409 constraint-failure
      PUT    | DOC/~~/resource-lists/list/entry-ref                       | application/xcap-el+xml        | <entry-ref ref="http://x/\
      "/> | 409 constraint-failure
      PUT    | resource-lists/global/index                                | application/resource-lists+xml | <a/>     | 403
      PUT    | xcap-caps/global/index                                     | application/xcap-caps+xml      | <a/>     | 405
      GET    | xcap-caps/users/sip:joe@example.com/index                  |                                | ''       | 404
      GET    | resource-lists/users/sip:bill@example.com/index            |                                | ''       | 403
      PUT    | resource-lists/users/sip:bill@example.com/index            | application/resource-lists+xml | <a/>     | 403
      DELETE | resource-lists/users/sip:bill@example.com/index            |                                | ''       | 403
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = REFUSALS)
  void whatCantBeIsRefusedAndChangesNothing(String method, String path, String type, String body, String outcome) {
    String document = fresh("refused");
    Response before = lab.get(JOE, document);
    String asked = path.replace("DOC", document).replace("\"", "%22").replace("[", "%5B").replace("]", "%5D");
    Response response = lab.call(JOE, method, asked, type == null ? "" : type, body);
    assertThat(outcome(response)).isEqualTo(outcome);
    if (outcome.equals("405")) {
      assertThat(response.header("Allow")).isPresent();
    }
    assertThat(etag(lab.get(JOE, document))).isEqualTo(etag(before));
    assertThat(lab.delete(JOE, document).status()).isEqualTo(200);
  }

  @Test
  void whatIsTooDeepOrTooWideIsRefusedAndChangesNothing() {
    String document = fresh("deep");
    String etag = etag(lab.get(JOE, document));
    String deep = "<list>".repeat(200) + "</list>".repeat(200);
    StringBuilder wide = new StringBuilder("<list name=\"wide\"");
    for (int i = 0; i < 300; i++) {
      wide.append(" a").append(i).append("=\"\"");
    }
    assertThat(outcome(lab.put(JOE, document, LISTS, deep))).isEqualTo("409 not-well-formed");
    assertThat(outcome(lab.put(JOE, document, LISTS, wide + "/>"))).isEqualTo("409 not-well-formed");
    assertThat(outcome(lab.put(JOE, document + "/~~/resource-lists/list%5B3%5D", ELEMENT, deep))).isEqualTo("409 not-xml-frag");
    assertThat(outcome(lab.put(JOE, document + "/~~/resource-lists/list%5B@name=%22wide%22%5D", ELEMENT, wide + "/>"))).isEqualTo("409 not-xml-frag");
    assertThat(etag(lab.get(JOE, document))).isEqualTo(etag);
    assertThat(lab.delete(JOE, document).status()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsNotUtf8IsToldSo() {
    byte[] latin = "<a b=\"\u00e9\"/>".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(outcome(lab.call(JOE, "PUT", "resource-lists/users/" + JOE + "/latin", LISTS, latin))).isEqualTo("409 not-utf-8");
  }

  @Test
  void theClosestAncestorThatIsThereIsTold() {
    String document = fresh("ancestor");
    Response response = lab.put(JOE, document + "/~~/resource-lists/list%5B@name=%22none%22%5D/entry", ELEMENT, "<entry uri=\"sip:x@y\"/>");
    assertThat(XcapError.parse(response.body()).ancestor()).contains(lab.root + "/" + document + "/~~/resource-lists");
    assertThat(lab.delete(JOE, document).status()).isEqualTo(200);
  }

  @Test
  void preconditionsAreJudgedBeforeAnythingElse() {
    String document = fresh("conditions");
    String tag = etag(lab.get(JOE, document));
    assertThat(lab.get(JOE, document, "If-None-Match: " + tag).status()).isEqualTo(304);
    assertThat(lab.get(JOE, document, "If-None-Match: \"other\"").status()).isEqualTo(200);
    assertThat(lab.get(JOE, document + "/~~/resource-lists/list", "If-None-Match: " + tag).status()).isEqualTo(304);
    assertThat(lab.get(JOE, document, "If-Match: \"other\"").status()).isEqualTo(412);
    assertThat(lab.put(JOE, document, LISTS, DOCUMENT, "If-None-Match: *").status()).isEqualTo(412);
    assertThat(lab.put(JOE, document, LISTS, "<broken", "If-Match: \"other\"").status()).isEqualTo(412);
    assertThat(lab.put(JOE, document, "text/plain", DOCUMENT, "If-Match: \"other\"").status()).isEqualTo(412);
    assertThat(lab.delete(JOE, document, "If-Match: \"other\"").status()).isEqualTo(412);
    String entry = document + "/~~/resource-lists/list/entry%5B@uri=%22sip:n@example.com%22%5D";
    assertThat(lab.put(JOE, entry, ELEMENT, "<entry uri=\"sip:n@example.com\"/>", "If-None-Match: *").status()).isEqualTo(412); // section 8.2.6
    Response same = lab.put(JOE, document, LISTS, DOCUMENT, "If-Match: \"x\", " + tag);
    assertThat(same.status()).isEqualTo(200);
    assertThat(etag(same)).isNotEqualTo(tag); // a new one for every PUT
    assertThat(lab.put(JOE, "resource-lists/users/" + JOE + "/not-there", LISTS, DOCUMENT, "If-Match: *").status()).isEqualTo(412);
    assertThat(lab.delete(JOE, document, "If-Match: " + etag(same)).status()).isEqualTo(200);
  }

  @Test
  void headIsAnsweredAsGetWithoutBody() {
    String document = fresh("head");
    Response head = lab.call(JOE, "HEAD", document, "", "");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.header("Content-Length")).contains(Integer.toString(DOCUMENT.length()));
    assertThat(lab.delete(JOE, document).status()).isEqualTo(200);
  }

  @Test
  void aUserIsReachedByAllHisIdentitiesAndSpellings() {
    assertThat(lab.put("sip:bob@example.com", "resource-lists/users/tel:+4912345/index", LISTS, DOCUMENT).status()).isEqualTo(201);
    for (String spelling : new String[] {"sip:bob@example.com", "sip%3Abob%40example.com", "tel%3A%2B4912345", "bob@example.com", "sip:bob@EXAMPLE.com"}) {
      assertThat(lab.get("sip:bob@example.com", "resource-lists/users/" + spelling + "/index").status()).as(spelling).isEqualTo(200);
    }
  }

  @Test
  void aUriOfAServiceIsGivenOnlyOnceInTheDomain() {
    String type = "application/rls-services+xml";
    String service = "<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\"><service uri=\"sip:club@example.com\">"
        + "<list xmlns:rl=\"urn:ietf:params:xml:ns:resource-lists\"><rl:entry uri=\"sip:a@b\"/></list></service></rls-services>";
    assertThat(lab.put(JOE, "rls-services/users/" + JOE + "/index", type, service).status()).isEqualTo(201);
    Response taken = lab.put("sip:bob@example.com", "rls-services/users/sip:bob@example.com/index", type, service);
    XcapError error = XcapError.parse(taken.body());
    assertThat(error.kind()).isEqualTo(XcapError.Kind.UNIQUENESS_FAILURE);
    assertThat(error.exists().getFirst().field()).isEqualTo("rls-services/service%5B1%5D/@uri");
    assertThat(error.exists().getFirst().alternatives()).contains("sip:club-2@example.com");
    assertThat(lab.put("sip:bob@example.com", "rls-services/users/sip:bob@example.com/index", type, service.replace("club", "club-2")).status())
        .isEqualTo(201);
    Response index = lab.get("", "rls-services/global/index");
    assertThat(XmlTree.parse(text(index)).root().children("service")).extracting(s -> s.value("uri").orElse(""))
        .contains("sip:club@example.com", "sip:club-2@example.com");
    assertThat(lab.get(JOE, "rls-services/global/index").status()).isEqualTo(403); // sensitive: RFC 4826 section 4.4.9
    assertThat(lab.delete(JOE, "rls-services/users/" + JOE + "/index").status()).isEqualTo(200);
    assertThat(lab.put(JOE, "rls-services/users/" + JOE + "/index", type, service).status()).as("free again").isEqualTo(201);
    assertThat(lab.delete(JOE, "rls-services/users/" + JOE + "/index").status()).isEqualTo(200);
    String foreign = service.replaceFirst("<list.*</list>", "<resource-list>http://x/resource-lists/users/sip:bill@example.com/index</resource-list>");
    assertThat(outcome(lab.put(JOE, "rls-services/users/" + JOE + "/index", type, foreign))).isEqualTo("409 constraint-failure");
  }

  @Test
  void theCapabilitiesAndTheDirectoryTellWhatIsThere() {
    String caps = text(lab.get(JOE, "xcap-caps/global/index"));
    assertThat(caps).contains("<auid>resource-lists</auid>", "<auid>org.openmobilealliance.access-rules</auid>",
        "<namespace>urn:ietf:params:xml:ns:common-policy</namespace>");
    assertThat(text(lab.get(JOE, "xcap-caps/global/index/~~/xcap-caps/auids/auid%5B1%5D"))).startsWith("<auid>");
    String document = fresh("listed");
    String directory = text(lab.get(JOE, "org.openmobilealliance.xcap-directory/users/" + JOE + "/directory.xml"));
    XmlTree tree = XmlTree.parse(directory);
    assertThat(tree.root().children("folder").stream().filter(f -> f.value("auid").orElse("").equals("resource-lists")).findFirst().orElseThrow()
        .children("entry").getFirst().value("uri")).contains(document);
    assertThat(directory).contains("etag=" + etag(lab.get(JOE, document)));
    assertThat(lab.get(BILL, "org.openmobilealliance.xcap-directory/users/" + JOE + "/directory.xml").status()).isEqualTo(403);
    assertThat(lab.put(JOE, "org.openmobilealliance.xcap-directory/users/" + JOE + "/directory.xml", "text/xml", "<a/>").status()).isEqualTo(405);
    assertThat(lab.delete(JOE, document).status()).isEqualTo(200);
  }

  @Test
  void usersAreFoundByWhatTheirProfilesSay() {
    String profile = "<user-profiles xmlns=\"urn:oma:xml:xdm:user-profile\"><user-profile uri=\"%s\"><display-name>%s</display-name>"
        + "<freetext>%s</freetext></user-profile></user-profiles>";
    String type = "application/vnd.oma.user-profile+xml";
    String path = "org.openmobilealliance.user-profile/users/%s/user-profile";
    assertThat(lab.put(JOE, path.formatted(JOE), type, profile.formatted(JOE, "Joe Smith", "likes tea")).status()).isEqualTo(201);
    assertThat(lab.put(BILL, path.formatted(BILL), type, profile.formatted(BILL, "Bill Doe", "likes coffee")).status()).isEqualTo(201);
    assertThat(found("$u/display-name=\"joe smith\"")).contains(JOE).doesNotContain(BILL);
    assertThat(found("contains($u/freetext, \"LIKES\") and not-served")).isEqualTo("400");
    assertThat(found("contains($u/freetext, \"LIKES\")")).contains(JOE, BILL);
    assertThat(found("(contains($u/freetext, \"tea\") or $u/@uri='sip:bill@example.com') and starts-with($u/display-name, \"b\")"))
        .contains(BILL).doesNotContain(JOE);
    assertThat(lab.xdms.named(" JOE smith ", 5)).extracting(f -> f.user().value()).containsExactly(JOE);
    assertThat(lab.put(JOE, path.formatted(JOE), type, profile.formatted(JOE, "Joseph", "")).status()).isEqualTo(200);
    assertThat(lab.xdms.named("Joe Smith", 5)).isEmpty();
    assertThat(lab.xdms.named("joseph", 5)).hasSize(1);
    assertThat(outcome(lab.put(JOE, path.formatted(JOE), type, profile.formatted(BILL, "x", "")))).isEqualTo("409 constraint-failure");
    assertThat(lab.get(BILL, path.formatted(JOE)).status()).as("everybody reads a profile").isEqualTo(200);
    assertThat(lab.put(BILL, path.formatted(JOE), type, profile.formatted(JOE, "x", "")).status()).isEqualTo(403);
    String locked = path.formatted(JOE).replace("user-profile", "locked-user-profile");
    assertThat(lab.put(JOE, locked, type, profile.formatted(JOE, "x", "")).status()).isEqualTo(403);
    assertThat(lab.put("", locked, type, profile.formatted(JOE, "x", "")).status()).isEqualTo(201);
    assertThat(lab.get(JOE, locked).status()).isEqualTo(200);
    assertThat(lab.get(BILL, locked).status()).isEqualTo(403);
  }

  private static String found(String where) {
    String query = "for $u in collection('users')/user-profiles/user-profile where " + where + " return <x/>";
    String body = "<search-set xmlns=\"urn:oma:xml:xdm:search\"><search id=\"7\"><request><query><![CDATA[" + query
        + "]]></query></request></search></search-set>";
    Response response = lab.call(JOE, "POST", "org.openmobilealliance.search/users/" + JOE + "/search", "application/vnd.oma.search+xml", body);
    return response.status() == 200 ? text(response) : Integer.toString(response.status());
  }

  @Test
  void theServerItselfReadsAndWritesAtOnce() {
    var address = new XdmAddress("org.openmobilealliance.conv-history", JOE, "conv-history");
    var told = new ArrayList<XdmAddress>();
    Xdms.Watch watch = lab.xdms.watch(address::equals, told::add);
    try {
      byte[] list = "<history-list xmlns=\"urn:oma:xml:im:history-list\"/>".getBytes(StandardCharsets.UTF_8);
      var written = lab.xdms.put(address, list, Optional.empty()).orElseThrow();
      assertThat(told).containsExactly(address);
      assertThat(lab.xdms.document(address)).contains(written);
      assertThat(lab.xdms.put(address, list, Optional.of("other"))).isEmpty();
      assertThat(lab.xdms.put(address, list, Optional.of(written.etag()))).isPresent();
      assertThat(lab.xdms.remove(address)).isTrue();
      assertThat(lab.xdms.document(address)).isEmpty();
      assertThat(told).hasSize(3);
    } finally {
      watch.close();
    }
    assertThat(lab.xdms.put(address, "<history-list xmlns=\"urn:oma:xml:im:history-list\"/>".getBytes(StandardCharsets.UTF_8), Optional.empty()))
        .isPresent();
    assertThat(told).as("nobody watches any more").hasSize(3);
  }

  @Test
  void aLargeDocumentIsTakenAndATooLargeOneIsNot() {
    StringBuilder many = new StringBuilder("<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"big\">");
    for (int i = 0; i < 10_000; i++) {
      many.append("<entry uri=\"sip:user").append(i).append("@example.com\"><display-name>User Number ").append(i);
      many.append(" of many</display-name></entry>\n");
    }
    String document = many.append("</list></resource-lists>").toString();
    assertThat(document.length()).isBetween(900_000, 1 << 20);
    String path = "resource-lists/users/" + JOE + "/big";
    assertThat(lab.put(JOE, path, LISTS, document).status()).isEqualTo(201);
    String entry = path + "/~~/resource-lists/list/entry%5B@uri=%22sip:user9999@example.com%22%5D";
    assertThat(lab.put(JOE, entry, ELEMENT, "<entry uri=\"sip:user9999@example.com\"/>").status()).isEqualTo(200);
    assertThat(text(lab.get(JOE, entry))).isEqualTo("<entry uri=\"sip:user9999@example.com\"/>");
    String more = "<list name=\"more\">" + " ".repeat(300_000) + "</list>";
    assertThat(outcome(lab.put(JOE, path + "/~~/resource-lists/list%5B@name=%22more%22%5D", ELEMENT, more))).isEqualTo("409 extension");
    assertThat(lab.delete(JOE, path).status()).isEqualTo(200);
  }
}
