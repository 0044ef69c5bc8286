// Every error of RFC 4825 against the XCAP server over real HTTP.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.xdms.XdmLab.BILL;
import static tucket.server.xdms.XdmLab.JOE;
import static tucket.server.xdms.XdmLab.etag;
import static tucket.server.xdms.XdmLab.text;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tucket.protocol.xcap.XcapError;
import tucket.transport.http.Response;

/// The conflict reports of section 11, each once by the enumeration of them all and again for every cause that the RFC names, and the other statuses
/// of sections 6 to 8. Who is unknown (401) or asks for an unknown user (404) is in [AggregationProxyTest].
class Rfc4825ErrorsTest {
  private static final String LISTS = "application/resource-lists+xml";
  private static final String ELEMENT = "application/xcap-el+xml";
  private static final String ATTRIBUTE = "application/xcap-att+xml";
  private static final String PATH = "resource-lists/users/" + JOE + "/index";
  private static final String LIST = PATH + "/~~/resource-lists/list";
  private static final String DOCUMENT = """
      <?xml version="1.0" encoding="UTF-8"?>
      <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
        <list name="friends">
          <entry uri="sip:a@example.com"/>
          <entry uri="sip:b@example.com"/>
        </list>
      </resource-lists>""";

  private static final XdmLab LAB = new XdmLab(true);

  @AfterAll
  static void close() {
    LAB.close();
  }

  @BeforeEach
  void theDocumentIsThere() {
    assertThat(LAB.put(JOE, PATH, LISTS, DOCUMENT).status()).isIn(200, 201);
  }

  private static String uri(String path) {
    return path.replace("LIST", LIST).replace("DOC", PATH).replace("[", "%5b").replace("]", "%5d").replace("\"", "%22").replace(" ", "%20");
  }

  private static Response put(String path, String type, String body) {
    return LAB.put(JOE, uri(path), type, body);
  }

  private static Response conflict(XcapError.Kind kind) {
    return switch (kind) {
      case NOT_WELL_FORMED -> put("DOC", LISTS, "<resource-lists>");
      case NOT_XML_FRAG -> put("LIST/entry[3]", ELEMENT, "<entry uri=\"sip:c@example.com\"/><entry uri=\"sip:d@example.com\"/>");
      case NO_PARENT -> put("DOC/~~/resource-lists/list[@name=\"none\"]/entry", ELEMENT, "<entry uri=\"sip:c@example.com\"/>");
      case SCHEMA_VALIDATION_ERROR -> put("LIST/entry[3]", ELEMENT, "<entry/>");
      case NOT_XML_ATT_VALUE -> put("LIST/@name", ATTRIBUTE, "friends");
      case CANNOT_INSERT -> put("LIST/entry[@uri=\"sip:c@example.com\"]", ELEMENT, "<entry uri=\"sip:d@example.com\"/>");
      case CANNOT_DELETE -> LAB.delete(JOE, uri("LIST/entry[1]"));
      case UNIQUENESS_FAILURE -> put("LIST/entry[3]", ELEMENT, "<entry uri=\"sip:a@example.com\"/>");
      case CONSTRAINT_FAILURE -> put("LIST/external", ELEMENT, "<external anchor=\"not-absolute\"/>");
      case EXTENSION -> put("LIST/entry[3]", ELEMENT, "<entry uri=\"sip:c@example.com\">" + " ".repeat((1 << 20) - 100) + "</entry>");
      case NOT_UTF_8 -> LAB.call(JOE, "PUT", PATH, LISTS, DOCUMENT.replace("friends", "fr\u00e8res").getBytes(StandardCharsets.ISO_8859_1));
    };
  }

  @ParameterizedTest
  @EnumSource(XcapError.Kind.class)
  void section11EveryConflictIsReportedAsItsSchemaHasIt(XcapError.Kind kind) throws Exception {
    String before = etag(LAB.get(JOE, PATH));
    Response response = conflict(kind);
    assertThat(response.status()).isEqualTo(409);
    assertThat(response.header("Content-Type")).contains("application/xcap-error+xml");
    TestSchema.ERROR.validate(response.body());
    XcapError error = XcapError.parse(response.body());
    assertThat(error.kind()).isEqualTo(kind);
    assertThat(error.phrase()).isNotBlank();
    assertThat(etag(LAB.get(JOE, PATH))).as("nothing is changed").isEqualTo(before);
    assertThat(text(LAB.get(JOE, PATH))).isEqualTo(DOCUMENT);
  }

