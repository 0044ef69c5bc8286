// Trees that share with the version before what was not touched, against trees that were read from the whole text.
package tucket.protocol.xcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tucket.protocol.xcap.XcapEdit.Result;

class XmlSharingTest {
  private static final String[] BODIES = {
      "<e id=\"%d\"/>", "<e id='%d' x = \"y\">t<f/>u</e>", "<p:e xmlns:p=\"urn:p\" p:id=\"%d\"/>", "<l id=\"%d\"><e id=\"1\"/> <e id=\"2\"/></l>",
      "<f>%d <![CDATA[<e/>]]> \ud83d\ude00</f>", "<l id=\"%d\"></l>"};
  private static final String[] STEPS = {"*[%d]", "e[%d]", "l[%d]", "e[@id=\"%d\"]", "*[@id=\"%d\"]", "f", "l", "e[%d][@id=\"7\"]", "p:e[%d]"};

  @Test
  void anEditedTreeIsTheOneThatWouldBeRead() {
    SplittableRandom random = new SplittableRandom(4825);
    int edits = 0;
    for (int round = 0; round < 20; round++) {
      String many = "<e><f/></e>]".repeat(random.nextInt(200));
      XmlTree tree = XmlTree.parse("<?xml version=\"1.0\"?>\n<!-- c --><r xmlns=\"urn:r\"><l id=\"0\"/>\n]]<e/>\u20ac<e id='7'/>" + many + "</r>\n");
      XcapEdit edit = new XcapEdit("urn:r");
      for (int i = 0; i < 600; i++) {
        NodeSelector selector = NodeSelector.parse(selector(random), Map.of("p", "urn:p"));
        Result result = once(edit, tree, selector, random);
        if (result instanceof Result.Edited edited) {
          edits++;
          tree = edited.tree();
          same(tree, XmlTree.parse(tree.text()));
        }
      }
    }
    assertThat(edits).isGreaterThan(500);
  }

