// Changes as patches: what is made of two documents turns the one into the other.
package tucket.protocol.xcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.Malformed;

class XmlPatchTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      <a><b/> <c/></a>        | <a><b/><x/> <c/></a>       | ADD     | */*[1]      | after
      <a><b/> <c/></a>        | <a><b/> <x/><c/></a>       | ADD     | */*[2]      | before
      <a><b/> <c/></a>        | <a><b/> <c/><x/></a>       | ADD     | */*[2]      | after
      <a> <b/> </a>           | <a> <b/> <x/></a>          | ADD     | *           | append
      <a> <b/></a>            | <a><x/> <b/></a>           | ADD     | *           | prepend
      <a><b/> <c/></a>        | <a> <c/></a>               | REMOVE  | */*[1]      | ''
      <a><b><c d="1"/></b></a>| <a><b><c d="2"/></b></a>   | REPLACE | */*[1]/*[1] | ''
      <a><b>x</b><c/></a>     | <a><b>y</b><c/></a>        | REPLACE | */*[1]      | ''
      <a><b/><c/></a>         | <a><c/><b/></a>            | REPLACE | *           | ''
      <a p="1"/>              | <a p="2"/>                 | REPLACE | *           | ''
      """)
  void theSmallestOperationIsFound(String before, String after, String kind, String selector, String position) {
    XmlPatch patch = XmlPatch.between(XmlTree.parse(before), XmlTree.parse(after)).orElseThrow();
    assertThat(patch.kind()).hasToString(kind);
    assertThat(patch.selector()).isEqualTo(selector);
    assertThat(patch.position()).isEqualTo(position);
    assertThat(patch.apply(XmlTree.parse(before)).text()).isEqualTo(after);
  }

  @Test
  void sameDocumentsAndOtherPrologsHaveNoPatch() {
    assertThat(XmlPatch.between(XmlTree.parse("<a/>"), XmlTree.parse("<a/>"))).isEmpty();
    assertThat(XmlPatch.between(XmlTree.parse("<a/>"), XmlTree.parse("<!-- c --><a/>"))).isEmpty();
  }

  @Test
  void aPatchThatDoesNotFitIsThePeersFault() {
    XmlPatch patch = new XmlPatch(XmlPatch.Kind.REMOVE, "*/*[3]", "", "", Map.of());
    assertThatThrownBy(() -> patch.apply(XmlTree.parse("<a><b/></a>"))).isInstanceOf(Malformed.class);
  }

  @Test
  void everyEditOverXcapIsAPatchThatLeadsToTheSameText() {
    SplittableRandom random = new SplittableRandom(5261);
    XcapEdit edit = new XcapEdit("");
    XmlTree tree = XmlTree.parse("<r>\n <l n=\"0\"/>\n <l n=\"1\"><e u=\"a\"/> <e u=\"b\"/></l>\n</r>");
    int changed = 0;
    for (int i = 0; i < 3000; i++) {
      String list = "r/l[" + (1 + random.nextInt(2)) + "]";
      String entry = list + "/e[@u=\"" + (char) ('a' + random.nextInt(8)) + "\"]";
      NodeSelector selector = NodeSelector.parse(entry, Map.of());
      String body = "<e u=\"" + entry.charAt(entry.length() - 3) + "\">" + random.nextInt(5) + "</e>";
      XcapEdit.Result result =
          random.nextInt(3) == 0 ? edit.delete(tree, selector) : edit.put(tree, selector, body.getBytes(StandardCharsets.UTF_8));
      if (result instanceof XcapEdit.Result.Edited(XmlTree after, boolean created)) {
        Optional<XmlPatch> patch = XmlPatch.between(tree, after);
        if (patch.isPresent()) {
          changed++;
          assertThat(patch.get().apply(tree).text()).isEqualTo(after.text());
        } else {
          assertThat(after.text()).isEqualTo(tree.text());
        }
        tree = after;
      }
    }
    assertThat(changed).isGreaterThan(500);
    assertThat(List.of(tree.root().local())).containsExactly("r");
  }
}