  private static final String CONFLICTS = """
      8.2.1 | PUT    | resource-lists/users/sip:joe@example.com/sub/index           | lists | <a/>                           | no-parent
      8.2.1 | PUT    | resource-lists/users/sip:joe@example.com/none/~~/a/b         | el    | <b/>                           | no-parent
      8.2.1 | PUT    | resource-lists/users/sip:joe@example.com/none/~~/a/@b        | att   | "x"                            | no-parent
      8.2.1 | PUT    | DOC/~~/resource-lists/list[2]/entry                          | el    | <entry uri="sip:c@d"/>         | no-parent
      8.2.1 | PUT    | LIST/entry/display-name                                      | el    | <display-name>A</display-name> | no-parent
      8.2.1 | PUT    | LIST/entry[@uri="sip:none@example.com"]/@uri                 | att   | "sip:c@d"                      | no-parent
      8.2.2 | PUT    | DOC                                                          | lists | <a></b>                        | not-well-formed
      8.2.2 | PUT    | DOC                                                          | lists | <a/><b/>                       | not-well-formed
      8.2.2 | PUT    | DOC                                                          | lists | text                           | not-well-formed
      8.2.2 | PUT    | DOC                                                          | lists | ''                             | not-well-formed
      8.2.2 | PUT    | DOC                                                          | lists | <p:a/>                         | not-well-formed
      8.2.2 | PUT    | DOC                                                          | lists | <?xml version="1.0" encoding="ISO-8859-1"?><a/> | not-utf-8
      8.2.2 | PUT    | LIST/entry[3]                                                | el    | <entry uri="sip:c@d">          | not-xml-frag
      8.2.2 | PUT    | LIST/entry[3]                                                | el    | text                           | not-xml-frag
      8.2.2 | PUT    | LIST/entry[3]                                                | el    | ''                             | not-xml-frag
      8.2.2 | PUT    | LIST/entry[3]                                                | el    | text<entry uri="sip:c@d"/>     | not-xml-frag
      8.2.2 | PUT    | LIST/entry[3]                                                | el    | <entry uri="a" uri="b"/>       | not-xml-frag
      8.2.2 | PUT    | LIST/@name                                                   | att   | "a<b"                          | not-xml-att-value
      8.2.2 | PUT    | LIST/@name                                                   | att   | "a & b"                        | not-xml-att-value
      8.2.2 | PUT    | LIST/@name                                                   | att   | "a"b"                          | not-xml-att-value
      8.2.2 | PUT    | LIST/@name                                                   | att   | "a'                            | not-xml-att-value
      8.2.2 | PUT    | LIST/@name                                                   | att   | ''                             | not-xml-att-value
      8.2.3 | PUT    | LIST/entry[4]                                                | el    | <entry uri="sip:c@d"/>         | cannot-insert
      8.2.3 | PUT    | LIST/*[4]                                                    | el    | <entry uri="sip:c@d"/>         | cannot-insert
      8.2.3 | PUT    | LIST/external[2]                                             | el    | <external/>                    | cannot-insert
      8.2.3 | PUT    | LIST/external                                                | el    | <entry uri="sip:c@d"/>         | cannot-insert
      8.2.3 | PUT    | LIST/entry                                                   | el    | <entry uri="sip:c@d"/>         | cannot-insert
      8.2.4 | PUT    | LIST[@name="friends"]                                        | el    | <list name="other"/>           | cannot-insert
      8.2.4 | PUT    | LIST/entry[1]                                                | el    | <list/>                        | cannot-insert
      8.2.4 | PUT    | LIST[@name="friends"]/@name                                  | att   | "other"                        | cannot-insert
      8.2.5 | PUT    | DOC                                                          | lists | <a/>                           | schema-validation-error
      8.2.5 | PUT    | LIST/@unknown                                                | att   | "x"                            | schema-validation-error
      8.2.5 | PUT    | LIST/entry[2]/@uri                                           | att   | "sip:a@example.com"            | uniqueness-failure
      8.2.5 | PUT    | LIST/entry-ref                                               | el    | <entry-ref ref="/a"/>          | constraint-failure
      8.4   | DELETE | LIST/entry[1]                                                |       | ''                             | cannot-delete
      8.4   | DELETE | LIST/*[1]                                                    |       | ''                             | cannot-delete
      8.4   | DELETE | LIST/entry[1]/@uri                                           |       | ''                             | schema-validation-error
      8.4   | DELETE | DOC/~~/resource-lists                                        |       | ''                             | schema-validation-error
      """;