  private static Result once(XcapEdit edit, XmlTree tree, NodeSelector selector, SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      return edit.delete(tree, selector);
    }
    boolean attribute = selector.terminal() instanceof NodeSelector.Terminal.Attribute;
    String body = attribute ? "\"" + random.nextInt(9) + "\"" : BODIES[random.nextInt(BODIES.length)].formatted(random.nextInt(9));
    Result result = edit.put(tree, selector, body.getBytes(StandardCharsets.UTF_8));
    if (result instanceof Result.Edited edited) {
      assertThat(edit.get(edited.tree(), selector).orElseThrow().text()).isEqualTo(body); // GET(PUT(x)) is x
    }
    return result;
  }

  private static String selector(SplittableRandom random) {
    StringBuilder path = new StringBuilder("r");
    for (int depth = random.nextInt(3); depth >= 0; depth--) {
      path.append('/').append(STEPS[random.nextInt(STEPS.length)].formatted(1 + random.nextInt(random.nextBoolean() ? 8 : 200)));
    }
    return random.nextInt(5) == 0 ? path + "/@id" : path.toString();
  }

  private static void same(XmlTree ours, XmlTree read) {
    assertThat(ours.bytes()).isEqualTo(ours.text().getBytes(StandardCharsets.UTF_8)).hasSize((int) ours.pieces().size());
    same(ours.root(), read.root());
  }

  private static void same(XmlSpan ours, XmlSpan read) {
    assertThat(List.of(ours.start(), ours.nameEnd(), ours.contentStart(), ours.contentEnd(), ours.end()))
        .isEqualTo(List.of(read.start(), read.nameEnd(), read.contentStart(), read.contentEnd(), read.end()));
    assertThat(ours.prefix() + ours.local() + ours.namespace() + ours.declarations() + ours.attributes())
        .isEqualTo(read.prefix() + read.local() + read.namespace() + read.declarations() + read.attributes());
    assertThat(ours.element().count()).isEqualTo(read.element().count());
    assertThat(ours.element().depth()).isEqualTo(read.element().depth());
    assertThat(ours.children()).hasSameSizeAs(read.children());
    for (int i = 0; i < ours.children().size(); i++) {
      same(ours.children().get(i), read.children().get(i));
    }
  }

  /// One entry of ten thousand: almost everything is shared, however long the list is edited, and pieces and runs stay of a size.
  @Test
  void oneEntryOfManyLeavesTheRestShared() {
    XmlTree tree = list(10_000);
    XcapEdit edit = new XcapEdit("");
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2000; i++) {
      NodeSelector selector = NodeSelector.parse("r/e[@u=\"u" + random.nextInt(12_000) + "\"]", Map.of());
      Result result = i % 3 == 0 ? edit.delete(tree, selector)
          : edit.put(tree, selector, ("<e u=\"" + selector.steps().get(1).test().orElseThrow().value() + "\">" + "x".repeat(random.nextInt(200)) + "</e>")
              .getBytes(StandardCharsets.UTF_8));
      if (result instanceof Result.Edited edited) {
        Set<Object> before = Collections.newSetFromMap(new IdentityHashMap<>());
        before.addAll(tree.pieces().pieces());
        assertThat(edited.tree().pieces().pieces().stream().filter(p -> !before.contains(p)).count()).isLessThanOrEqualTo(3);
        tree = edited.tree();
      }
    }
    assertThat(tree.pieces().pieces()).allMatch(p -> p.text().length() >= XmlText.MOST / 4 && p.text().length() <= XmlText.MOST + 1);
    same(tree, XmlTree.parse(tree.text()));
  }

  @Test
  void whatIsDeletedAndInsertedForLongLeavesNoCrumbs() {
    XmlTree tree = list(3000);
    XcapEdit edit = new XcapEdit("");
    for (int i = 0; i < 2990; i++) {
      tree = ((Result.Edited) edit.delete(tree, NodeSelector.parse("r/e[@u=\"u" + i + "\"]", Map.of()))).tree();
    }
    assertThat(tree.root().children()).hasSize(10);
    assertThat(tree.pieces().pieces()).hasSize(1);
    same(tree, XmlTree.parse(tree.text()));
  }

  @Test
  void piecesCutNoCharacterInTwo() {
    String smiles = "\ud83d\ude00".repeat(20_001);
    for (String text : List.of("<r>" + smiles + "</r>", "<r>x" + smiles + "</r>")) {
      XmlTree tree = XmlTree.parse(text);
      assertThat(tree.pieces().pieces()).allMatch(p -> !Character.isLowSurrogate(p.text().charAt(0))).hasSizeGreaterThan(3);
      assertThat(tree.bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
      XmlTree again = XmlTree.parse(tree.pieces().pieces().stream().map(XmlText.Piece::text).toList());
      assertThat(again.text()).isEqualTo(text);
      assertThat(tree.text(5, 20_000)).isEqualTo(text.substring(5, 20_000));
    }
  }

  @Test
  void whatAnElementKeptApartMustNotMakeAnEndOfCdata() {
    for (String text : List.of("<r>]]<e/>></r>", "<r>]<e/>]></r>")) {
      Result result = new XcapEdit("").delete(XmlTree.parse(text), NodeSelector.parse("r/e", Map.of()));
      assertThat(result).isInstanceOfSatisfying(Result.Conflict.class, c -> assertThat(c.error().kind()).isEqualTo(XcapError.Kind.CANNOT_DELETE));
    }
  }

  @Test
  void editsKeepTheLimitsOfReading() {
    XcapEdit edit = new XcapEdit("");
    String deep = "<a>".repeat(63) + "</a>".repeat(63);
    assertThat(edit.put(XmlTree.parse("<r><b/></r>"), NodeSelector.parse("r/a", Map.of()), deep.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Result.Edited.class);
    assertThat(edit.put(XmlTree.parse("<r><b/></r>"), NodeSelector.parse("r/b/a", Map.of()), deep.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(Result.Conflict.class, c -> assertThat(c.error().kind()).isEqualTo(XcapError.Kind.NOT_XML_FRAG));
    XmlTree full = XmlTree.parse("<r>" + "<e/>".repeat(XmlTree.MAX_ELEMENTS - 1) + "</r>");
    assertThat(edit.put(full, NodeSelector.parse("r/f", Map.of()), "<f/>".getBytes(StandardCharsets.UTF_8))).isInstanceOf(Result.Conflict.class);
    assertThat(edit.put(full, NodeSelector.parse("r/e[1]", Map.of()), "<e x=\"\"/>".getBytes(StandardCharsets.UTF_8))).isInstanceOf(Result.Edited.class);
  }

  private static XmlTree list(int entries) {
    StringBuilder out = new StringBuilder("<r>");
    for (int i = 0; i < entries; i++) {
      out.append("<e u=\"u").append(i).append("\">User number ").append(i).append("</e>\n");
    }
    return XmlTree.parse(out.append("</r>").toString());
  }
}
