// An XML document that knows where in its text each element and attribute lies.
package tucket.protocol.xcap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tucket.protocol.Malformed;

/// The text of a document, kept as it came, and over it a tree of its elements with their places. XCAP wants what was written back as it was
/// written (RFC 4825 section 6.3: white space is respected), so an edit is a cut in the text, and no document is ever printed from a tree.
/// The tree after an edit shares with the one before all that was not touched, text and elements, so that it is made in about the same time
/// however large the document is; it is the one that would be read from the whole text.
///
/// Well-formedness (XML 1.0) and namespaces are checked; a document type is refused, so that there are no entities but the five of XML. Depth
/// and number of elements are bounded. Immutable.
public final class XmlTree {
  /// Deeper nesting is [Malformed].
  public static final int MAX_DEPTH = 64;
  /// More elements are [Malformed].
  public static final int MAX_ELEMENTS = 200_000;

  private static final Pattern ENCODING = Pattern.compile("encoding\\s*=\\s*[\"']([^\"']*)[\"']");

  private final XmlText text;
  private final XmlElement root;
  private final int start;

  /// @param start where the root element begins
  private XmlTree(XmlText text, XmlElement root, int start) {
    this.text = text;
    this.root = root;
    this.start = start;
  }

  /// Decodes bytes that must be UTF-8; a byte order mark goes. Empty where they are something else, or say so themselves.
  public static Optional<String> utf8(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text).filter(XmlTree::saysUtf8);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean saysUtf8(String text) {
    int end = text.startsWith("<?xml ") ? text.indexOf("?>") : -1;
    if (end < 0) {
      return true;
    }
    Matcher said = ENCODING.matcher(text).region(0, Math.min(end, 200));
    return !said.find() || said.group(1).equalsIgnoreCase("utf-8") || said.group(1).equalsIgnoreCase("us-ascii");
  }

  /// Reads a whole document. Throws [Malformed].
  public static XmlTree parse(String text) {
    return read(text, XmlText.of(text));
  }

  /// Reads a document that lies in pieces, and keeps them. Throws [Malformed].
  public static XmlTree parse(List<String> pieces) {
    XmlText text = XmlText.of(pieces);
    return read(text.toString(), text);
  }

  private static XmlTree read(String whole, XmlText text) {
    XmlScanner scanner = new XmlScanner(whole, Map.of());
    XmlElement root = scanner.document();
    return new XmlTree(text, root, scanner.rootStart());
  }

  /// Reads one element alone, as it would stand in a place where `bindings` are in scope: prefix to namespace, the empty prefix for the default
  /// one. Throws [Malformed] where it is not exactly one element.
  public static XmlTree fragment(String text, Map<String, String> bindings) {
    return new XmlTree(XmlText.of(text), new XmlScanner(text, bindings).fragment(), 0);
  }

  /// All of the text, joined: as long as the document is.
  public String text() {
    return text.toString();
  }

  /// The text from `from` to before `to`.
  public String text(int from, int to) {
    return text.substring(from, to);
  }

  /// The text as it lies in memory.
  public XmlText pieces() {
    return text;
  }

  public XmlSpan root() {
    return new XmlSpan(Optional.empty(), root, start, 0);
  }

  /// The text as UTF-8.
  public byte[] bytes() {
    return text.bytes();
  }

  /// The element as it is written, from `<` to `>`.
  public String source(XmlSpan element) {
    return text.substring(element.start(), element.end());
  }

  /// The bindings in scope of an element, outermost first: prefix to namespace, the empty prefix for the default one.
  public static Map<String, String> bindings(XmlSpan element) {
    Map<String, String> all = new LinkedHashMap<>();
    collect(element, all);
    all.values().removeIf(String::isEmpty);
    return all;
  }

  private static void collect(XmlSpan element, Map<String, String> into) { // depth is bounded by the scanner
    element.parent().ifPresent(parent -> collect(parent, into));
    element.declarations().forEach((prefix, uri) -> {
      into.remove(prefix);
      into.put(prefix, uri);
    });
  }

