// Reads XML and notes where everything lies.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tucket.protocol.Malformed;

/// A scanner for one text: XML 1.0 (fifth edition) without document types, and Namespaces in XML 1.0. For one thread.
final class XmlScanner {
  private static final String XML = "http://www.w3.org/XML/1998/namespace";
  private static final String XMLNS = "http://www.w3.org/2000/xmlns/";
  private static final int MAX_ATTRIBUTES = 256;

  private static final Pattern DECLARATION = Pattern.compile(
      "\\s+version\\s*=\\s*([\"'])1\\.[0-9]+\\1"
          + "(\\s+encoding\\s*=\\s*([\"'])[A-Za-z][A-Za-z0-9._-]*\\3)?"
          + "(\\s+standalone\\s*=\\s*([\"'])(yes|no)\\5)?\\s*");

  private final String in;
  private final Map<String, String> outer;
  private final Map<String, String> names = new HashMap<>();
  private int at;
  private int count;
  private int rootStart;

  /// @param outer what is bound around the text
  XmlScanner(String in, Map<String, String> outer) {
    this.in = in;
    this.outer = outer;
  }

  /// Where the root element of a document began.
  int rootStart() {
    return rootStart;
  }

  XmlElement document() {
    if (in.startsWith("<?xml") && in.length() > 5 && isBlank(in.charAt(5))) {
      declaration();
    }
    misc();
    rootStart = at;
    XmlElement root = element();
    misc();
    if (at < in.length()) {
      throw bad("something behind the root element");
    }
    return root;
  }

  XmlElement fragment() {
    if (at >= in.length() || in.charAt(at) != '<') {
      throw bad("something in front of the element");
    }
    XmlElement only = element();
    if (at < in.length()) {
      throw bad("something behind the element");
    }
    return only;
  }

  // XML 1.0 production 23.
  private void declaration() {
    int end = in.indexOf("?>");
    if (end < 0 || end > 200 || !DECLARATION.matcher(in.substring(5, end)).matches()) {
      throw bad("a broken XML declaration");
    }
    at = end + 2;
  }

  private void misc() {
    while (true) {
      blanks();
      if (in.startsWith("<!--", at)) {
        at = comment(in, at);
      } else if (in.startsWith("<?", at)) {
        at = instruction(in, at);
      } else {
        return;
      }
    }
  }

  // Not recursive, so that depth costs no stack.
  private XmlElement element() {
    Optional<XmlOpenElement> open = Optional.empty();
    int depth = 0;
    while (true) {
      XmlOpenElement here = open(open);
      if (!here.emptyTag) {
        open = Optional.of(here);
        if (++depth > XmlTree.MAX_DEPTH) {
          throw bad("too many levels");
        }
      } else if (open.isEmpty()) {
        return ended(here, at, at);
      } else {
        open.get().add(ended(here, at, at), here.start);
      }
      while (!content()) { // an end tag
        XmlOpenElement closed = open.orElseThrow();
        int from = at;
        close(closed);
        XmlElement element = ended(closed, from, at);
        depth--;
        open = closed.parent;
        if (open.isEmpty()) {
          return element;
        }
        open.get().add(element, closed.start);
      }
    }
  }

  private XmlElement ended(XmlOpenElement open, int contentEnd, int end) {
    return open.ended(one(prefix(open.name)), one(local(open.name)), contentEnd, end);
  }

  // Names come again and again, and are kept once.
  private String one(String name) {
    String known = names.putIfAbsent(name, name);
    return known == null ? name : known;
  }

  /// Goes over character data, comments and the like; true in front of a start tag, false in front of an end tag.
  private boolean content() {
    while (true) {
      int next = in.indexOf('<', at);
      if (next < 0) {
        throw bad("an element without an end");
      }
      check(in, at, next, false);
      at = next;
      if (in.startsWith("</", at)) {
        return false;
      } else if (in.startsWith("<!--", at)) {
        at = comment(in, at);
      } else if (in.startsWith("<![CDATA[", at)) {
        at = section(in, at);
      } else if (in.startsWith("<?", at)) {
        at = instruction(in, at);
      } else if (in.startsWith("<!", at)) {
        throw bad("a document type or something else that is not allowed here");
      } else {
        return true;
      }
    }
  }

  private XmlOpenElement open(Optional<XmlOpenElement> parent) {
    if (++count > XmlTree.MAX_ELEMENTS) {
      throw bad("too many elements");
    }
    int start = at;
    if (at >= in.length() || in.charAt(at) != '<') {
      throw bad("no element");
    }
    at++;
    String name = name();
    int nameEnd = at;
    List<Raw> raw = attributes();
    boolean empty = in.startsWith("/>", at);
    if (!empty && (at >= in.length() || in.charAt(at) != '>')) {
      throw bad("a start tag without an end");
    }
    at += empty ? 2 : 1;
    Map<String, String> declared = declarations(raw);
    String namespace = resolve(prefix(name), declared, parent);
    List<XmlSpan.Attribute> plain = raw.isEmpty() ? List.of() : plain(raw, declared, parent, start);
    return new XmlOpenElement(parent, name, namespace, declared, plain, start, nameEnd, at, empty);
  }