  private static String type(String name) {
    return switch (name) {
      case "lists" -> LISTS;
      case "el" -> ELEMENT;
      case "att" -> ATTRIBUTE;
      default -> name;
    };
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "null", emptyValue = "", textBlock = CONFLICTS)
  void section8EveryCauseHasItsConflict(String section, String method, String path, String type, String body, String element) throws Exception {
    Response response = LAB.call(JOE, method, uri(path), type == null ? "" : type(type), body);
    assertThat(response.status()).as(section).isEqualTo(409);
    TestSchema.ERROR.validate(response.body());
    assertThat(XcapError.parse(response.body()).kind().element()).isEqualTo(element);
    assertThat(text(LAB.get(JOE, PATH))).as("nothing is changed").isEqualTo(DOCUMENT);
  }

  @Test
  void section822ElementsAndValuesThatAreNotUtf8AreToldSo() {
    byte[] element = "<entry uri=\"sip:\u00e9@example.com\"/>".getBytes(StandardCharsets.ISO_8859_1);
    byte[] value = "\"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(XdmLab.outcome(LAB.call(JOE, "PUT", uri("LIST/entry[3]"), ELEMENT, element))).isEqualTo("409 not-utf-8");
    assertThat(XdmLab.outcome(LAB.call(JOE, "PUT", uri("LIST/@name"), ATTRIBUTE, value))).isEqualTo("409 not-utf-8");
    assertThat(XdmLab.outcome(LAB.call(JOE, "PUT", PATH, LISTS, DOCUMENT.getBytes(StandardCharsets.UTF_16)))).isEqualTo("409 not-utf-8");
    assertThat(text(LAB.get(JOE, PATH))).isEqualTo(DOCUMENT);
  }

  @Test
  void section111TheClosestAncestorOfAMissingParentCanBeAsked() {
    Response response = put("LIST[@name=\"friends\"]/list[@name=\"a b\"]/list[1]/entry", ELEMENT, "<entry uri=\"sip:c@d\"/>");
    String ancestor = XcapError.parse(response.body()).ancestor().orElseThrow();
    assertThat(ancestor).isEqualTo(LAB.root + "/" + PATH + "/~~/resource-lists/list%5B@name=%22friends%22%5D");
    assertThat(LAB.get(JOE, ancestor.substring(LAB.root.length() + 1)).status()).isEqualTo(200);
  }

  @Test
  void section111WhatIsNotUniqueIsNamed() {
    Response response = conflict(XcapError.Kind.UNIQUENESS_FAILURE);
    assertThat(XcapError.parse(response.body()).exists()).extracting(XcapError.Exists::field).containsExactly("resource-lists/list%5B1%5D/entry%5B3%5D/@uri");
  }

