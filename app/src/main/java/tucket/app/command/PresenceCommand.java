// tucket presence: publish one's own, watch somebody's.
package tucket.app.command;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tucket.client.ImClient;
import tucket.client.Publisher;
import tucket.client.Watcher;
import tucket.protocol.Malformed;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.document.PresenceDocument.ServiceTuple;
import tucket.protocol.document.XmlElement;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Uri;
import tucket.transport.Deadline;
import tucket.transport.net.SystemWorld;

@Command(
    name = "presence",
    description = "Say whether you are open for messages, or watch whether somebody else is.",
    footer = {
      "%nExamples:",
      "  tucket presence --as bob --say closed --life 3600   messages for bob wait, for an hour",
      "  tucket presence --as bob --say open --if-match TAG  in place of what was published with that tag",
      "  tucket presence --as bob --clear --if-match TAG     takes it back",
      "  tucket presence --as alice bob                      what bob's presence is now",
      "  tucket presence --as alice bob --for 60             and every change for a minute"
    })
public final class PresenceCommand implements Callable<Integer> {
  private static final String EVENT = "presence";

  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private Output out = new Output();

  @Parameters(index = "0", arity = "0..1", paramLabel = "WHOM", description = "Whose presence to watch.")
  private @Nullable String whom;

  @Option(names = "--say", paramLabel = "open|closed", description = "Publish that you are open or closed for messages.")
  private @Nullable String set;

  @Option(names = "--clear", description = "Take back what was published with the tag of --if-match.")
  private boolean clear;

  @Option(names = "--if-match", paramLabel = "TAG", description = "The tag that an earlier publication was answered with.")
  private @Nullable String tag;

  @Option(names = "--life", paramLabel = "SECONDS", defaultValue = "3600", description = "How long it holds (default: ${DEFAULT-VALUE}).")
  private int life = 3600;

  @Option(names = "--for", paramLabel = "SECONDS", defaultValue = "0", description = "How long to watch; 0 for one look (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    if ((whom != null ? 1 : 0) + (set != null ? 1 : 0) + (clear ? 1 : 0) != 1) {
      throw new Failure(Exit.USAGE, "name somebody to watch, or give --say, or --clear");
    }
    if (clear && tag == null) {
      throw new Failure(Exit.USAGE, "--clear wants the tag of the publication: --if-match TAG");
    }
    try (SystemWorld world = client.world();
        ImClient im = new ImClient(world.world(), client.settings())) {
      return whom != null ? watch(world, im, client.anybody(whom)) : publish(im);
    }
  }

  private int publish(ImClient im) {
    String user = im.settings().account().address().toString();
    Publisher publisher = new Publisher(im, EVENT, Optional.ofNullable(tag));
    SipResponse response;
    if (clear) {
      response = publisher.remove();
    } else {
      boolean open = isOpen(String.valueOf(set));
      ServiceTuple tuple = new ServiceTuple("im", PresenceDocument.IM, "1.0", open, user);
      byte[] document = PresenceDocument.compose(user, List.of(tuple), List.of(), Optional::of);
      response = publisher.publish(PresenceDocument.TYPE, document, Duration.ofSeconds(life));
    }
    SettingsCommand.accepted(response, im);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", clear ? "cleared" : "published");
    fields.put("user", user);
    fields.put("expires", response.number(Header.EXPIRES).orElse(0));
    publisher.tag().ifPresent(t -> fields.put("tag", t));
    out.event(fields, clear ? "%s has taken it back" : "%s is %s for %s s  (tag %s)", user, set, fields.get("expires"), fields.get("tag"));
    return Exit.OK;
  }

  private static boolean isOpen(String word) {
    return switch (word) {
      case "open" -> true;
      case "closed" -> false;
      default -> throw new Failure(Exit.USAGE, "--say takes open or closed, not \"" + word + "\"");
    };
  }

  private int watch(SystemWorld world, ImClient im, Uri what) throws InterruptedException {
    LinkedBlockingQueue<Watcher.Notice> notices = new LinkedBlockingQueue<>();
    try (Watcher watcher = new Watcher(im, EVENT, PresenceDocument.TYPE, what, notices::add)) {
      SettingsCommand.accepted(watcher.subscribe(Duration.ofSeconds(Math.max(60, seconds))), im);
      Deadline by = Deadline.in(Duration.ofSeconds(seconds == 0 ? 30 : seconds), world.world().clock());
      boolean seen = false;
      while (!seen || seconds > 0) {
        Watcher.Notice notice = notices.poll(by.left(world.world().clock()).toMillis(), TimeUnit.MILLISECONDS);
        if (notice == null) {
          return seen ? Exit.OK : Exit.FAILED;
        }
        seen = true;
        show(what, notice);
        if (notice.isLast()) {
          return Exit.OK;
        }
      }
      return Exit.OK;
    }
  }

  private void show(Uri what, Watcher.Notice notice) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", EVENT);
    fields.put("user", what.toString());
    fields.put("state", notice.state());
    String says = notice.body().length == 0 ? "nothing is told (" + notice.state() + ")" : read(notice.body(), fields);
    out.event(fields, "%s: %s", what, says);
  }

  private static String read(byte[] body, Map<String, Object> fields) {
    try {
      PresenceDocument document = PresenceDocument.parse(body);
      String im = document.isOpenForIm().map(o -> o ? "open" : "closed").orElse("unknown");
      fields.put("im", im);
      List<String> notes = document.elements().stream().filter(e -> e.name().equals("note")).map(XmlElement::text).toList();
      fields.put("notes", notes);
      fields.put("document", new String(body, StandardCharsets.UTF_8));
      return im + " for messages" + (notes.isEmpty() ? "" : "; " + String.join("; ", notes));
    } catch (Malformed e) {
      return "a document that can't be read: " + e.getMessage();
    }
  }
}
