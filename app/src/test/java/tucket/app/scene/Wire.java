// What has arrived at one party, as it stood on the wire.
package tucket.app.scene;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;

/// Filled by the network's threads, looked at by the scene's.
final class Wire {
  private static final Pattern TRACE =
      Pattern.compile("(?m)^\\s*at [\\w.$/]+\\(|[a-z](?:Exception|Error)\\b|\\.java:\\d|\\btucket\\.(?:app|server|protocol|store|transport)\\b");
  private static final String BODY = "in the body:";
  private static final Pattern ANY = Pattern.compile("\\{any}");

  private final List<SipMessage> messages = new CopyOnWriteArrayList<>();
  private volatile boolean losesAnswers;
  private final Set<SipMessage> taken = Collections.newSetFromMap(new IdentityHashMap<>());

  void loseAnswers(boolean on) {
    losesAnswers = on;
  }

  boolean losesAnswers() {
    return losesAnswers;
  }

  void arrived(SipMessage message) {
    messages.add(message);
  }

  /// The oldest request that was not taken before, has that method and is as the block says; it is taken by this.
  Optional<SipRequest> take(String method, Block wanted) {
    for (SipMessage message : messages) {
      if (message instanceof SipRequest request && request.is(method) && !taken.contains(request) && fits(request, wanted)) {
        taken.add(request);
        return Optional.of(request);
      }
    }
    return Optional.empty();
  }

  static boolean fits(SipMessage message, Block wanted) {
    for (String row : wanted.head()) {
      if (row.startsWith(BODY)) {
        if (!pattern(row.substring(BODY.length()).strip()).matcher(text(message.body())).find()) {
          return false;
        }
      } else if (row.startsWith("no ")) {
        if (message.has(Header.of(row.substring(3).strip()))) {
          return false;
        }
      } else if (!hasHeader(message, row)) {
        return false;
      }
    }
    return !wanted.hasBody() || pattern(wanted.bodyText()).matcher(text(message.body())).matches();
  }

  private static boolean hasHeader(SipMessage message, String row) {
    int colon = row.indexOf(':');
    String value = row.substring(colon + 1).strip();
    if (row.startsWith("to ")) { // the Request-URI
      return message instanceof SipRequest request && pattern(row.substring(3).strip()).matcher(request.uriText()).matches();
    }
    Pattern wanted = pattern(value);
    return message.lines(Header.of(row.substring(0, colon).strip())).stream().anyMatch(line -> wanted.matcher(line).find());
  }

  /// `{any}` stands for anything within a line, the rest for itself.
  private static Pattern pattern(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : ANY.split(text, -1)) {
      parts.add(Pattern.quote(part));
    }
    return Pattern.compile(String.join("[^\r\n]*", parts));
  }

  /// Our own mistakes must never show on a wire.
  void check() {
    for (SipMessage message : messages) {
      String text = text(message.encode());
      Words.check(!TRACE.matcher(text).find(), "the inside of the server shows on the wire:\n" + text);
    }
  }

  /// All requests of a method, for a step that failed.
  String shown(String method) {
    StringBuilder out = new StringBuilder();
    for (SipMessage message : messages) {
      if (message instanceof SipRequest request && request.is(method)) {
        out.append("\n      ").append(text(request.encode()).replace("\r\n", "\u240d\u240a\n      ").replaceAll("(?<!\u240a)\n", "\u240a\n"));
      }
    }
    return out.isEmpty() ? "no " + method : out.toString();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