  private static final String STATUSES = """
      8     | GET    | no-such-usage/users/sip:joe@example.com/index     |          | ''     | 404
      6.2   | GET    | resource-lists/others/sip:joe@example.com/index   |          | ''     | 404
      6.2   | GET    | resource-lists/users/sip:joe@example.com          |          | ''     | 404
      8     | GET    | LIST/entry[last()]                                |          | ''     | 404
      8     | PUT    | LIST/entry[last()]                                | el       | <a/>   | 404
      8     | DELETE | LIST/entry[last()]                                |          | ''     | 404
      8.3   | GET    | resource-lists/users/sip:joe@example.com/none     |          | ''     | 404
      8.3   | GET    | resource-lists/users/sip:joe@example.com/none/~~/a |         | ''     | 404
      8.3   | GET    | LIST/list                                         |          | ''     | 404
      8.3   | GET    | LIST/entry                                        |          | ''     | 404
      8.3   | GET    | LIST/@none                                        |          | ''     | 404
      8.4   | DELETE | resource-lists/users/sip:joe@example.com/none     |          | ''     | 404
      8.4   | DELETE | resource-lists/users/sip:joe@example.com/none/~~/a |         | ''     | 404
      8.4   | DELETE | LIST/list                                         |          | ''     | 404
      8.4   | DELETE | LIST/entry                                        |          | ''     | 404
      8.4   | DELETE | LIST/@none                                        |          | ''     | 404
      8     | GET    | DOC/~~/p:resource-lists                           |          | ''     | 400
      8     | PUT    | LIST/p:entry                                      | el       | <a/>   | 400
      8     | DELETE | LIST/@p:name                                      |          | ''     | 400
      8     | GET    | LIST/entry[@p:uri="a"]                            |          | ''     | 400
      8.1   | POST   | DOC                                               | lists    | <a/>   | 405
      8.1   | POST   | LIST/entry[1]                                     | el       | <a/>   | 405
      8.2   | PUT    | LIST/namespace::*                                 | el       | <a/>   | 405
      8.4   | DELETE | LIST/namespace::*                                 |          | ''     | 405
      8.2.2 | PUT    | DOC                                               | text/xml | <a/>   | 415
      8.2.2 | PUT    | DOC                                               | el       | <a/>   | 415
      8.2.2 | PUT    | DOC                                               |          | <a/>   | 415
      8.2.2 | PUT    | LIST/entry[3]                                     | lists    | <a/>   | 415
      8.2.2 | PUT    | LIST/entry[3]                                     | att      | "a"    | 415
      8.2.2 | PUT    | LIST/@name                                        | el       | <a/>   | 415
      8.2.2 | PUT    | LIST/@name                                        | text/plain | "a"  | 415
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "null", emptyValue = "", textBlock = STATUSES)
  void section8EveryOtherErrorHasItsStatus(String section, String method, String path, String type, String body, int status) {
    Response response = LAB.call(JOE, method, uri(path), type == null ? "" : type(type), body);
    assertThat(response.status()).as(section).isEqualTo(status);
    if (status == 405) {
      assertThat(response.header("Allow").orElse("")).contains("GET");
    }
    assertThat(text(LAB.get(JOE, PATH))).as("nothing is changed").isEqualTo(DOCUMENT);
  }

  @ParameterizedTest
  @CsvSource({"GET", "PUT", "DELETE"})
  void section57OnlyTheUserHimselfIsAdmitted(String method) {
    assertThat(LAB.call(BILL, method, PATH, LISTS, method.equals("PUT") ? DOCUMENT : "").status()).isEqualTo(403);
    assertThat(LAB.call(BILL, method, uri("LIST/entry[1]"), ELEMENT, method.equals("PUT") ? "<entry/>" : "").status()).isEqualTo(403);
    assertThat(LAB.put(JOE, "resource-lists/global/index", LISTS, DOCUMENT).status()).isEqualTo(403);
    assertThat(text(LAB.get(JOE, PATH))).isEqualTo(DOCUMENT);
  }

  @Test
  void section826WhatIsConditionalOnAnotherVersionIsNotDone() {
    String tag = etag(LAB.get(JOE, PATH));
    for (String path : new String[] {PATH, uri("LIST/entry[1]"), uri("LIST/@name")}) {
      String type = path.equals(PATH) ? LISTS : path.endsWith("@name") ? ATTRIBUTE : ELEMENT;
      assertThat(LAB.put(JOE, path, type, "", "If-Match: \"other\"").status()).isEqualTo(412);
      assertThat(LAB.put(JOE, path, type, "", "If-None-Match: *").status()).isEqualTo(412);
      assertThat(LAB.put(JOE, path, type, "", "If-None-Match: " + tag).status()).isEqualTo(412);
      assertThat(LAB.delete(JOE, path, "If-Match: \"other\"").status()).isEqualTo(412);
      assertThat(LAB.get(JOE, path, "If-Match: \"other\"").status()).isEqualTo(412);
      assertThat(LAB.get(JOE, path, "If-None-Match: " + tag).status()).isEqualTo(304);
    }
    // an insertion can't be conditional on being one
    assertThat(LAB.put(JOE, uri("LIST/entry[3]"), ELEMENT, "<entry uri=\"sip:c@d\"/>", "If-None-Match: *").status()).isEqualTo(412);
    assertThat(text(LAB.get(JOE, PATH))).isEqualTo(DOCUMENT);
  }
}
