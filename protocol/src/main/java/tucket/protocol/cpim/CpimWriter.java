// Writes CPIM so that every known client reads it.
package tucket.protocol.cpim;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.OctetWriter;

/// The canonical form: CRLF, From and To first, then the namespace of RFC 5438 under the prefix `imdn` before anything that uses it (one
/// client looks for the very text `imdn <urn:ietf:params:imdn>`, another for `imdn.Message-ID: `), one blank behind the colon, the other
/// headers in their order, then the content with canonical MIME headers. Values are copied as they came.
final class CpimWriter {
  private static final String PREFIX = "imdn.";
  private static final List<String> IMDN_NAMES = List.of(
      PREFIX + "Message-ID", PREFIX + "Disposition-Notification", PREFIX + "Original-To", PREFIX + "IMDN-Record-Route", PREFIX + "IMDN-Route");
  private static final List<String> CORE_NAMES = List.of("From", "To", "DateTime", "NS", "Subject", "cc", "Require");

  private final CpimMessage message;
  private final List<CpimHeader> headers;
  private final String[] names; // of the headers, as they are written
  private final OctetWriter out;

  CpimWriter(CpimMessage message) {
    this.message = message;
    this.headers = message.headers();
    this.names = new String[headers.size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = canonicalName(headers.get(i));
    }
    this.out = new OctetWriter(expected());
  }

  private int expected() {
    int length = 160 + message.content().bodyLength(); // NS, blank lines, Content-Type and Content-Length
    for (int i = 0; i < names.length; i++) {
      length += names[i].length() + headers.get(i).params().length() + headers.get(i).value().length() + 4;
    }
    return length;
  }

  byte[] write() {
    lines("From");
    lines("To");
    if (message.isNotification() || hasImdn()) {
      out.put("NS: imdn <").put(CpimMessage.IMDN_NAMESPACE).put(">\r\n");
    }
    for (int i = 0; i < names.length; i++) {
      switch (names[i]) {
        case "From", "To" -> {}
        case "NS" -> namespace(headers.get(i));
        default -> line(i);
      }
    }
    out.put("\r\n");
    Entity content = message.content();
    content.headers().writeCanonical(content.bodyLength(), out);
    out.put("\r\n");
    content.writeBody(out);
    return out.bytes();
  }

  // Only headers of that namespace get the prefix.
  private boolean hasImdn() {
    for (String name : names) {
      if (name.startsWith(PREFIX)) {
        return true;
      }
    }
    return false;
  }

  private void lines(String wanted) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(wanted)) {
        line(i);
      }
    }
  }

  private void line(int i) {
    if (!isOneTooMany(i)) {
      CpimHeader header = headers.get(i);
      out.put(names[i]).put(":").put(header.params()).put(" ").put(header.value()).put("\r\n");
    }
  }

  /// Whether a message may have just one of these, and this is another one.
  private boolean isOneTooMany(int at) {
    switch (names[at]) {
      case "From", "DateTime", "imdn.Message-ID", "imdn.Original-To" -> {
        return Arrays.asList(names).indexOf(names[at]) < at;
      }
      default -> {
        return false;
      }
    }
  }

  private void namespace(CpimHeader header) {
    Map<String, String> bound = CpimReader.namespaces(List.of(header));
    bound.forEach((prefix, uri) -> {
      if (!uri.equals(CpimMessage.IMDN_NAMESPACE)) {
        out.put("NS: ").put(prefix.isEmpty() ? "" : outerPrefix(prefix) + " ").put("<").put(uri).put(">\r\n");
      }
    });
  }

  private String canonicalName(CpimHeader header) {
    int local = header.name().indexOf('.') + 1;
    if (message.namespaceOf(header).equals(CpimMessage.IMDN_NAMESPACE)) {
      for (String known : IMDN_NAMES) {
        if (isSpelled(header.name(), local, known, PREFIX.length())) {
          return known;
        }
      }
      return PREFIX + header.name().substring(local);
    }
    if (local > 0) {
      return outerPrefix(header.name().substring(0, local - 1)) + header.name().substring(local - 1);
    }
    for (String known : CORE_NAMES) {
      if (isSpelled(header.name(), 0, known, 0)) {
        return known;
      }
    }
    return header.name();
  }

  private static boolean isSpelled(String name, int from, String known, int knownFrom) {
    int length = known.length() - knownFrom;
    return name.length() - from == length && name.regionMatches(true, from, known, knownFrom, length);
  }

  /// A foreign namespace that a message has bound to `imdn` gets another prefix, as ours must have that one.
  private String outerPrefix(String prefix) {
    if (!prefix.equals("imdn")) {
      return prefix;
    }
    int n = 1;
    while (message.namespaces().containsKey("imdn" + n)) {
      n++;
    }
    return "imdn" + n;
  }
}
