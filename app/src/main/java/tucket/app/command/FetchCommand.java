// tucket fetch: what waits for a user, to be listed, got or deleted.
package tucket.app.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.client.Deferred;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Pager;
import tucket.client.Refused;
import tucket.client.Session;
import tucket.protocol.document.DeferredList;
import tucket.protocol.sip.SipResponse;
import tucket.transport.net.SystemWorld;

@Command(
    name = "fetch",
    description = {
      "Get the messages that wait for you on the server: all, or those of --message; with --list only see what waits, with --delete delete unread.",
      "Messages wait to be fetched where you have asked for that (tucket settings --store on); else they are pushed as soon as you register, and",
      "are shown here too."
    },
    footer = {
      "%nExamples:",
      "  tucket fetch --as bob --list",
      "  tucket fetch --as bob",
      "  tucket fetch --as bob --message d7 --message d9",
      "  tucket fetch --as bob --in-session                       all, over MSRP",
      "  tucket fetch --as bob --delete --message d8",
      "  tucket fetch --as bob --delete                           all of them"
    })
public final class FetchCommand implements Callable<Integer> {
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private Output out = new Output();

  @Option(names = "--list", description = "Only show what waits.")
  private boolean list;

  @Option(names = "--message", paramLabel = "ID", description = "This one: its reference in the list, or its Message-ID. May be given several times.")
  private List<String> ids = List.of();

  @Option(names = "--in-session", description = "Get them in a session (INVITE and MSRP) instead of by MESSAGE.")
  private boolean inSession;

  @Option(names = "--delete", description = "Delete them unread.")
  private boolean delete;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long to wait for what was asked for (default: ${DEFAULT-VALUE}).")
  private int timeout = 30;

  private final BlockingQueue<DeferredList> lists = new LinkedBlockingQueue<>();
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private final CountDownLatch all = new CountDownLatch(1);
  private volatile boolean asked;

  @Override
  public Integer call() throws InterruptedException {
    if (delete && (list || inSession)) {
      throw new Failure(Exit.USAGE, "--delete goes without --list and --in-session");
    }
    try (SystemWorld world = client.world();
        ImClient im = new ImClient(world.world(), client.settings())) {
      im.pager().listen(new Printer());
      im.register();
      try {
        boolean done = run(im, new Deferred(im));
        im.pager().settle(Duration.ofSeconds(5));
        return done ? Exit.OK : Exit.FAILED;
      } finally {
        im.leave();
      }
    }
  }

  private boolean run(ImClient im, Deferred deferred) throws InterruptedException {
    if (delete) {
      boolean good = accepted(deferred.delete(ids));
      if (good) {
        out.event(Map.of("event", "deleted"), "deleted");
      }
      return good;
    }
    DeferredList waiting = waiting(deferred);
    if (list) {
      out.table(List.of("reference", "from", "received", "bytes", "messageId"), waiting.items().stream().map(FetchCommand::row).toList());
      return true;
    }
    waiting.items().stream().filter(i -> ids.isEmpty() || ids.contains(i.reference()) || ids.contains(messageId(i)))
        .forEach(i -> wanted.add(messageId(i)));
    asked = true;
    if (ids.isEmpty() && wanted.isEmpty()) {
      out.event(Map.of("event", "nothing"), "nothing waits");
      return true;
    }
    return inSession ? session(im) : accepted(deferred.retrieve(ids)) && (wanted.isEmpty() || all.await(timeout, TimeUnit.SECONDS));
  }

  private DeferredList waiting(Deferred deferred) throws InterruptedException {
    lists.clear(); // that of the registration
    if (!accepted(deferred.list())) {
      return new DeferredList(List.of());
    }
    DeferredList found = lists.poll(timeout, TimeUnit.SECONDS);
    if (found == null) {
      throw new Failure(Exit.FAILED, "the server has sent no list of what waits");
    }
    return found;
  }

  private boolean session(ImClient im) throws InterruptedException {
    try {
      Session session = im.sessions().retrieve(ids);
      return session.awaitEnd(Duration.ofSeconds(timeout));
    } catch (Refused no) {
      out.event(Map.of("event", "refused", "status", no.status()), "refused: %s", no.status() + " " + no.getMessage());
      return false;
    }
  }

  private boolean accepted(SipResponse response) {
    if (!response.isSuccess()) {
      out.event(Map.of("event", "refused", "status", response.status()), "refused: %s", response.status() + " " + response.reason());
    }
    return response.isSuccess();
  }

  private static Map<String, Object> row(DeferredList.Item item) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("reference", item.reference());
    row.put("from", item.content() instanceof DeferredList.Pager pager ? pager.from() : "");
    row.put("received", item.date().orElse(""));
    row.put("bytes", item.size().orElse(0));
    row.put("messageId", messageId(item));
    return row;
  }

  private static String messageId(DeferredList.Item item) {
    return item.content() instanceof DeferredList.Pager pager ? pager.authId().orElse("") : "";
  }

  /// Prints what comes.
  private final class Printer implements Pager.Listener {
    @Override
    public void message(Incoming message) {
      boolean text = message.type().type().equals("text");
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("event", "message");
      fields.put("from", message.from().toString());
      fields.put("messageId", message.messageId());
      fields.put("dateTime", message.dateTime());
      fields.put("type", message.type().toString());
      fields.put(text ? "text" : "bytes", text ? message.text() : message.body().length);
      out.event(fields, "%s  %s: %s", message.dateTime(), message.from(), text ? message.text() : message.body().length + " bytes of " + message.type());
      if (wanted.remove(message.messageId()) && wanted.isEmpty() && asked) {
        all.countDown();
      }
    }

    @Override
    public void waiting(DeferredList waiting) {
      lists.add(waiting);
    }
  }
}
