// tucket documents watch: what becomes of documents, as it happens.
package tucket.app.command;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tucket.client.ImClient;
import tucket.client.Watcher;
import tucket.client.xcap.DocumentCopies;
import tucket.client.xcap.XdmClient;
import tucket.client.xcap.XdmClient.Found;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.xcap.XcapDiff;
import tucket.protocol.xcap.XmlPatch;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.net.SystemWorld;

@Command(
    name = "watch",
    description = {
      "Keep copies of documents, of all your own by default, and print each change as it happens; Ctrl-C ends.",
      "What has changed is told in patches where the server has them, else the document is fetched."
    },
    footer = {
      "%nExamples:",
      "  tucket documents watch --as alice",
      "  tucket documents watch --as alice resource-lists/index --json",
      "  tucket documents watch --as alice --count 1 --timeout 60 && echo something has changed"
    })
public final class DocumentsWatchCommand implements Callable<Integer> {
  // RFC 5875 section 4.3: one change from the version told last to the one that is there now, with its patches
  private static final String EVENT = "xcap-diff;diff-processing=aggregate";
  private static final MediaType DIFF = MediaType.parse(XcapDiff.TYPE);
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final int MOST_SHOWN = 160;

  @Mixin private XdmOptions xdm = new XdmOptions();
  @Mixin private Output out = new Output();

  @Parameters(arity = "0..*", paramLabel = "DOCUMENT", description = "USAGE/NAME of your own, USAGE/users/USER/NAME or USAGE/global/NAME.")
  private List<String> documents = List.of();

  @Option(names = "--count", paramLabel = "N", description = "End after so many changes.")
  private int count;

  @Option(names = "--timeout", paramLabel = "SECONDS", description = "End after this time; exit code 1 where --count was not reached.")
  private int timeout;

  @Override
  public Integer call() throws InterruptedException {
    return xdm.withSip(this::watch);
  }

  private int watch(SystemWorld world, ImClient im, XdmClient client) throws InterruptedException {
    List<String> wanted = documents.stream().map(d -> DocumentName.of(d, client.user(), "", Map.of()).selector()).toList();
    Optional<Watcher.Wish> wish = wanted.isEmpty() ? Optional.empty() : Optional.of(new Watcher.Wish(MediaType.RESOURCE_LISTS, XcapDiff.wanted(wanted)));
    LinkedBlockingQueue<Watcher.Notice> notices = new LinkedBlockingQueue<>();
    try (Watcher watcher = new Watcher(im, EVENT, DIFF, im.settings().account().address(), wish, notices::add)) {
      return watch(world.world().clock(), watcher, notices, new Copies(client), im);
    }
  }

  private int watch(Clock clock, Watcher watcher, LinkedBlockingQueue<Watcher.Notice> notices, Copies copies, ImClient im) throws InterruptedException {
    Deadline end = Deadline.in(timeout > 0 ? Duration.ofSeconds(timeout) : Duration.ofDays(10_000), clock);
    Deadline refresh = Deadline.in(Duration.ZERO, clock);
    while (!end.passed(clock)) {
      if (refresh.passed(clock)) {
        SettingsCommand.accepted(watcher.subscribe(LIFE), im);
        refresh = Deadline.in(LIFE.dividedBy(2), clock);
      }
      long left = Math.min(end.left(clock).toMillis(), refresh.left(clock).toMillis());
      Watcher.Notice notice = notices.poll(Math.max(1, left), TimeUnit.MILLISECONDS);
      if (notice == null) {
        continue;
      }
      copies.told(notice.body());
      if (count > 0 && copies.changes >= count) {
        return Exit.OK;
      }
      if (notice.isLast()) {
        throw new Failure(Exit.FAILED, "the server has ended the subscription (" + notice.state() + ")");
      }
    }
    return count == 0 ? Exit.OK : Exit.FAILED;
  }

  /// The copies, and what is printed of them.
  private final class Copies {
    private final XdmClient client;
    private final DocumentCopies copies;
    private final Set<String> known = new HashSet<>();
    private boolean begun;
    private int changes;

    Copies(XdmClient client) {
      this.client = client;
      this.copies = new DocumentCopies(client::get);
    }

    void told(byte[] body) {
      if (body.length == 0) {
        return;
      }
      try {
        for (XcapDiff.Change change : XcapDiff.parse(body).changes()) {
          if (change instanceof XcapDiff.Document document) {
            told(document);
          }
        }
      } catch (Malformed e) {
        throw new Failure(Exit.FAILED, "what the server tells can't be read: " + e.getMessage());
      }
      if (!begun) {
        begun = true;
        out.event(Map.of("event", "watching", "documents", known.size()), "watching; %d documents are there (Ctrl-C ends)", known.size());
      }
    }

    private void told(XcapDiff.Document document) {
      long patched = copies.patchedCount();
      if (!copies.told(document)) {
        return; // it is the one that we have
      }
      Optional<Found> now = copies.document(document.selector());
      boolean before = !(now.isPresent() ? known.add(document.selector()) : known.remove(document.selector()));
      String what = now.isEmpty() ? "removed" : !begun ? "there" : before ? "changed" : "new";
      if (now.isEmpty() && before) {
        return; // told that it is gone, but it was not known here
      }
      changes += begun ? 1 : 0;
      List<XmlPatch> patches = copies.patchedCount() > patched ? document.patches().orElse(List.of()) : List.of();
      show(document.selector(), what, now, patches);
    }

    private void show(String selector, String what, Optional<Found> now, List<XmlPatch> patches) {
      Map<String, Object> fields = new LinkedHashMap<>();
      String name = DocumentsCommand.shortened(selector, client.user());
      fields.put("event", what);
      fields.put("document", name);
      now.ifPresent(found -> {
        fields.put("etag", found.etag());
        fields.put("patches", patches.stream().map(Copies::fields).toList());
        fields.put("content", new String(found.body(), StandardCharsets.UTF_8));
      });
      String size = now.map(found -> ", " + found.body().length + " bytes").orElse("");
      out.event(fields, "%s is %s%s", name, what, size);
      patches.forEach(p -> out.line("  %-8s %s %s", p.kind().name().toLowerCase(java.util.Locale.ROOT), p.selector(), shown(p)));
    }

    private static Map<String, Object> fields(XmlPatch patch) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("kind", patch.kind().name().toLowerCase(java.util.Locale.ROOT));
      fields.put("selector", patch.selector());
      fields.put("type", patch.type());
      fields.put("position", patch.position());
      fields.put("content", patch.content());
      return fields;
    }

    private static String shown(XmlPatch patch) {
      List<String> parts = new ArrayList<>(List.of(patch.type(), patch.position(), patch.content().strip().replaceAll("\\s+", " ")));
      parts.removeIf(String::isEmpty);
      String all = String.join(" ", parts);
      return all.length() > MOST_SHOWN ? all.substring(0, MOST_SHOWN) + " ..." : all;
    }
  }
}
