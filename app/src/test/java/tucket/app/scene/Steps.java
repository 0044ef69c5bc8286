// The sentences of the scene language, each with what it does.
package tucket.app.scene;

import static tucket.app.scene.Words.status;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tucket.app.admin.Administration;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Refused;
import tucket.client.Sent;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// The first sentence that fits the whole line is taken. In the patterns `WHO` is a person, or one of several devices of his (`bob's
/// tablet`), `TEXT` a quoted text, and `STATUS` an optional ending such as `-> 202` or `-> 413 "too large"`.
final class Steps {
  private static final String WHO = "(\\w+)(?:'s (\\w+))?";
  private static final String TEXT = "\"([^\"]*)\"";
  private static final String STATUS = "(?: -> (\\d{3}|silence)(?: \"([^\"]*)\")?)?";
  private static final Duration QUIET = Duration.ofMillis(400);

  private final Stage stage;
  private final Map<Pattern, Sentence> sentences = new LinkedHashMap<>();

  /// What a sentence does; `m` has its groups.
  private interface Sentence {
    void perform(Matcher m, Scene.Line line);
  }

  Steps(Stage stage) {
    this.stage = stage;
    registering();
    sending();
    receiving();
    operating();
  }

  void perform(Scene.Line line) {
    for (Map.Entry<Pattern, Sentence> sentence : sentences.entrySet()) {
      Matcher m = sentence.getKey().matcher(line.text());
      if (m.matches()) {
        sentence.getValue().perform(m, line);
        return;
      }
    }
    throw new SceneFailure(line.number(), line.text(), "no such sentence; docs/scenes.md lists them");
  }

  private void on(String pattern, Sentence sentence) {
    sentences.put(Pattern.compile(pattern.replace("WHO", WHO).replace("TEXT", TEXT).replace("STATUS", STATUS)), sentence);
  }

  private Phone phone(Matcher m) {
    return stage.phone(m.group(1), Words.or(m.group(2), ""));
  }

  private void registering() {
    on("(\\w+) registers(?: on (\\w+))?(?: by (udp|tcp|tls))?(?: for (\\d+)s)?(?: with password TEXT)?STATUS", (m, line) -> {
      Phone phone = phone(m);
      String transport = Words.or(m.group(3), "udp");
      ClientSettings settings = stage.settings(phone.owner, phone.device, transport, Words.or(m.group(5), phone.owner + "-lab"));
      phone.off();
      phone.change(m.group(4) == null ? settings : settings.withExpires(Duration.ofSeconds(Long.parseLong(m.group(4)))));
      int got = 200;
      try {
        phone.client().register();
      } catch (Refused e) {
        got = e.status();
      }
      Words.check(Words.or(m.group(6), "200").equals(String.valueOf(got)), "the registrar answered " + got);
    });
    on("WHO unregisters", (m, line) -> {
      phone(m).client().unregister();
      phone(m).off();
    });
    on("WHO vanishes", (m, line) -> {
      phone(m).settle();
      phone(m).off();
    });
    on("WHO returns", (m, line) -> phone(m).client().register());
    on("WHO registers again", (m, line) -> phone(m).client().register());
    on("WHO answers (\\d{3})( once)?", (m, line) -> phone(m).answers(Integer.parseInt(m.group(3)), m.group(4) != null));
    on("WHO answers nothing( once)?", (m, line) -> phone(m).answers(0, m.group(3) != null));
    on("WHO answers again", (m, line) -> phone(m).answers(200, false));
  }