  private void close(XmlOpenElement open) {
    at += 2;
    String name = name();
    blanks();
    if (at >= in.length() || in.charAt(at) != '>' || !name.equals(open.name)) {
      throw bad("an end tag that does not fit its start tag");
    }
    at++;
  }

  private record Raw(String name, int start, int from, int to) {}

  private List<Raw> attributes() {
    List<Raw> found = List.of();
    while (true) {
      int start = at;
      blanks();
      if (at >= in.length() || in.charAt(at) == '>' || in.charAt(at) == '/') {
        return found;
      }
      if (at == start) {
        throw bad("no white space in front of an attribute");
      }
      String name = name();
      blanks();
      if (at >= in.length() || in.charAt(at) != '=') {
        throw bad("an attribute without value");
      }
      at++;
      blanks();
      int from = at;
      at = literal(in, at);
      if (found.isEmpty()) {
        found = new ArrayList<>(4);
      }
      for (Raw other : found) {
        if (other.name.equals(name)) {
          throw bad("an attribute that comes twice");
        }
      }
      if (found.size() == MAX_ATTRIBUTES) {
        throw bad("too many attributes");
      }
      found.add(new Raw(name, start, from, at));
    }
  }

  private Map<String, String> declarations(List<Raw> raw) {
    Map<String, String> declared = Map.of();
    for (Raw one : raw) {
      boolean standard = one.name.equals("xmlns");
      if (!standard && !one.name.startsWith("xmlns:")) {
        continue;
      }
      String prefix = standard ? "" : one.name.substring(6);
      String uri = value(in, one.from + 1, one.to - 1);
      // Namespaces in XML 1.0 sections 2.2 and 3
      if (prefix.equals("xmlns") || prefix.equals("xml") != uri.equals(XML) || uri.equals(XMLNS) || uri.isEmpty() && !standard) {
        throw bad("a namespace declaration that is not allowed");
      }
      if (declared.isEmpty()) {
        declared = new LinkedHashMap<>();
      }
      declared.put(prefix, uri);
    }
    return declared;
  }

  private List<XmlSpan.Attribute> plain(List<Raw> raw, Map<String, String> declared, Optional<XmlOpenElement> parent, int start) {
    List<XmlSpan.Attribute> plain = new ArrayList<>(raw.size());
    for (Raw one : raw) {
      if (one.name.equals("xmlns") || one.name.startsWith("xmlns:")) {
        continue;
      }
      String prefix = prefix(one.name);
      String namespace = prefix.isEmpty() ? "" : resolve(prefix, declared, parent);
      String local = local(one.name);
      for (XmlSpan.Attribute other : plain) {
        if (!namespace.isEmpty() && other.local().equals(local) && other.namespace().equals(namespace)) {
          throw bad("an attribute that comes twice");
        }
      }
      String value = value(in, one.from + 1, one.to - 1);
      plain.add(new XmlSpan.Attribute(one(prefix), namespace, one(local), value, one.start - start, one.from - start, one.to - start));
    }
    return plain;
  }

  private String resolve(String prefix, Map<String, String> declared, Optional<XmlOpenElement> parent) {
    if (prefix.equals("xml")) {
      return XML;
    }
    String found = declared.get(prefix);
    Optional<XmlOpenElement> up = parent;
    while (found == null && up.isPresent()) {
      found = up.get().declarations.get(prefix);
      up = up.get().parent;
    }
    if (found == null) {
      found = outer.get(prefix);
    }
    if (found == null && !prefix.isEmpty()) {
      throw bad("a prefix that is bound to no namespace");
    }
    return found == null ? "" : found;
  }

  // Namespaces in XML 1.0 production 7: at most one colon, at neither end.
  private String name() {
    int from = at;
    int colon = -1;
    while (at < in.length()) {
      int c = in.codePointAt(at);
      boolean first = at == from || at == colon + 1 && colon >= 0;
      if (c == ':' && colon < 0 && at > from) {
        colon = at;
      } else if (!(first ? XmlChars.isNameStart(c) : XmlChars.isName(c))) {
        break;
      }
      at += Character.charCount(c);
    }
    if (at == from || colon == at - 1) {
      throw bad("a broken name");
    }
    return in.substring(from, at);
  }

  private static String prefix(String name) {
    int colon = name.indexOf(':');
    return colon < 0 ? "" : name.substring(0, colon);
  }

  private static String local(String name) {
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(colon + 1);
  }

  private void blanks() {
    while (at < in.length() && isBlank(in.charAt(at))) {
      at++;
    }
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
  }

