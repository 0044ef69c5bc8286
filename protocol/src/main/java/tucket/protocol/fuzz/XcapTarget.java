// Fuzzes what XDM clients send: URIs, selectors, and edits with their differences.
package tucket.protocol.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import tucket.protocol.Malformed;
import tucket.protocol.xcap.NodeSelector;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XcapUri;
import tucket.protocol.xcap.XmlDifference;
import tucket.protocol.xcap.XmlPatch;
import tucket.protocol.xcap.XmlTree;

/// An input is path, query, body and document, with line ends between; the document of every other one is whole. Each is read, PUT and deleted.
public final class XcapTarget implements Target {
  private static final String NAMESPACE = "urn:ietf:params:xml:ns:resource-lists";
  private static final String QUERY = "xmlns(l=" + NAMESPACE + ")xmlns(x=urn:x)";

  private final List<byte[]> heads = requests("");
  private final List<byte[]> requests = requests(DocumentCorpus.LISTS);
  private int edits;

  private static List<byte[]> requests(String document) {
    String[] nodes = {
        "resource-lists/list[@name=%22friends%22]", "resource-lists/list%5b1%5d/entry[@uri='sip:a@b']/display-name", "*/*[2]/*[1]/@uri",
        "l:resource-lists/l:list[1][@name=%22friends%22]/@x:k", "resource-lists/namespace::*", "resource-lists/list[2]/entry[2][@uri=%22sip:g@h%22]"};
    String[] bodies = {"<list name=\"friends\"/>", "<entry uri='sip:g@h'><display-name>G</display-name></entry>", "sip:i@j", "", "a &lt; b \"'"};
    return IntStream.range(0, nodes.length * bodies.length)
        .mapToObj(i -> ("resource-lists/users/sip:a@b/index/~~/" + nodes[i % nodes.length] + "\n" + QUERY + "\n" + bodies[i / nodes.length] + "\n" + document)
            .getBytes(UTF_8)).toList();
  }

  @Override
  public String name() {
    return "xcap";
  }

  @Override
  public byte[] input(SplittableRandom chance) {
    if (chance.nextBoolean()) {
      return new Mutations(chance).next(requests);
    }
    return (new String(new Mutations(chance).next(heads), UTF_8) + DocumentCorpus.LISTS).getBytes(UTF_8);
  }

  /// How many edits came about, so that a test can see that it tested something.
  public int edits() {
    return edits;
  }

  @Override
  public void read(byte[] input) {
    String[] parts = new String(input, UTF_8).split("\n", 4);
    if (parts.length < 4) {
      throw new Malformed("not four parts");
    }
    Optional<NodeSelector> selector = XcapUri.parse(parts[0], parts[1]).flatMap(XcapUri::node);
    XmlTree tree = XmlTree.parse(XmlTree.utf8(parts[3].getBytes(UTF_8)).orElseThrow(() -> new Malformed("not UTF-8")));
    Broken.unlessSame(tree.text(), parts[3].startsWith("\ufeff") ? parts[3].substring(1) : parts[3], "a document has the text that it was read from");
    if (selector.isEmpty() || selector.get().terminal() instanceof NodeSelector.Terminal.Namespaces) {
      selector.ifPresent(s -> new XcapEdit(NAMESPACE).get(tree, s));
      return;
    }
    XcapEdit edit = new XcapEdit(NAMESPACE);
    edit.get(tree, selector.get());
    if (edit.put(tree, selector.get(), parts[2].getBytes(UTF_8)) instanceof XcapEdit.Result.Edited put) {
      edited(tree, put.tree());
      Broken.unless(edit.get(put.tree(), selector.get()).isPresent(), "what was PUT is there");
    }
    if (edit.delete(tree, selector.get()) instanceof XcapEdit.Result.Edited deleted) {
      edited(tree, deleted.tree());
    }
  }

  /// An edited document is the one that its text says, and the patches between both lead from the one to the other.
  private void edited(XmlTree before, XmlTree after) {
    edits++;
    Broken.unlessSame(XmlTree.parse(after.text()).root().local(), after.root().local(), "an edited document is whole");
    XmlDifference.between(before, after).ifPresent(patches -> {
      XmlTree patched = XmlPatch.applied(patches, before);
      Broken.unless(XmlDifference.between(patched, after).filter(List::isEmpty).isPresent(), "patches lead from the one document to the other");
    });
  }
}