  private void sending() {
    on("WHO sends (?:TEXT|(\\d+) bytes) to (\\S+?)(?: asking ([a-z, ]+?))?(?: with life (\\d+)s)?(?: with id (\\S+))?( without CPIM)?(?: as (\\S+?))?STATUS",
        (m, line) -> {
          String text = m.group(3) == null ? "x".repeat(Integer.parseInt(m.group(4))) : m.group(3);
          Outgoing message = Outgoing.text(text);
          if (m.group(10) != null) {
            message = Outgoing.of(MediaType.parse(m.group(10)), message.body());
          }
          message = message.asking(Words.dispositions(Words.or(m.group(6), ""))).withMessageId(Words.or(m.group(8), ""));
          message = m.group(7) == null ? message : message.withLife(Duration.ofSeconds(Long.parseLong(m.group(7))));
          message = m.group(9) == null ? message : message.bare();
          Sent sent = phone(m).client().pager().send(Stage.address(m.group(5)), message);
          stage.said(text, sent.messageId());
          answered(sent, Words.or(m.group(11), "2xx"), m.group(12));
        });
    on("WHO shows TEXTSTATUS", (m, line) -> {
      Incoming message = message(phone(m), m.group(3));
      Optional<Sent> sent = phone(m).client().pager().displayed(message);
      Words.check(sent.isPresent(), "the message does not ask for displayed");
      answered(sent.orElseThrow(), Words.or(m.group(4), "2xx"), m.group(5));
    });
    on("WHO requests", (m, line) -> {
      ImClient client = phone(m).client();
      stage.answered(Optional.of(client.request(request(line.block()))));
    });
    on("raw (udp|tcp)", (m, line) ->
        stage.answered(RawSip.exchange(m.group(1), stage.at(m.group(1)).address(), line.block(), stage.token())));
    on("-> (\\d{3}|silence)(?: TEXT)?", (m, line) -> {
      SipResponse response = stage.answer();
      status(response, m.group(1), m.group(2));
    });
    on("the answer has ([\\w-]+): (.+)", (m, line) -> {
      String found = String.join(", ", stage.answer().lines(Header.of(m.group(1))));
      Words.check(found.contains(m.group(2).strip()), "the answer has " + m.group(1) + ": " + found);
    });
    on("the answer has no ([\\w-]+)", (m, line) ->
        Words.check(!stage.answer().has(Header.of(m.group(1))), "the answer has " + stage.answer().first(Header.of(m.group(1))).orElse("")));
  }

  private void answered(Sent sent, String wanted, @org.jspecify.annotations.Nullable String reason) {
    stage.answered(Optional.of(sent.response()));
    status(sent.response(), wanted, reason);
  }