  /// The index behind an attribute value whose quote is at `at` (XML 1.0 production 10).
  static int literal(String in, int at) {
    char quote = at < in.length() ? in.charAt(at) : 0;
    if (quote != '"' && quote != '\'') {
      throw bad("an attribute value without quotes");
    }
    int end = in.indexOf(quote, at + 1);
    if (end < 0) {
      throw bad("an attribute value without an end");
    }
    check(in, at + 1, end, true);
    return end + 1;
  }

  private static int comment(String in, int at) {
    int end = in.indexOf("--", at + 4);
    if (end < 0 || !in.startsWith("-->", end)) {
      throw bad("a broken comment");
    }
    onlyChars(in, at, end);
    return end + 3;
  }

  private static int section(String in, int at) {
    int end = in.indexOf("]]>", at);
    if (end < 0) {
      throw bad("a CDATA section without an end");
    }
    onlyChars(in, at, end);
    return end + 3;
  }

  private static int instruction(String in, int at) {
    int end = in.indexOf("?>", at + 2);
    if (end < 0) {
      throw bad("a processing instruction without an end");
    }
    int name = at + 2;
    while (name < end && (in.charAt(name) == ':' || XmlChars.isName(in.codePointAt(name)))) {
      name += Character.charCount(in.codePointAt(name));
    }
    String target = in.substring(at + 2, name);
    boolean named = !target.isEmpty() && (target.charAt(0) == ':' || XmlChars.isNameStart(target.codePointAt(0))) && (name == end || isBlank(in.charAt(name)));
    if (!named || target.equalsIgnoreCase("xml")) {
      throw bad("a broken processing instruction");
    }
    onlyChars(in, name, end);
    return end + 2;
  }

  /// Character data has no `]]>`, an attribute value no `<`; both have only characters of XML and whole references.
  private static void check(String in, int from, int to, boolean attribute) {
    for (int i = from; i < to; i++) {
      char c = in.charAt(i);
      if (c == '&') {
        i = reference(in, i, to, new StringBuilder(2)) - 1;
      } else if (attribute ? c == '<' : c == ']' && in.startsWith("]]>", i)) {
        throw bad("a character that must be escaped");
      } else if (!XmlChars.isChar(in, i)) {
        throw bad("a character that is not allowed");
      }
    }
  }

  private static void onlyChars(String in, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!XmlChars.isChar(in, i)) {
        throw bad("a character that is not allowed");
      }
    }
  }

  /// The normalised value of what was checked before.
  static String value(String in, int from, int to) {
    int i = from;
    while (i < to && in.charAt(i) != '&' && in.charAt(i) >= ' ') {
      i++;
    }
    if (i == to) {
      return in.substring(from, to);
    }
    StringBuilder out = new StringBuilder(to - from).append(in, from, i);
    while (i < to) {
      char c = in.charAt(i);
      if (c == '&') {
        i = reference(in, i, to, out);
      } else {
        boolean crlf = c == '\r' && i + 1 < to && in.charAt(i + 1) == '\n';
        out.append(c < ' ' ? ' ' : c);
        i += crlf ? 2 : 1;
      }
    }
    return out.toString();
  }

  /// Appends the character data of a stretch that holds no elements and was checked before.
  static void characters(String in, int from, int to, StringBuilder out) {
    int i = from;
    while (i < to) {
      char c = in.charAt(i);
      if (c == '&') {
        i = reference(in, i, to, out);
      } else if (c != '<') {
        out.append(c);
        i++;
      } else if (in.startsWith("<!--", i)) {
        i = comment(in, i);
      } else if (in.startsWith("<?", i)) {
        i = instruction(in, i);
      } else {
        int end = section(in, i);
        out.append(in, i + 9, end - 3);
        i = end;
      }
    }
  }

  private static int reference(String in, int at, int to, StringBuilder out) {
    int semicolon = in.indexOf(';', at);
    if (semicolon < 0 || semicolon >= to || semicolon - at > 12) {
      throw bad("a broken reference");
    }
    String name = in.substring(at + 1, semicolon);
    switch (name) {
      case "lt" -> out.append('<');
      case "gt" -> out.append('>');
      case "amp" -> out.append('&');
      case "quot" -> out.append('"');
      case "apos" -> out.append('\'');
      default -> out.appendCodePoint(number(name));
    }
    return semicolon + 1;
  }

  private static int number(String name) {
    boolean hex = name.startsWith("#x");
    String digits = hex ? name.substring(2) : name.startsWith("#") ? name.substring(1) : "";
    int radix = hex ? 16 : 10;
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) < 128 ? Character.digit(digits.charAt(i), radix) : -1;
      value = digit < 0 ? Long.MAX_VALUE / 32 : value * radix + digit;
      value = Math.min(value, Integer.MAX_VALUE);
    }
    if (digits.isEmpty() || !XmlChars.isChar((int) value)) {
      throw bad("a reference to what is no character");
    }
    return (int) value;
  }

  private static Malformed bad(String what) {
    return new Malformed("XML with " + what);
  }
}
