// What an XCAP URI names.
package tucket.protocol.xcap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tucket.protocol.Malformed;

/// The path of an XCAP URI below its root (RFC 4825 section 6): whose document of which usage, and perhaps what of it.
///
/// @param auid the application usage
/// @param tree global, or the home directory of a user
/// @param xui the user as written, unescaped; empty text in the global tree
/// @param document the path of the document below that, unescaped; more than one segment where there are subdirectories
/// @param node what of the document; empty for the whole
/// @param selected whether there was a node selector; it is there but not to be read where `node` is empty then
public record XcapUri(String auid, Tree tree, String xui, List<String> document, Optional<NodeSelector> node, boolean selected) {
  private static final String SEPARATOR = "/~~";
  private static final int MAX_SEGMENTS = 16;
  private static final String UNESCAPED = "-._~!$&'()*+,;=:@";

  /// The two trees of RFC 4825 section 6.2.
  public enum Tree {
    GLOBAL,
    USERS
  }

  public XcapUri {
    document = List.copyOf(document);
  }

  /// Reads the path as it came on the wire, percent-escapes kept, without the XCAP root and its slash, and the query as it came.
  ///
  /// @return empty where the path has not the form of a document selector, which is a 404. Throws [Malformed] for broken escapes, and for a
  ///     prefix that the query does not bind: that is a 400
  public static Optional<XcapUri> parse(String path, String query) {
    int separator = (path + "/").indexOf(SEPARATOR + "/");
    String selector = separator < 0 ? path : path.substring(0, separator);
    List<String> segments = new ArrayList<>();
    for (String segment : selector.split("/", MAX_SEGMENTS + 1)) {
      segments.add(unescape(segment));
    }
    if (segments.size() < 3 || segments.size() > MAX_SEGMENTS || segments.contains("") || segments.contains("..") || segments.contains(".")) {
      return Optional.empty();
    }
    boolean global = segments.get(1).equals("global");
    if (!global && (!segments.get(1).equals("users") || segments.size() < 4)) {
      return Optional.empty();
    }
    Optional<NodeSelector> node = Optional.empty();
    if (separator >= 0 && path.length() > separator + SEPARATOR.length() + 1) {
      node = Optional.of(NodeSelector.parse(unescape(path.substring(separator + SEPARATOR.length() + 1)), bindings(query)));
    }
    return Optional.of(new XcapUri(segments.get(0), global ? Tree.GLOBAL : Tree.USERS, global ? "" : segments.get(2),
        segments.subList(global ? 2 : 3, segments.size()), node, separator >= 0));
  }

  /// The document selector, escaped: `resource-lists/users/sip:anna@im.example/index`. Slashes in `document` part folders.
  public static String documentSelector(String auid, String xui, String document) {
    String tree = xui.isEmpty() ? "/global/" : "/users/" + escape(xui) + "/";
    return escape(auid) + tree + Arrays.stream(document.split("/", -1)).map(XcapUri::escape).collect(Collectors.joining("/"));
  }

  /// The bindings of a query (RFC 4825 section 6.4): pointer parts of the scheme xmlns; others are passed over. Throws [Malformed].
  static Map<String, String> bindings(String query) {
    Map<String, String> bindings = new LinkedHashMap<>();
    String text = unescape(query);
    int at = 0;
    while (at < text.length()) {
      if (XmlScanner.isBlank(text.charAt(at)) || text.charAt(at) == '&') {
        at++;
        continue;
      }
      int open = text.indexOf('(', at);
      if (open < 0) {
        return bindings; // no pointer at all
      }
      StringBuilder data = new StringBuilder();
      int end = pointerData(text, open + 1, data);
      if (text.substring(at, open).equals("xmlns")) {
        String bound = data.toString();
        int equals = bound.indexOf('=');
        if (equals < 0) {
          throw new Malformed("query with a broken xmlns()");
        }
        bindings.put(bound.substring(0, equals).strip(), bound.substring(equals + 1).strip());
      }
      at = end;
    }
    return bindings;
  }

  // XPointer framework section 3.1: balanced parentheses, ^ escapes one and itself.
  private static int pointerData(String text, int from, StringBuilder out) {
    int depth = 1;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '^' && i + 1 < text.length()) {
        out.append(text.charAt(++i));
        continue;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        return i + 1;
      }
      out.append(c);
    }
    throw new Malformed("query with an xmlns() without end");
  }

  /// Undoes percent-escapes; the octets must be UTF-8. Throws [Malformed].
  public static String unescape(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        out.write(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new Malformed("URI with a broken escape");
      }
      out.write(high << 4 | low);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(out.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("URI with escapes that are not UTF-8");
    }
  }

  /// Escapes a path segment (RFC 3986 section 3.3).
  public static String escape(String segment) {
    StringBuilder out = new StringBuilder(segment.length() + 16);
    for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      if (c < 128 && (Character.isLetterOrDigit(c) || UNESCAPED.indexOf(c) >= 0)) {
        out.append(c);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }
}
