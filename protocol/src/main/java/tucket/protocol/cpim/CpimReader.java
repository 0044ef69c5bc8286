// Reads CPIM as clients really write it.
package tucket.protocol.cpim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tucket.protocol.Malformed;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.HeaderBlock;
import tucket.protocol.mime.LineReader;
import tucket.protocol.mime.MediaType;

/// RFC 3862 section 2, leniently: line ends CRLF or LF, blanks around names and values, a `Content-Type: message/cpim` in front of the
/// metadata, MIME headers that follow the metadata without a blank line, a folded line.
final class CpimReader {
  private static final String IMDN = "imdn <" + CpimMessage.IMDN_NAMESPACE + ">";
  private static final Map<String, String> IMDN_ALONE = Map.of("imdn", CpimMessage.IMDN_NAMESPACE);

  private CpimReader() {}

  static CpimMessage read(byte[] data, CpimLimits limits) {
    if (data.length > limits.messageBytes()) {
      throw new Malformed("CPIM message too large");
    }
    List<CpimHeader> headers = new ArrayList<>();
    LineReader lines = new LineReader(data, 0, data.length, limits.lineBytes());
    int contentStart = metadata(lines, headers, limits);
    Entity content = Entity.parse(data, contentStart, data.length);
    return new CpimMessage(headers, identity(content, limits.inflatedBytes()), data);
  }

  /// Fills `headers` and returns where the MIME part begins.
  private static int metadata(LineReader lines, List<CpimHeader> headers, CpimLimits limits) {
    boolean started = false;
    while (lines.next()) {
      if (lines.isBlank()) {
        if (started) {
          return lines.position();
        }
        continue; // blank lines in front
      }
      String line = lines.text().strip(); // blanks before the first line do not hide a MIME header
      if (isMime(line)) {
        if (!isOuterType(CpimHeader.parse(line))) {
          return lines.start();
        }
        continue;
      }
      started = true;
      if (headers.size() == limits.headers()) {
        throw new Malformed("CPIM message with too many headers");
      }
      headers.add(CpimHeader.parse(lines.unfolded(line, limits.lineBytes())));
    }
    throw new Malformed("CPIM message without content");
  }

  private static boolean isMime(String line) {
    return line.regionMatches(true, 0, "Content-", 0, 8) || line.regionMatches(true, 0, "MIME-Version", 0, 12);
  }

  private static boolean isOuterType(CpimHeader header) {
    return header.name().equalsIgnoreCase("Content-Type") && header.value().toLowerCase(Locale.ROOT).startsWith(MediaType.CPIM.name());
  }

  /// Undoes what we can; an encoding that we do not know stays on, for the caller to refuse (see [CpimMessage#content]).
  private static Entity identity(Entity content, int limit) {
    if (CpimMessage.isSigned(content) || !content.encoding().map(ContentEncoding::isAccepted).orElse(true)) {
      return content;
    }
    return content.decoded(limit);
  }

  /// The prefixes that NS headers declare (RFC 3862 section 3.4), wherever they stand; the empty prefix is the default namespace. Lenient:
  /// no blank between prefix and `<`, and no brackets.
  static Map<String, String> namespaces(List<CpimHeader> headers) {
    Map<String, String> found = Map.of();
    for (CpimHeader header : headers) {
      if (!header.name().equalsIgnoreCase("NS")) {
        continue;
      }
      String value = header.value();
      if (found.isEmpty() && value.equals(IMDN)) {
        found = IMDN_ALONE; // as nearly always
        continue;
      }
      int open = value.indexOf('<');
      int blank = value.lastIndexOf(' ');
      String prefix = open >= 0 ? value.substring(0, open) : value.substring(0, Math.max(0, blank));
      String uri = open >= 0 ? value.substring(open + 1) : value.substring(blank + 1);
      int close = uri.indexOf('>');
      String name = prefix.strip();
      // others can never stand before a header name
      if (name.isEmpty() || HeaderBlock.isName(name) && name.indexOf(':') < 0 && name.indexOf('.') < 0) {
        String namespace = (close < 0 ? uri : uri.substring(0, close)).strip();
        if (found.isEmpty()) {
          found = Map.of(name, namespace); // as a rule there is one
        } else {
          found = found instanceof HashMap ? found : new HashMap<>(found);
          found.putIfAbsent(name, namespace);
        }
      }
    }
    return found; // not handed out
  }
}
