// Reads the text of a node selector.
package tucket.protocol.xcap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.xcap.NodeSelector.Name;
import tucket.protocol.xcap.NodeSelector.Step;
import tucket.protocol.xcap.NodeSelector.Terminal;
import tucket.protocol.xcap.NodeSelector.Test;

/// The grammar of RFC 4825 section 6.3. A slash inside quotes belongs to the value, since clients differ in whether they escape it.
final class SelectorReader {
  private static final int MAX_STEPS = 64;

  private final String in;
  private final Map<String, String> bindings;

  SelectorReader(String in, Map<String, String> bindings) {
    this.in = in;
    this.bindings = bindings;
  }

  NodeSelector read() {
    List<String> parts = split();
    if (parts.size() > MAX_STEPS) {
      throw new Malformed("node selector with too many steps");
    }
    List<Step> steps = new ArrayList<>(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      boolean end = i == parts.size() - 1 && i > 0;
      if (end && part.equals("namespace::*")) {
        return new NodeSelector(steps, new Terminal.Namespaces());
      }
      if (end && part.startsWith("@") && isName(part.substring(1))) {
        String name = part.substring(1);
        int colon = name.indexOf(':');
        return new NodeSelector(steps, new Terminal.Attribute(colon < 0 ? "" : name.substring(0, colon), expanded(name)));
      }
      steps.add(step(part));
    }
    return new NodeSelector(steps, new Terminal.Element());
  }

  private List<String> split() {
    List<String> parts = new ArrayList<>();
    int from = 0;
    char quote = 0;
    for (int i = 0; i < in.length(); i++) {
      char c = in.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '/') {
        parts.add(in.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(in.substring(from));
    return parts;
  }

  private Step step(String part) {
    int bracket = part.indexOf('[');
    String name = bracket < 0 ? part : part.substring(0, bracket);
    if (!name.equals("*") && !isName(name)) {
      return extension(part);
    }
    Optional<Name> expanded = name.equals("*") ? Optional.empty() : Optional.of(expanded(name));
    Optional<Integer> position = Optional.empty();
    int at = bracket < 0 ? part.length() : bracket;
    if (at + 1 < part.length() && isDigit(part.charAt(at + 1))) {
      int end = part.indexOf(']', at);
      Optional<Integer> number = end < 0 ? Optional.empty() : number(part.substring(at + 1, end));
      if (number.isEmpty()) {
        return extension(part);
      }
      position = number;
      at = end + 1;
    }
    if (at == part.length()) {
      return new Step(expanded, position, Optional.empty(), true, part);
    }
    Optional<Test> test = test(part.substring(at));
    return test.isEmpty() ? extension(part) : new Step(expanded, position, test, true, part);
  }

  private static Step extension(String part) {
    return new Step(Optional.empty(), Optional.empty(), Optional.empty(), false, part);
  }

  // [@name="value"]
  private Optional<Test> test(String text) {
    int equals = text.indexOf('=');
    if (!text.startsWith("[@") || !text.endsWith("]") || equals < 0 || !isName(text.substring(2, equals))) {
      return Optional.empty();
    }
    String literal = text.substring(equals + 1, text.length() - 1);
    try {
      if (XmlScanner.literal(literal, 0) != literal.length()) {
        return Optional.empty();
      }
    } catch (Malformed notAValue) {
      return Optional.empty();
    }
    return Optional.of(new Test(expanded(text.substring(2, equals)), XmlScanner.value(literal, 1, literal.length() - 1)));
  }

  private Name expanded(String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      return new Name("", name);
    }
    String prefix = name.substring(0, colon);
    String namespace = prefix.equals("xml") ? "http://www.w3.org/XML/1998/namespace" : bindings.get(prefix);
    if (namespace == null) {
      throw new Malformed("node selector with a prefix that the query does not bind");
    }
    return new Name(namespace, name.substring(colon + 1));
  }

  private static boolean isName(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? isPlain(text) : isPlain(text.substring(0, colon)) && isPlain(text.substring(colon + 1));
  }

  private static boolean isPlain(String text) {
    return !text.isEmpty() && XmlChars.isNameStart(text.codePointAt(0)) && text.codePoints().allMatch(XmlChars::isName);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static Optional<Integer> number(String digits) {
    boolean all = digits.length() <= 9 && digits.chars().allMatch(c -> isDigit((char) c));
    return all ? Optional.of(Integer.parseInt(digits)).filter(n -> n > 0) : Optional.empty();
  }
}
