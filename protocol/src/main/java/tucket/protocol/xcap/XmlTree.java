// An XML document that knows where in its text each element and attribute lies.
package tucket.protocol.xcap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tucket.protocol.Malformed;

/// The text of a document, kept as it came, and over it a tree of its elements with their places. XCAP wants what was written back as it was
/// written (RFC 4825 section 6.3: white space is respected), so an edit is a cut in the text, and no document is ever printed from a tree.
///
/// Well-formedness (XML 1.0) and namespaces are checked; a document type is refused, so that there are no entities but the five of XML. Depth
/// and number of elements are bounded. Immutable.
public final class XmlTree {
  /// Deeper nesting is [Malformed].
  public static final int MAX_DEPTH = 64;
  /// More elements are [Malformed].
  public static final int MAX_ELEMENTS = 200_000;

  private static final Pattern ENCODING = Pattern.compile("encoding\\s*=\\s*[\"']([^\"']*)[\"']");

  private final String text;
  private final XmlSpan root;

  XmlTree(String text, XmlSpan root) {
    this.text = text;
    this.root = root;
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
    return new XmlTree(text, new XmlScanner(text, Map.of()).document());
  }

  /// Reads one element alone, as it would stand in a place where `bindings` are in scope: prefix to namespace, the empty prefix for the default
  /// one. Throws [Malformed] where it is not exactly one element.
  public static XmlTree fragment(String text, Map<String, String> bindings) {
    return new XmlTree(text, new XmlScanner(text, bindings).fragment());
  }

  public String text() {
    return text;
  }

  public XmlSpan root() {
    return root;
  }

  /// The text as UTF-8.
  public byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
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
    return new StringBuilder(text.length() + by.length()).append(text, 0, from).append(by).append(text, to, text.length()).toString();
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
      XmlScanner.characters(text, at, child.start(), out);
      at = child.end();
    }
    XmlScanner.characters(text, at, element.contentEnd(), out);
    return out.toString();
  }

  /// The text of the first child of that name in the element's own namespace.
  public Optional<String> contentOf(XmlSpan element, String child) {
    return element.child(child).map(this::content).filter(found -> !found.isEmpty());
  }
}
