// Parameters behind a semicolon, as SIP headers, SIP URIs, Via and MIME headers have them.
package tucket.protocol.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;

/// An immutable ordered list of `name` or `name=value` parameters. Names are compared without regard to case (RFC 3261 section 7.3.1,
/// RFC 2045 section 5.1). Values are held as text without quotes; [#toString] quotes those that are no token.
public final class Params {
  public static final Params NONE = new Params(List.of());

  private static final String TOKEN_MARKS = "-.!%*_+`'~[]:/?&$#^{}|@";

  /// One parameter; `value` is empty for a flag such as `lr`.
  public record Param(String name, Optional<String> value) {}

  private final List<Param> list;

  private Params(List<Param> list) {
    this.list = list;
  }

  public static Params of(List<Param> params) {
    return params.isEmpty() ? NONE : new Params(List.copyOf(params));
  }

  /// Parses `;a=b;c;d="e;f"` from `from` to the end of `text`; blanks around `;` and `=` are allowed (RFC 3261 section 25.1 SEMI, EQUAL).
  public static Params parse(String text, int from) {
    int at = skipBlanks(text, from);
    if (at == text.length()) {
      return NONE;
    }
    List<Param> found = new ArrayList<>();
    while (at < text.length()) {
      if (text.charAt(at) != ';') {
        throw new Malformed("parameter expected at position " + at);
      }
      at = skipBlanks(text, at + 1);
      if (at == text.length()) {
        break; // a trailing semicolon is common in the field and harmless
      }
      at = one(text, at, found);
    }
    return new Params(List.copyOf(found));
  }

  private static int one(String text, int start, List<Param> found) {
    int end = start;
    while (end < text.length() && isToken(text.charAt(end))) {
      end++;
    }
    if (end == start) {
      throw new Malformed("parameter name expected at position " + start);
    }
    String name = text.substring(start, end);
    int at = skipBlanks(text, end);
    if (at == text.length() || text.charAt(at) != '=') {
      found.add(new Param(name, Optional.empty()));
      return at;
    }
    at = skipBlanks(text, at + 1);
    if (at < text.length() && text.charAt(at) == '"') {
      StringBuilder value = new StringBuilder();
      at = unquote(text, at, value);
      found.add(new Param(name, Optional.of(value.toString())));
      return skipBlanks(text, at);
    }
    int valueStart = at;
    while (at < text.length() && text.charAt(at) != ';' && text.charAt(at) > ' ' && text.charAt(at) != '"') {
      at++;
    }
    found.add(new Param(name, Optional.of(text.substring(valueStart, at))));
    return skipBlanks(text, at);
  }

  /// Reads the quoted string that starts at `at` into `value`, undoing backslash escapes; returns the position behind it.
  public static int unquote(String text, int at, StringBuilder value) {
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        value.append(text.charAt(i));
      } else {
        value.append(c);
      }
    }
    throw new Malformed("quoted string without end");
  }

  private static int skipBlanks(String text, int at) {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t' || text.charAt(at) == '\r' || text.charAt(at) == '\n')) {
      at++;
    }
    return at;
  }

  private static boolean isToken(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (!isToken(value.charAt(i))) {
        return false;
      }
    }
    return !value.isEmpty();
  }

  static boolean isToken(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || TOKEN_MARKS.indexOf(c) >= 0;
  }

  public List<Param> list() {
    return list;
  }

  public boolean isEmpty() {
    return list.isEmpty();
  }

  public boolean has(String name) {
    return find(name).isPresent();
  }

  /// The value of the first parameter of that name; empty both where there is none and where it has no value.
  public Optional<String> value(String name) {
    return find(name).flatMap(Param::value);
  }

  private Optional<Param> find(String name) {
    for (Param p : list) {
      if (p.name.equalsIgnoreCase(name)) {
        return Optional.of(p);
      }
    }
    return Optional.empty();
  }

  /// The same with `name=value` replaced, or added at the end.
  public Params with(String name, String value) {
    return put(new Param(name, Optional.of(value)));
  }

  /// The same with the flag `name` set.
  public Params with(String name) {
    return put(new Param(name, Optional.empty()));
  }

  public Params without(String name) {
    List<Param> copy = new ArrayList<>(list);
    return copy.removeIf(p -> p.name.equalsIgnoreCase(name)) ? of(copy) : this;
  }

  private Params put(Param put) {
    List<Param> copy = new ArrayList<>(list);
    for (int i = 0; i < copy.size(); i++) {
      if (copy.get(i).name.equalsIgnoreCase(put.name)) {
        copy.set(i, put);
        return of(copy);
      }
    }
    copy.add(put);
    return of(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Params p && p.list.equals(list);
  }

  @Override
  public int hashCode() {
    return list.hashCode();
  }

  /// `;a=b;c`, with a leading semicolon, values quoted where they are no token; empty text where there is no parameter.
  @Override
  public String toString() {
    if (list.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    for (Param p : list) {
      out.append(';').append(p.name);
      p.value.ifPresent(v -> append(out.append('='), v));
    }
    return out.toString();
  }

  private static void append(StringBuilder out, String value) {
    if (isToken(value)) {
      out.append(value);
    } else {
      out.append('"').append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
  }
}
