// Writes CPIM so that every known client reads it.
package tucket.protocol.cpim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tucket.protocol.mime.Octets;

/// The canonical form: CRLF, From and To first, then the namespace of RFC 5438 under the prefix `imdn` before anything that uses it (one
/// client looks for the very text `imdn <urn:ietf:params:imdn>`, another for `imdn.Message-ID: `), one blank behind the colon, the other
/// headers in their order, then the content with canonical MIME headers. Values are copied as they came.
final class CpimWriter {
  private static final List<String> IMDN_NAMES =
      List.of("Message-ID", "Disposition-Notification", "Original-To", "IMDN-Record-Route", "IMDN-Route");
  private static final List<String> CORE_NAMES = List.of("From", "To", "DateTime", "NS", "Subject", "cc", "Require");
  private static final Set<String> ONCE = Set.of("From", "DateTime", "imdn.Message-ID", "imdn.Original-To");

  private final CpimMessage message;
  private final StringBuilder out = new StringBuilder(512);
  private final Set<String> written = new HashSet<>();

  CpimWriter(CpimMessage message) {
    this.message = message;
  }

  private static String spelling(List<String> known, String name) {
    for (String k : known) {
      if (k.equalsIgnoreCase(name)) {
        return k;
      }
    }
    return name;
  }

  byte[] write() {
    List<CpimHeader> headers = message.headers();
    List<String> names = new ArrayList<>(headers.size());
    headers.forEach(h -> names.add(canonicalName(h)));
    lines("From", names);
    lines("To", names);
    if (message.isNotification() || hasImdn(names)) {
      out.append("NS: imdn <").append(CpimMessage.IMDN_NAMESPACE).append(">\r\n");
    }
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.equals("NS")) {
        namespace(headers.get(i));
      } else if (!name.equals("From") && !name.equals("To")) {
        line(name, headers.get(i));
      }
    }
    out.append("\r\n");
    byte[] body = message.content().body();
    out.append(message.content().headers().canonical(body.length)).append("\r\n");
    byte[] head = Octets.encode(out.toString());
    byte[] whole = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  // Only headers of that namespace get the prefix.
  private static boolean hasImdn(List<String> names) {
    for (String name : names) {
      if (name.startsWith("imdn.")) {
        return true;
      }
    }
    return false;
  }

  private void lines(String wanted, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(wanted)) {
        line(wanted, message.headers().get(i));
      }
    }
  }

  private void line(String name, CpimHeader header) {
    if (ONCE.contains(name) && !written.add(name)) {
      return;
    }
    out.append(name).append(':').append(header.params()).append(' ').append(header.value()).append("\r\n");
  }

  private void namespace(CpimHeader header) {
    Map<String, String> bound = CpimReader.namespaces(List.of(header));
    bound.forEach((prefix, uri) -> {
      if (!uri.equals(CpimMessage.IMDN_NAMESPACE)) {
        out.append("NS: ").append(prefix.isEmpty() ? "" : outerPrefix(prefix) + " ").append('<').append(uri).append(">\r\n");
      }
    });
  }

  private boolean isImdn(CpimHeader header) {
    return message.namespaceOf(header).equals(CpimMessage.IMDN_NAMESPACE);
  }

  private String canonicalName(CpimHeader header) {
    String local = CpimMessage.localName(header);
    if (isImdn(header)) {
      return "imdn." + spelling(IMDN_NAMES, local);
    }
    int dot = header.name().indexOf('.');
    if (dot < 0) {
      return spelling(CORE_NAMES, local);
    }
    return outerPrefix(header.name().substring(0, dot)) + "." + local;
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
