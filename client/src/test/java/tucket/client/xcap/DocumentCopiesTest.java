// Copies of documents keep up with what is told of them.
package tucket.client.xcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tucket.client.xcap.XdmClient.Found;
import tucket.protocol.xcap.XcapDiff;
import tucket.protocol.xcap.XmlDifference;
import tucket.protocol.xcap.XmlPatch;
import tucket.protocol.xcap.XmlTree;

class DocumentCopiesTest {
  private static final String SELECTOR = "resource-lists/users/sip:a@b.example/index";

  private final List<String> versions = new ArrayList<>(List.of("<r><e n='1'/></r>"));
  private final DocumentCopies copies = new DocumentCopies(selector -> Optional.of(found(versions.size())));

  /// Version n has the entity tag n.
  private Found found(int n) {
    return new Found("application/xml", Integer.toString(n), versions.get(n - 1).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] diff(Optional<String> before, Optional<String> after, Optional<List<XmlPatch>> patches) {
    return new XcapDiff("http://xcap.example/", List.of(new XcapDiff.Document(SELECTOR, before, after, patches))).toXml();
  }

  private byte[] step(int from, int to) {
    XmlTree before = XmlTree.parse(versions.get(from - 1));
    return diff(Optional.of("" + from), Optional.of("" + to), XmlDifference.between(before, XmlTree.parse(versions.get(to - 1))));
  }

  private String now() {
    return copies.document(SELECTOR).map(f -> f.etag() + " " + new String(f.body(), StandardCharsets.UTF_8)).orElse("none");
  }

  @Test
  void whatIsToldFirstIsFetchedAndThenPatched() {
    assertThat(copies.told(diff(Optional.empty(), Optional.of("1"), Optional.empty()))).containsExactly(SELECTOR);
    versions.add("<r><e n='1'/><e n='2'/></r>");
    versions.add("<r><e n='2'/></r>");
    copies.told(step(1, 2));
    assertThat(now()).isEqualTo("2 <r><e n='1'/><e n='2'/></r>");
    copies.told(step(2, 3));
    assertThat(now()).isEqualTo("3 <r><e n='2'/></r>");
    assertThat(copies.patchedCount()).isEqualTo(2);
    assertThat(copies.fetchedCount()).isEqualTo(1);
  }

  @Test
  void aPatchOfAnotherVersionIsNotAppliedButTheDocumentFetched() {
    copies.told(diff(Optional.empty(), Optional.of("1"), Optional.empty()));
    versions.add("<r><e n='1'/><e n='2'/></r>");
    versions.add("<r><e n='3'/></r>");
    copies.told(step(2, 3));
    assertThat(now()).isEqualTo("3 <r><e n='3'/></r>");
    assertThat(copies.patchedCount()).isZero();
  }

  @Test
  void whatWasFetchedInAdvanceIsNotPatchedAgain() {
    versions.add("<r><e n='1'/><e n='2'/></r>");
    copies.told(diff(Optional.empty(), Optional.of("1"), Optional.empty()));
    assertThat(now()).startsWith("2 ");
    assertThat(copies.told(step(1, 2))).isEmpty();
    assertThat(copies.fetchedCount()).isEqualTo(1);
  }

  @Test
  void aPatchThatCanNotBeAppliedLeadsToTheDocument() {
    copies.told(diff(Optional.empty(), Optional.of("1"), Optional.empty()));
    versions.add("<r/>");
    XmlPatch wrong = new XmlPatch(XmlPatch.Kind.REMOVE, "*/*[7]", "", "", "", java.util.Map.of());
    copies.told(diff(Optional.of("1"), Optional.of("2"), Optional.of(List.of(wrong))));
    assertThat(now()).isEqualTo("2 <r/>");
  }

  @Test
  void whatIsRemovedIsGone() {
    copies.told(diff(Optional.empty(), Optional.of("1"), Optional.empty()));
    assertThat(copies.told(diff(Optional.of("1"), Optional.empty(), Optional.empty()))).containsExactly(SELECTOR);
    assertThat(now()).isEqualTo("none");
  }
}