  /// The text with the characters from `from` to before `to` replaced.
  String cut(int from, int to, String by) {
    return text.cut(from, to, by).toString();
  }

  // ---- edits: what comes was read with the bindings of its place in scope, so the whole is what it would be if it were read again

  /// With another element in the place of that one. Throws [Malformed] where there are too many then, or too deep.
  XmlTree replaced(XmlSpan element, XmlTree by) {
    return above(element, by.root, text.cut(element.start(), element.end(), by.text()));
  }

  /// With one more child, which is to begin at `at`; in an empty-element tag behind the start tag that it becomes. Throws [Malformed] like the other.
  XmlTree inserted(XmlSpan parent, int at, XmlTree child) {
    XmlElement now = parent.element().inserted(at - parent.start(), child.root);
    XmlText after = parent.isEmptyTag()
        ? text.cut(parent.end() - 2, parent.end(), ">" + child.text() + "</" + parent.element().name() + ">")
        : text.cut(at, at, child.text());
    return above(parent, now, after);
  }

  /// Without an element, which is not the root. Throws [Malformed] where the character data that it kept apart can't stand side by side.
  XmlTree removed(XmlSpan element) {
    String front = text.substring(Math.max(0, element.start() - 2), element.start());
    String behind = text.substring(element.end(), Math.min(text.length(), element.end() + 2));
    if (front.endsWith("]]") && behind.startsWith(">") || front.endsWith("]") && behind.startsWith("]>")) { // XML 1.0 production 14
      throw new Malformed("XML with a character that must be escaped");
    }
    XmlSpan parent = element.parent().orElseThrow();
    return above(parent, parent.element().removed(element.index()), text.cut(element.start(), element.end(), ""));
  }

  /// With a cut in the start tag of an element, by which an attribute comes, goes or changes; places are counted from the start of the element. Throws
  /// [Malformed].
  XmlTree retagged(XmlSpan element, int from, int to, String by) {
    XmlElement before = element.element();
    String tag = text.substring(element.start(), element.contentStart());
    String after = tag.substring(0, from) + by + tag.substring(to);
    String alone = before.isEmptyTag() ? after : after.substring(0, after.length() - 1) + "/>";
    XmlElement read = new XmlScanner(alone, element.parent().map(XmlTree::bindings).orElse(Map.of())).fragment();
    return above(element, before.tagged(read, after.length()), text.cut(element.start() + from, element.start() + to, by));
  }

  // The elements around one that has changed.
  private XmlTree above(XmlSpan changed, XmlElement by, XmlText after) {
    XmlElement now = by;
    XmlSpan at = changed;
    while (at.parent().isPresent()) {
      XmlSpan parent = at.parent().get();
      now = parent.element().replaced(at.index(), now);
      at = parent;
    }
    if (now.count() > MAX_ELEMENTS || now.depth() > MAX_DEPTH) {
      throw new Malformed(now.depth() > MAX_DEPTH ? "XML with too many levels" : "XML with too many elements");
    }
    return new XmlTree(after, now, start);
  }

  /// The character data directly in an element, references resolved, without white space around it.
  public String content(XmlSpan element) {
    return raw(element).strip();
  }

  /// The same with its white space.
  public String raw(XmlSpan element) {
    StringBuilder out = new StringBuilder();
    int at = element.contentStart();
    for (XmlSpan child : element.children()) {
      characters(at, child.start(), out);
      at = child.end();
    }
    characters(at, element.contentEnd(), out);
    return out.toString();
  }

  private void characters(int from, int to, StringBuilder out) {
    String stretch = text.substring(from, to);
    XmlScanner.characters(stretch, 0, stretch.length(), out);
  }

  /// The text of the first child of that name in the element's own namespace.
  public Optional<String> contentOf(XmlSpan element, String child) {
    return element.child(child).map(this::content).filter(found -> !found.isEmpty());
  }
}
