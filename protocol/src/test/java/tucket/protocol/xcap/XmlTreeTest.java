// The scanner against the XML reader of the platform, and its limits.
package tucket.protocol.xcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import tucket.protocol.Malformed;
import tucket.protocol.fuzz.Mutations;
import tucket.protocol.testing.Damaged;

class XmlTreeTest {
  private static final List<String> CORPUS =
      List.of(
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\n<list name=\"a &amp; b\">"
              + "<entry uri='sip:x@y'><display-name xml:lang=\"de\">J\u00f6rg &#x41;&#66;</display-name></entry></list>\n</resource-lists>\n",
          "<!-- c --><?pi data?><p:a xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" p:x=\"1\" q:x=\"2\" x=\"3\"><![CDATA[<&]]>t<p:b/>u<!-- d --></p:a>",
          "<a>\t<b\n c = \"1\"\r\nd='2' >x</b  ><e />\u20ac \ud83d\ude00</a><!-- end -->");

  @Test
  void itReadsWhatThePlatformReadsAndRefusesWhatItRefuses() throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    factory.setAttribute("jdk.xml.maxXMLNameLimit", 0); // it counts namespaces as names
    DocumentBuilder builder = factory.newDocumentBuilder();
    builder.setErrorHandler(null);
    Mutations mutations = new Mutations(new SplittableRandom(4825));
    List<byte[]> corpus = CORPUS.stream().map(c -> c.getBytes(StandardCharsets.UTF_8)).toList();
    int both = 0;
    for (int i = 0; i < 20_000; i++) {
      String text = i < CORPUS.size() ? CORPUS.get(i) : new String(mutations.next(corpus), StandardCharsets.UTF_8);
      if (text.contains("\ufffd") || text.contains("\ufeff") || text.contains("<?xml") && !text.startsWith("<?xml")) {
        continue; // the platform has the names of the fourth edition
      }
      if (text.startsWith("<?xml") && text.contains("?>") && !text.startsWith(CORPUS.getFirst().substring(0, 38))) {
        continue; // what is wrong about an XML declaration is left to others
      }
      String theirs = theirs(builder, text);
      String ours = ours(text);
      assertThat(ours).as("round %d: %s", i, text).isEqualTo(theirs);
      both += ours.equals("bad") ? 0 : 1;
    }
    assertThat(both).isGreaterThan(100);
  }

  private static String theirs(DocumentBuilder builder, String text) {
    try {
      return shape(builder.parse(new InputSource(new StringReader(text))).getDocumentElement());
    } catch (Exception e) {
      return "bad";
    }
  }

  private static String ours(String text) {
    try {
      XmlTree tree = XmlTree.parse(text);
      assertThat(tree.source(tree.root())).startsWith("<").endsWith(">");
      return shape(tree, tree.root());
    } catch (Malformed e) {
      return "bad";
    }
  }

  private static String shape(Element e) {
    List<String> attributes = new ArrayList<>();
    for (int i = 0; i < e.getAttributes().getLength(); i++) {
      Node a = e.getAttributes().item(i);
      if (!a.getNodeName().equals("xmlns") && !a.getNodeName().startsWith("xmlns:")) {
        attributes.add((a.getNamespaceURI() == null ? "" : a.getNamespaceURI()) + "|" + a.getLocalName() + "=" + a.getNodeValue());
      }
    }
    attributes.sort(null);
    StringBuilder out = new StringBuilder((e.getNamespaceURI() == null ? "" : e.getNamespaceURI()) + "|" + e.getLocalName() + attributes);
    StringBuilder content = new StringBuilder();
    for (Node n = e.getFirstChild(); n != null; n = n.getNextSibling()) {
      switch (n.getNodeType()) {
        case Node.ELEMENT_NODE -> out.append('(').append(shape((Element) n)).append(')');
        case Node.TEXT_NODE, Node.CDATA_SECTION_NODE -> content.append(n.getNodeValue());
        default -> {}
      }
    }
    return out + content.toString().replace("\r\n", "\n").replace('\r', '\n').strip();
  }

  private static String shape(XmlTree tree, XmlSpan e) {
    List<String> attributes = new ArrayList<>();
    e.attributes().forEach(a -> attributes.add(a.namespace() + "|" + a.local() + "=" + a.value()));
    attributes.sort(null);
    StringBuilder out = new StringBuilder(e.namespace() + "|" + e.local() + attributes);
    e.children().forEach(c -> out.append('(').append(shape(tree, c)).append(')'));
    return out + tree.content(e).replace("\r\n", "\n").replace('\r', '\n').strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
    "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
    "<a>&x;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&#99999999999;</a>", "<a", "<a>", "", " ", "<a/><b/>"
  })
  void nothingButPlainXmlIsRead(String text) {
    assertThatThrownBy(() -> XmlTree.parse(text)).isInstanceOf(Malformed.class);
  }

  @Test
  void depthAndNumberAreBounded() {
    assertThatThrownBy(() -> XmlTree.parse("<a>".repeat(65) + "</a>".repeat(65))).isInstanceOf(Malformed.class);
    assertThat(XmlTree.parse("<a>".repeat(64) + "</a>".repeat(64)).root().local()).isEqualTo("a");
    assertThatThrownBy(() -> XmlTree.parse("<a>" + "<b/>".repeat(XmlTree.MAX_ELEMENTS) + "</a>")).isInstanceOf(Malformed.class);
    StringBuilder attributes = new StringBuilder("<a");
    for (int i = 0; i < 257; i++) {
      attributes.append(" a").append(i).append("=''");
    }
    assertThatThrownBy(() -> XmlTree.parse(attributes + "/>")).isInstanceOf(Malformed.class);
  }

  @Test
  void encodingsOtherThanUtf8AreSeen() {
    assertThat(XmlTree.utf8("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>".getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(XmlTree.utf8("<a/>".getBytes(StandardCharsets.UTF_16))).isEmpty();
    assertThat(XmlTree.utf8(new byte[] {'<', 'a', '>', (byte) 0xE9, '<', '/', 'a', '>'})).isEmpty();
    assertThat(XmlTree.utf8("\ufeff<a/>".getBytes(StandardCharsets.UTF_8))).contains("<a/>");
    assertThat(XmlTree.utf8("<?xml version='1.0' encoding='utf-8'?><a/>".getBytes(StandardCharsets.UTF_8))).isPresent();
  }

  @Test
  void damagedUrisAndDocumentsNeverEscapeAsAnythingButMalformed() {
    List<byte[]> corpus =
        List.of(
            "a/users/sip:x@y/index/~~/resource-lists/list[@name=\"a\"]/*[2][@id='7']/@p:q?xmlns(p=urn:p)".getBytes(StandardCharsets.UTF_8),
            "a/global/index/~~/x/namespace::*?xmlns(a=urn:^(x))".getBytes(StandardCharsets.UTF_8));
    XmlTree tree = XmlTree.parse(CORPUS.getFirst());
    Damaged.run(4826, 10_000, corpus, input -> {
      String text = new String(input, StandardCharsets.UTF_8);
      int query = text.indexOf('?');
      XcapUri.parse(query < 0 ? text : text.substring(0, query), query < 0 ? "" : text.substring(query + 1))
          .flatMap(XcapUri::node)
          .ifPresent(node -> {
            new XcapEdit("urn:ietf:params:xml:ns:resource-lists").get(tree, node);
            new XcapEdit("urn:ietf:params:xml:ns:resource-lists").delete(tree, node);
          });
    });
    List<byte[]> documents = CORPUS.stream().map(c -> c.getBytes(StandardCharsets.UTF_8)).toList();
    NodeSelector anywhere = NodeSelector.parse("*/*[1][@new=\"x\"]", Map.of());
    Damaged.run(4827, 10_000, documents, input -> new XcapEdit("").put(tree, anywhere, input));
  }
}
