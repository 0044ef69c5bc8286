// Parameters behind a semicolon, as SIP headers, SIP URIs, Via and MIME headers have them.
package tucket.protocol.mime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;

/// An immutable ordered list of `name` or `name=value` parameters. Names are compared without regard to case (RFC 3261 section 7.3.1,
/// RFC 2045 section 5.1). Values are held as text without quotes; [#toString] quotes those that are no token.
public final class Params {
  public static final Params NONE = new Params(new String[0]);

  private static final boolean[] TOKEN = tokenMarks();
  // By their length: names that nearly every message has are not made anew for each.
  private static final String[][] COMMON =
      {{}, {}, {"lr", "gr", "ob"}, {"tag"}, {"user"}, {"rport", "alias"}, {"branch"}, {"charset"}, {"received"}, {"transport"}};

  /// One parameter; `value` is empty for a flag such as `lr`.
  public record Param(String name, Optional<String> value) {}

  // Name, value, name, value ...; the value of a flag is null.
  private final @Nullable String[] words;

  private Params(@Nullable String[] words) {
    this.words = words;
  }

  private static boolean[] tokenMarks() {
    boolean[] marks = new boolean[128];
    for (char c = 0; c < marks.length; c++) {
      marks[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-.!%*_+`'~[]:/?&$#^{}|@".indexOf(c) >= 0;
    }
    return marks;
  }

  public static Params of(List<Param> params) {
    if (params.isEmpty()) {
      return NONE;
    }
    @Nullable String[] words = new String[2 * params.size()];
    for (int i = 0; i < params.size(); i++) {
      words[2 * i] = params.get(i).name;
      words[2 * i + 1] = params.get(i).value.orElse(null);
    }
    return new Params(words);
  }

  /// Parses `;a=b;c;d="e;f"` from `from` to the end of `text`; blanks around `;` and `=` are allowed (RFC 3261 section 25.1 SEMI, EQUAL).
  public static Params parse(String text, int from) {
    int at = skipBlanks(text, from);
    if (at == text.length()) {
      return NONE;
    }
    Reading reading = new Reading(text);
    while (at < text.length()) {
      if (text.charAt(at) != ';') {
        throw new Malformed("parameter expected at position " + at);
      }
      at = skipBlanks(text, at + 1);
      if (at == text.length()) {
        break; // a trailing semicolon is common in the field and harmless
      }
      at = reading.one(at);
    }
    return reading.count == 0 ? NONE : new Params(Arrays.copyOf(reading.words, reading.count));
  }

  /// What was found of the parameters in `text`.
  private static final class Reading {
    private final String text;
    private @Nullable String[] words = new String[6];
    private int count;

    Reading(String text) {
      this.text = text;
    }

    /// Reads the parameter that starts at `start`; returns the position behind it and the blanks that follow.
    int one(int start) {
      int end = start;
      while (end < text.length() && isToken(text.charAt(end))) {
        end++;
      }
      if (end == start) {
        throw new Malformed("parameter name expected at position " + start);
      }
      String name = name(text, start, end);
      int at = skipBlanks(text, end);
      if (at == text.length() || text.charAt(at) != '=') {
        add(name, null);
        return at;
      }
      at = skipBlanks(text, at + 1);
      if (at < text.length() && text.charAt(at) == '"') {
        StringBuilder value = new StringBuilder();
        at = unquote(text, at, value);
        add(name, value.toString());
        return skipBlanks(text, at);
      }
      int valueStart = at;
      while (at < text.length() && text.charAt(at) != ';' && text.charAt(at) > ' ' && text.charAt(at) != '"') {
        at++;
      }
      add(name, text.substring(valueStart, at));
      return skipBlanks(text, at);
    }

    private void add(String name, @Nullable String value) {
      if (count == words.length) {
        words = Arrays.copyOf(words, 2 * count);
      }
      words[count++] = name;
      words[count++] = value;
    }
  }

  private static String name(String text, int start, int end) {
    if (end - start < COMMON.length) {
      for (String common : COMMON[end - start]) {
        if (text.startsWith(common, start)) {
          return common;
        }
      }
    }
    return text.substring(start, end);
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
    return c < 128 && TOKEN[c];
  }

  public List<Param> list() {
    List<Param> list = new ArrayList<>(words.length / 2);
    for (int i = 0; i < words.length; i += 2) {
      list.add(new Param(nameAt(i), Optional.ofNullable(words[i + 1])));
    }
    return Collections.unmodifiableList(list);
  }

  private String nameAt(int i) {
    return Objects.requireNonNull(words[i]);
  }

  public boolean isEmpty() {
    return words.length == 0;
  }

  public boolean has(String name) {
    return find(name) >= 0;
  }

  /// The value of the first parameter of that name; empty both where there is none and where it has no value.
  public Optional<String> value(String name) {
    int at = find(name);
    return at < 0 ? Optional.empty() : Optional.ofNullable(words[at + 1]);
  }

  private int find(String name) {
    for (int i = 0; i < words.length; i += 2) {
      if (nameAt(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  /// The same with `name=value` replaced, or added at the end.
  public Params with(String name, String value) {
    return put(name, value);
  }

  /// The same with the flag `name` set.
  public Params with(String name) {
    return put(name, null);
  }

  public Params without(String name) {
    List<Param> copy = new ArrayList<>(list());
    return copy.removeIf(p -> p.name.equalsIgnoreCase(name)) ? of(copy) : this;
  }

  private Params put(String name, @Nullable String value) {
    int found = find(name);
    int at = found < 0 ? words.length : found;
    @Nullable String[] changed = Arrays.copyOf(words, Math.max(words.length, at + 2));
    changed[at] = name;
    changed[at + 1] = value;
    return new Params(changed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Params p && Arrays.equals(p.words, words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  /// `;a=b;c`, with a leading semicolon, values quoted where they are no token; empty text where there is no parameter.
  @Override
  public String toString() {
    if (words.length == 0) {
      return "";
    }
    StringBuilder out = new StringBuilder(24 * words.length);
    for (int i = 0; i < words.length; i += 2) {
      out.append(';').append(words[i]);
      String value = words[i + 1];
      if (value != null) {
        append(out.append('='), value);
      }
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
