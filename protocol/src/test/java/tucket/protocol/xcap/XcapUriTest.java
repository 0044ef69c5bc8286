// What XCAP URIs name, in every spelling that clients use.
package tucket.protocol.xcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.Malformed;
import tucket.protocol.xcap.NodeSelector.Terminal;
import tucket.protocol.xcap.XcapUri.Tree;

class XcapUriTest {
  @ParameterizedTest
  @ValueSource(strings = {
    "resource-lists/users/sip:joe@example.com/index",
    "resource-lists/users/sip%3Ajoe%40example.com/index",
    "resource-lists/users/sip%3ajoe@example.com/index",
    "resource%2Dlists/users/sip:joe@example.com/ind%65x"
  })
  void aUserIsWrittenRawOrEscaped(String path) {
    XcapUri uri = XcapUri.parse(path, "").orElseThrow();
    assertThat(uri.auid()).isEqualTo("resource-lists");
    assertThat(uri.tree()).isEqualTo(Tree.USERS);
    assertThat(uri.xui()).isEqualTo("sip:joe@example.com");
    assertThat(uri.document()).containsExactly("index");
    assertThat(uri.selected()).isFalse();
  }

  @Test
  void theGlobalTreeHasNoUser() {
    XcapUri uri = XcapUri.parse("xcap-caps/global/index/~~/xcap-caps/auids", "").orElseThrow();
    assertThat(uri.tree()).isEqualTo(Tree.GLOBAL);
    assertThat(uri.xui()).isEmpty();
    assertThat(uri.node().orElseThrow().steps()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "resource-lists", "resource-lists/users", "resource-lists/users/sip:a@b", "resource-lists/global", "resource-lists/other/x/index",
    "resource-lists/users//index", "resource-lists/users/../index", "a/users/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"
  })
  void whatIsNoDocumentSelectorIsNothing(String path) {
    assertThat(XcapUri.parse(path, "")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      list%5B@name=%22oma_buddylist%22%5D  | oma_buddylist
      list%5b@name=%22oma_buddylist%22%5d  | oma_buddylist
      list[@name="oma_buddylist"]          | oma_buddylist
      list[@name='oma_buddylist']          | oma_buddylist
      list%5B%40name%3D%22a%2Fb%22%5D      | a/b
      list[@name="a/b"]                    | a/b
      list[@name="a]b"]                    | a]b
      list%5B@name=%22%C3%A9%22%5D         | é
      list[@name="x&amp;y"]                | x&y
      """)
  void aPredicateIsReadInEverySpelling(String step, String value) {
    NodeSelector selector = XcapUri.parse("resource-lists/users/sip:a@b/index/~~/resource-lists/" + step, "").orElseThrow().node().orElseThrow();
    assertThat(selector.understood()).isTrue();
    assertThat(selector.last().test().orElseThrow().value()).isEqualTo(value);
  }

  @Test
  void aStepHasAPositionAndATest() {
    NodeSelector selector = XcapUri.parse("a/users/b/c/~~/*/x[2]/*[3][@id=\"q\"]/@p:v", "xmlns(p=urn:p)").orElseThrow().node().orElseThrow();
    assertThat(selector.steps().get(1).position()).contains(2);
    assertThat(selector.steps().get(2).name()).isEmpty();
    assertThat(selector.steps().get(2).position()).contains(3);
    assertThat(selector.steps().get(2).test().orElseThrow().value()).isEqualTo("q");
    assertThat(selector.terminal()).isEqualTo(new Terminal.Attribute("p", new NodeSelector.Name("urn:p", "v")));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "r/x[0]", "r/x[-1]", "r/x[9999999999]", "r/x[", "r/x[1", "r/x[@a]", "r/x[@a=b]", "r/x[@a=\"b]", "r/x[@a=\"b\"][1]", "r/x[1][2]", "r/text()",
    "r/", "//r", "r/x[last()]", "r/x[@a=\"<\"]", "@a", "namespace::*", "r/1x", "r/namespace::*/x"
  })
  void whatBreaksTheGrammarIsAnExtensionThatNobodyUnderstands(String selector) {
    assertThat(NodeSelector.parse(selector, java.util.Map.of()).understood()).isFalse();
  }

  @Test
  void aPrefixMustBeBoundByTheQuery() {
    assertThatThrownBy(() -> XcapUri.parse("a/users/b/c/~~/p:x", "")).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> XcapUri.parse("a/users/b/c/~~/x/@p:x", "xmlns(q=urn:q)")).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> XcapUri.parse("a/users/b/c/~~/x[@p:x=\"1\"]", "")).isInstanceOf(Malformed.class);
    assertThat(XcapUri.parse("a/users/b/c/~~/x/@xml:lang", "").orElseThrow().node().orElseThrow().understood()).isTrue();
  }

  @Test
  void aQueryHoldsSeveralPointersAndUnknownOnesArePassedOver() {
    assertThat(XcapUri.bindings("xmlns(a=urn:a)xmlns(b=urn:b)xpointer(id(%22x%22))xmlns(c=urn:%5e(c%5e))"))
        .containsOnly(java.util.Map.entry("a", "urn:a"), java.util.Map.entry("b", "urn:b"), java.util.Map.entry("c", "urn:(c)"));
    assertThat(XcapUri.bindings("xmlns(a=urn:a)%20xmlns(b=urn:b)")).hasSize(2);
    assertThat(XcapUri.bindings("")).isEmpty();
    assertThatThrownBy(() -> XcapUri.bindings("xmlns(a")).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> XcapUri.bindings("xmlns(a)")).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/users/%/index", "a/users/%4/index", "a/users/%zz/index", "a/users/%ff/index"})
  void brokenEscapesAreThePeersFault(String path) {
    assertThatThrownBy(() -> XcapUri.parse(path, "")).isInstanceOf(Malformed.class);
  }

  @Test
  void escapingAndUnescapingAreInverse() {
    String text = "list[@name=\"a/b é %\"]";
    assertThat(XcapUri.escape(text)).isEqualTo("list%5B@name=%22a%2Fb%20%C3%A9%20%25%22%5D");
    assertThat(XcapUri.unescape(XcapUri.escape(text))).isEqualTo(text);
  }

  @Test
  void aConflictReportIsReadAsItWasWritten() {
    for (XcapError.Kind kind : XcapError.Kind.values()) {
      XcapError error = new XcapError(kind, "why <so>", java.util.Optional.of("http://x/"), java.util.List.of(
          new XcapError.Exists("rls-services/service/@uri", java.util.List.of("sip:mybuddies@example.com"))));
      XcapError read = XcapError.parse(error.toXml());
      assertThat(read.kind()).isEqualTo(kind);
      assertThat(read.phrase()).isEqualTo("why <so>");
      if (kind != XcapError.Kind.EXTENSION) {
        assertThat(read).isEqualTo(error);
      }
    }
  }
}
