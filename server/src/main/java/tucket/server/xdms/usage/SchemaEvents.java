// Tells a tree to a validator as SAX has it.
package tucket.server.xdms.usage;

import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import javax.xml.validation.ValidatorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;

/// One walk over one tree; the text of an element that has children is told in one piece in front of them, which no schema of ours minds.
final class SchemaEvents {
  private final XmlTree tree;
  private final Edited edited;
  private final ValidatorHandler to;

  private SchemaEvents(XmlTree tree, Edited edited, ValidatorHandler to) {
    this.tree = tree;
    this.edited = edited;
    this.to = to;
  }

  /// Where a document that was right has been edited, and which elements may be left out where that is elsewhere, by namespace and name. They are left out
  /// with all that is in them, but not the next ones on both sides of the place.
  record Edited(int from, int to, BiPredicate<String, String> spare) {
    /// Nothing is left out.
    static final Edited ALL = new Edited(0, Integer.MAX_VALUE, (namespace, name) -> false);

    /// The children to look at.
    List<XmlSpan> of(XmlSpan parent) {
      return this == ALL ? parent.children() : parent.childrenNear(from, to, spare);
    }

    /// The same, whatever they are called.
    Edited touched() {
      return this == ALL ? ALL : new Edited(from, to, (namespace, name) -> true);
    }

    /// Whether there is nothing in an element that was there before.
    boolean isNew(XmlSpan element) {
      return from <= element.start() && element.end() <= to;
    }
  }

  static void of(XmlTree tree, Edited edited, ValidatorHandler to) throws SAXException {
    to.startDocument();
    new SchemaEvents(tree, edited, to).element(tree.root());
    to.endDocument();
  }

  private void element(XmlSpan here) throws SAXException { // depth is bounded by the scanner
    for (Map.Entry<String, String> one : here.declarations().entrySet()) {
      to.startPrefixMapping(one.getKey(), one.getValue());
    }
    AttributesImpl attributes = new AttributesImpl();
    for (XmlSpan.Attribute one : here.attributes()) {
      attributes.addAttribute(one.namespace(), one.local(), one.local(), "CDATA", one.value());
    }
    to.startElement(here.namespace(), here.local(), here.local(), attributes);
    // no edit of a part brings text to an element that had others in it
    String text = here.children().isEmpty() ? tree.raw(here) : edited.isNew(here) ? tree.content(here) : "";
    if (!text.isEmpty()) {
      to.characters(text.toCharArray(), 0, text.length());
    }
    for (XmlSpan child : edited.of(here)) {
      element(child);
    }
    to.endElement(here.namespace(), here.local(), here.local());
    for (String prefix : here.declarations().keySet()) {
      to.endPrefixMapping(prefix);
    }
  }
}
