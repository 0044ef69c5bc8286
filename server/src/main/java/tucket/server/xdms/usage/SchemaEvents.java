// Tells a tree to a validator as SAX has it.
package tucket.server.xdms.usage;

import java.util.Map;
import javax.xml.validation.ValidatorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;

/// One walk over one tree; the text of an element that has children is told in one piece in front of them, which no schema of ours minds.
final class SchemaEvents {
  private final XmlTree tree;
  private final ValidatorHandler to;

  private SchemaEvents(XmlTree tree, ValidatorHandler to) {
    this.tree = tree;
    this.to = to;
  }

  static void of(XmlTree tree, ValidatorHandler to) throws SAXException {
    to.startDocument();
    new SchemaEvents(tree, to).element(tree.root());
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
    String text = here.children().isEmpty() ? tree.raw(here) : tree.content(here);
    if (!text.isEmpty()) {
      to.characters(text.toCharArray(), 0, text.length());
    }
    for (XmlSpan child : here.children()) {
      element(child);
    }
    to.endElement(here.namespace(), here.local(), here.local());
    for (String prefix : here.declarations().keySet()) {
      to.endPrefixMapping(prefix);
    }
  }
}
