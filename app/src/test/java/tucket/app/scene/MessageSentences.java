// Sentences about messages and notifications: what is sent, what arrives, what does not.
package tucket.app.scene;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Sent;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Uri;

/// Messages go through the client library, as a user's phone would send and take them.
final class MessageSentences {
  private static final Duration QUIET = Duration.ofMillis(400);

  private MessageSentences() {}

  static void tell(Steps steps) {
    steps.on("WHO sends (?:TEXT|(?<bytes>\\d+) bytes) to (?<to>[^ ']+(?:'s \\w+)?)(?: asking (?<asking>[a-z, ]+?))?(?: with life (?<life>\\d+)s)?"
        + "(?: with id (?<id>\\S+))?(?<bare> without CPIM)?(?: as (?<type>\\S+?))?(?:(?<later> and goes on)|STATUS)", MessageSentences::send);
    steps.on("WHO is answered (?<status>\\d{3}) for TEXT", s -> answered(s, s.stage().finished(s.part("text"))));
    steps.on("WHO shows TEXTSTATUS", s -> {
      Optional<Sent> sent = s.phone().client().pager().displayed(message(s));
      answered(s, sent.orElseThrow(() -> new AssertionError("the message does not ask for displayed")));
    });
    steps.on("WHO receives TEXT(?: from (?<from>\\S+))?", s -> {
      Incoming message = message(s);
      Words.check(!s.has("from") || message.from().equals(Stage.address(s.part("from"))), "it came from " + message.from());
      s.stage().said(s.part("text"), message.messageId());
    });
    steps.on("WHO receives (?<bytes>\\d+) bytes(?: from (?<from>\\S+))?", s -> {
      Phone phone = s.phone();
      s.stage().until(() -> phone.messages.stream().anyMatch(m -> m.body().length == s.number("bytes")), () -> phone.name() + " did not receive it");
      Incoming message = phone.messages.stream().filter(m -> m.body().length == s.number("bytes")).findFirst().orElseThrow();
      Words.check(message.text().equals("x".repeat(s.number("bytes"))), "it is another one");
      Words.check(!s.has("from") || message.from().equals(Stage.address(s.part("from"))), "it came from " + message.from());
      phone.seenMessages = Math.max(phone.seenMessages, phone.messages.indexOf(message) + 1);
    });
    steps.on("WHO receives in this order (?<texts>\"[^\"]*\"(?:, \"[^\"]*\")*)", s -> inOrder(s.stage(), s.phone(), quoted(s.part("texts"))));
    steps.on("WHO receives nothing(?: more)?", s -> {
      s.stage().quiet(QUIET);
      Words.check(texts(s.phone()).isEmpty(), s.phone().name() + " received " + texts(s.phone()));
    });
    steps.on("WHO receives (?<what>\\w+) for (?:TEXT|id (?<id>\\S+))(?: from (?<from>\\S+))?", s ->
        s.stage().until(() -> told(s) > 0, () -> s.phone().name() + " was not told " + s.part("what")));
    steps.on("WHO is told (?<what>\\w+) of the (?<bytes>\\d+) bytes(?<from>)", s -> {
      String id = s.stage().idOf("x".repeat(s.number("bytes")));
      s.stage().until(() -> s.phone().receipts.stream().anyMatch(r -> r.messageId().equals(id) && r.status().element().equals(s.part("what"))),
          () -> s.phone().name() + " was not told " + s.part("what"));
    });
    steps.on("WHO is not told (?<what>\\w+) for TEXT(?<from>)", s -> {
      s.stage().quiet(QUIET);
      Words.check(told(s) == 0, s.phone().name() + " was told " + s.part("what"));
    });
    steps.on("WHO is told once (?<what>\\w+) for TEXT(?<from>)", s -> {
      s.stage().until(() -> told(s) > 0, () -> s.phone().name() + " was not told " + s.part("what"));
      s.stage().quiet(QUIET);
      Words.check(told(s) == 1, s.phone().name() + " was told " + told(s) + " times");
    });
    steps.on("WHO is told that (?<count>\\d+) messages? waits?", s -> {
      Phone phone = s.phone();
      s.stage().until(() -> phone.notices.size() > phone.seenNotices, () -> phone.name() + " got no list of waiting messages");
      int size = phone.notices.get(phone.seenNotices++).items().size();
      Words.check(size == s.number("count"), "the list has " + size);
    });
    steps.on("WHO gets no list", s -> {
      s.stage().quiet(QUIET);
      Words.check(s.phone().notices.size() == s.phone().seenNotices, "there is a list of waiting messages");
    });
  }

  private static void send(Steps.Said s) {
    String text = s.has("text") ? s.part("text") : "x".repeat(s.number("bytes"));
    Outgoing message = Outgoing.text(text);
    if (s.has("type")) {
      message = Outgoing.of(MediaType.parse(s.part("type")), message.body());
    }
    message = message.asking(Words.dispositions(s.part("asking"))).withMessageId(s.part("id"));
    message = s.has("life") ? message.withLife(Duration.ofSeconds(s.number("life"))) : message;
    Outgoing ready = s.has("bare") ? message.bare() : message;
    Uri to = s.stage().addressee(s.part("to"));
    Phone phone = s.phone();
    if (s.has("later")) {
      s.stage().begin(text, () -> phone.client().pager().send(to, ready));
    } else {
      Sent sent = phone.client().pager().send(to, ready);
      s.stage().said(text, sent.messageId());
      answered(s, sent);
    }
  }

  private static void answered(Steps.Said s, Sent sent) {
    s.stage().answered(Optional.of(sent.response()));
    String reason = s.match().namedGroups().containsKey("reason") ? s.reason() : null;
    Words.status(Optional.of(sent.response()), s.has("status") ? s.part("status") : "2xx", reason);
  }

  private static List<String> quoted(String texts) {
    List<String> found = new ArrayList<>();
    Matcher each = Pattern.compile("\"([^\"]*)\"").matcher(texts);
    while (each.find()) {
      found.add(each.group(1));
    }
    return found;
  }

  private static void inOrder(Stage stage, Phone phone, List<String> wanted) {
    stage.until(() -> phone.messages.size() >= phone.seenMessages + wanted.size(), () -> "only " + texts(phone) + " arrived");
    Words.check(texts(phone).subList(0, wanted.size()).equals(wanted), "it received " + texts(phone));
    phone.seenMessages += wanted.size();
    phone.settle();
  }

  private static long told(Steps.Said s) {
    String id = s.match().namedGroups().containsKey("id") && s.has("id") ? s.part("id") : s.stage().idOf(s.part("text"));
    return s.phone().receipts.stream()
        .filter(r -> r.messageId().equals(id) && r.status().element().equals(s.part("what")))
        .filter(r -> s.part("from").isEmpty() || r.from().equals(Stage.address(s.part("from"))))
        .count();
  }

  private static List<String> texts(Phone phone) {
    return phone.messages.stream().skip(phone.seenMessages).map(Incoming::text).toList();
  }

  /// The message of that text on that phone, as soon as it is there; it and what came before it are marked as seen.
  static Incoming message(Steps.Said s) {
    Phone phone = s.phone();
    String text = s.part("text");
    s.stage().until(() -> phone.messages.stream().anyMatch(m -> m.text().equals(text)), () -> phone.name() + " did not receive \"" + text + "\"");
    int at = 0;
    while (!phone.messages.get(at).text().equals(text)) {
      at++;
    }
    phone.seenMessages = Math.max(phone.seenMessages, at + 1);
    phone.settle();
    return phone.messages.get(at);
  }
}
