// An address with its display name and parameters, as From, To, Contact and Route carry it.
package tucket.protocol.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;

/// `"Display" <uri>;params` or `uri;params` (RFC 3261 sections 20.10 and 25.1). Where there are no angle brackets, parameters belong to the
/// header, and the URI must not have a `?` or a comma (section 20).
///
/// @param displayName without quotes and escapes; empty text where there is none
public record NameAddr(String displayName, Uri uri, Params params) {
  public static NameAddr of(Uri uri) {
    return new NameAddr("", uri, Params.NONE);
  }

  public static NameAddr parse(String text) {
    int at = Grammar.skipBlanks(text, 0);
    if (at == text.length()) {
      throw new Malformed("address is empty");
    }
    if (text.charAt(at) == '"') {
      StringBuilder name = new StringBuilder();
      at = Grammar.skipBlanks(text, Params.unquote(text, at, name));
      if (at >= text.length() || text.charAt(at) != '<') {
        throw new Malformed("address has no <URI> behind its display name");
      }
      return bracketed(name.toString(), text, at);
    }
    int open = at;
    while (open < text.length() && "<;\",".indexOf(text.charAt(open)) < 0) {
      open++;
    }
    if (open < text.length() && text.charAt(open) == '<') {
      return bracketed(text.substring(at, open).strip(), text, open);
    }
    return bare(text, at);
  }

  private static NameAddr bracketed(String name, String text, int open) {
    int close = text.indexOf('>', open);
    if (close < 0) {
      throw new Malformed("address has no closing >");
    }
    return new NameAddr(name, Uri.parse(text.substring(open + 1, close)), Params.parse(text, close + 1));
  }

  private static NameAddr bare(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) != ';' && text.charAt(end) > ' ') {
      if (text.charAt(end) == '?' || text.charAt(end) == ',') {
        // RFC 3261 section 20: such a URI has to stand between angle brackets
        throw new Malformed("address with a comma or question mark needs angle brackets");
      }
      end++;
    }
    return new NameAddr("", Uri.parse(text.substring(from, end)), Params.parse(text, end));
  }

  /// The addresses of a comma-separated list.
  public static List<NameAddr> parseList(String text) {
    List<NameAddr> list = new ArrayList<>(2);
    for (String value : Grammar.split(text)) {
      list.add(parse(value));
    }
    return list;
  }

  public Optional<String> tag() {
    return params.value("tag");
  }

  public NameAddr withTag(String tag) {
    return withParam("tag", tag);
  }

  public NameAddr withParam(String name, String value) {
    return new NameAddr(displayName, uri, params.with(name, value));
  }

  /// The same with a parameter that has no value.
  public NameAddr withParam(String name) {
    return new NameAddr(displayName, uri, params.with(name));
  }

  public NameAddr withoutParam(String name) {
    return new NameAddr(displayName, uri, params.without(name));
  }

  /// The wire form, always with angle brackets; a display name is always quoted.
  @Override
  public String toString() {
    if (displayName.isEmpty()) {
      return "<" + uri + ">" + params;
    }
    return "\"" + displayName.replace("\\", "\\\\").replace("\"", "\\\"") + "\" <" + uri + ">" + params;
  }
}