  /// `METHOD URI`, header lines, an empty line, the body.
  private static SipRequest request(List<String> block) {
    String[] start = block.getFirst().split(" ");
    Edit edit = SipRequest.of(start[0], Stage.address(start[1])).edit();
    int blank = block.indexOf("");
    for (String header : block.subList(1, blank < 0 ? block.size() : blank)) {
      int colon = header.indexOf(':');
      edit.append(Header.of(header.substring(0, colon).strip()), header.substring(colon + 1).strip());
    }
    if (blank >= 0) {
      edit.bytes(String.join("\r\n", block.subList(blank + 1, block.size())).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return edit.request();
  }

  private void receiving() {
    on("WHO receives TEXT(?: from (\\S+))?", (m, line) -> {
      Incoming message = message(phone(m), m.group(3));
      String from = m.group(4);
      Words.check(from == null || message.from().equals(Stage.address(from)), "it came from " + message.from());
      stage.said(m.group(3), message.messageId());
    });
    on("WHO receives in this order (TEXT(?:, TEXT)*)", (m, line) -> {
      Phone phone = phone(m);
      List<String> wanted = new ArrayList<>();
      Matcher texts = Pattern.compile(TEXT).matcher(m.group(3));
      while (texts.find()) {
        wanted.add(texts.group(1));
      }
      stage.until(() -> phone.messages.size() >= phone.seenMessages + wanted.size(), () -> "only " + texts(phone) + " arrived");
      Words.check(texts(phone).subList(0, wanted.size()).equals(wanted), "it received " + texts(phone));
      phone.seenMessages += wanted.size();
    });
    on("WHO receives (\\w+) for TEXT(?: from (\\S+))?", (m, line) -> {
      Phone phone = phone(m);
      String id = stage.idOf(m.group(4));
      String from = m.group(5);
      stage.until(
          () -> phone.receipts.stream().anyMatch(r -> r.messageId().equals(id) && r.status().element().equals(m.group(3))
              && (from == null || r.from().equals(Stage.address(from)))),
          () -> phone.name() + " was not told " + m.group(3));
    });
    on("WHO receives nothing(?: more)?", (m, line) -> {
      Phone phone = phone(m);
      stage.quiet(QUIET);
      Words.check(phone.messages.size() == phone.seenMessages, phone.name() + " received " + texts(phone));
    });
    on("WHO is not told (\\w+) for TEXT", (m, line) -> {
      Phone phone = phone(m);
      String id = stage.idOf(m.group(4));
      stage.quiet(QUIET);
      Words.check(
          phone.receipts.stream().noneMatch(r -> r.messageId().equals(id) && r.status().element().equals(m.group(3))),
          phone.name() + " was told " + m.group(3));
    });
    on("WHO is told once (\\w+) for TEXT", (m, line) -> {
      Phone phone = phone(m);
      String id = stage.idOf(m.group(4));
      stage.quiet(QUIET);
      long told = phone.receipts.stream().filter(r -> r.messageId().equals(id) && r.status().element().equals(m.group(3))).count();
      Words.check(told == 1, phone.name() + " was told " + told + " times");
    });
    on("WHO is told that (\\d+) messages? waits?", (m, line) -> {
      Phone phone = phone(m);
      stage.until(() -> phone.notices.size() > phone.seenNotices, () -> phone.name() + " got no list of waiting messages");
      int size = phone.notices.get(phone.seenNotices++).items().size();
      Words.check(size == Integer.parseInt(m.group(3)), "the list has " + size);
    });
  }

  private static List<String> texts(Phone phone) {
    return phone.messages.stream().skip(phone.seenMessages).map(Incoming::text).toList();
  }

  /// The message of that text on that phone, as soon as it is there; marks it as seen.
  private Incoming message(Phone phone, String text) {
    stage.until(() -> phone.messages.stream().anyMatch(m -> m.text().equals(text)), () -> phone.name() + " did not receive \"" + text + "\"");
    int at = 0;
    while (!phone.messages.get(at).text().equals(text)) {
      at++;
    }
    phone.seenMessages = Math.max(phone.seenMessages, at + 1);
    phone.settle();
    return phone.messages.get(at);
  }

  private void operating() {
    on("the server restarts", (m, line) -> {
      stage.stop();
      stage.start();
    });
    on("the server is killed and starts again", (m, line) -> {
      stage.kill();
      stage.start();
    });
    on("the server stops", (m, line) -> stage.stop());
    on("the server starts", (m, line) -> stage.start());
    on("nothing waits for (\\w+)", (m, line) -> waits(m.group(1), 0));
    on("(\\d+) (?:messages?|notifications?|items?) waits? for (\\w+)", (m, line) -> waits(m.group(2), Integer.parseInt(m.group(1))));
    on("the operator sends TEXT to ([\\w, ]+)", (m, line) -> {
      List<String> to = m.group(2).equals("all") ? List.of() : Stream.of(m.group(2).split("[, ]+")).toList();
      stage.said(m.group(1), stage.ask(a -> a.announce(to, "text/plain;charset=utf-8", m.group(1))).messageId());
    });
    on("the operator adds (\\w+)(?: with ([+\\w:@.]+))?", (m, line) ->
        stage.ask(a -> a.add(m.group(1), m.group(1) + "-lab", "", m.group(2) == null ? List.of() : List.of(m.group(2)))));
    on("the operator removes (\\w+)", (m, line) -> stage.ask(a -> {
      a.remove(m.group(1));
      return true;
    }));
    on("the operator (bars|admits) (\\w+)", (m, line) ->
        change(m.group(2), new Administration.Changes(null, null, null, null, m.group(1).equals("admits"), null)));
    on("the operator sets (\\S+) of (\\w+) to (\\S+)", (m, line) ->
        change(m.group(2), new Administration.Changes(null, null, null, null, null, Map.of(m.group(1), m.group(3)))));
    on("the operator deletes what waits for (\\w+)", (m, line) -> stage.ask(a -> a.delete(m.group(1), "")));
    on("the trace of TEXT has ([a-z_, ]+)", (m, line) -> {
      String id = stage.idOf(m.group(1));
      List<String> wanted = List.of(m.group(2).split("[, ]+"));
      stage.until(() -> trace(id).containsAll(wanted), () -> "the trace has " + trace(id));
    });
  }

  private List<String> trace(String id) {
    return stage.ask(a -> a.trace(id).stream().map(Administration.Happened::what).toList());
  }

  private void change(String user, Administration.Changes changes) {
    stage.ask(a -> a.change(user, changes));
  }

  private void waits(String user, int wanted) {
    stage.until(() -> stage.ask(a -> a.queue(user)).size() == wanted, () -> stage.ask(a -> a.queue(user)).size() + " wait for " + user);
  }

}
