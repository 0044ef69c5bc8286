// tucket chat: a conversation in a session, at the terminal.
package tucket.app.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.Widget;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Pager;
import tucket.client.Receipt;
import tucket.client.Refused;
import tucket.client.Sent;
import tucket.client.Session;
import tucket.client.Sessions;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.sip.Uri;
import tucket.transport.net.SystemWorld;

@Command(
    name = "chat",
    description = {
      "Talk to a user in a session. The first line invites; where the user is away, the server takes the messages and brings them later.",
      "A tick stands for delivered, two for displayed; Ctrl-D ends. While you type, the other side is told so. A session that is lost is opened",
      "again with the next line. With --json lines are read from standard input and events printed."
    },
    footer = {"%nExamples:", "  tucket chat --as alice bob", "  printf 'Hello\\nAre you there?\\n' | tucket chat --as alice bob --json --stay 30"})
public final class ChatCommand implements Callable<Integer> {
  private static final Duration REFRESH = Duration.ofSeconds(45);

  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private Output out = new Output();

  @Parameters(index = "0", paramLabel = "USER", description = "With whom: bob, bob@domain, sip:bob@domain, tel:+4912345.")
  private String with = "";

  @Option(
      names = "--stay",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "With --json: how long to stay behind the last line at most, for ticks and answers (default: ${DEFAULT-VALUE}).")
  private int stay;

  private final AtomicReference<Optional<Session>> session = new AtomicReference<>(Optional.empty());
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private volatile @Nullable LineReader reader;
  private final CountDownLatch allSeen = new CountDownLatch(1);
  private final Set<String> unseen = ConcurrentHashMap.newKeySet();
  private volatile boolean finished;
  private volatile Instant typed = Instant.EPOCH;
  private volatile Optional<Pager> pager = Optional.empty();
  private Supplier<String> token = () -> "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    Uri peer = client.anybody(with);
    try (SystemWorld world = client.world();
        ImClient im = new ImClient(world.world(), client.settings())) {
      token = () -> world.world().chance().token(12);
      Listener listener = new Listener(world);
      pager = Optional.of(im.pager());
      im.pager().listen(listener);
      im.sessions().listen(listener);
      im.register();
      say(Map.of("event", "registered", "address", im.settings().account().address().toString()), "talking to %s (Ctrl-D ends)", peer);
      boolean good = out.json() ? lines(im, peer) : terminal(world, im, peer);
      im.pager().settle(Duration.ofSeconds(5));
      session.get().ifPresent(Session::end);
      im.leave();
      return good ? Exit.OK : Exit.FAILED;
    }
  }

  private boolean lines(ImClient im, Uri peer) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    boolean good = true;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      good &= line.isBlank() || send(im, peer, line);
    }
    finished = true;
    if (stay > 0 && !unseen.isEmpty()) {
      awaitTicks();
    }
    return good;
  }

  private void awaitTicks() {
    try {
      var unused = allSeen.await(stay, TimeUnit.SECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean terminal(SystemWorld world, ImClient im, Uri peer) throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      LineReader keyboard = LineReaderBuilder.builder().terminal(terminal).build();
      Widget insert = java.util.Objects.requireNonNull(keyboard.getWidgets().get(LineReader.SELF_INSERT));
      keyboard.getWidgets().put(LineReader.SELF_INSERT, () -> {
        typing(world);
        return insert.apply();
      });
      reader = keyboard;
      while (true) {
        String line = keyboard.readLine("> ");
        if (!line.isBlank()) {
          send(im, peer, line.strip());
        }
      }
    } catch (EndOfFileException | UserInterruptException end) {
      return true;
    } finally {
      reader = null;
    }
  }

  /// RFC 3994 section 3.3: the other side hears it once, and again while it goes on.
  private void typing(SystemWorld world) {
    Instant now = world.world().clock().now();
    Optional<Session> open = session.get().filter(s -> !s.isOver());
    if (open.isPresent() && typed.plus(REFRESH).isBefore(now)) {
      typed = now;
      world.world().threads().start("composing", () -> open.get().composing(true));
    }
  }

  private boolean send(ImClient im, Uri peer, String text) {
    typed = Instant.EPOCH; // a message ends the composing

    String id = "chat-" + token.get();
    int number = count.incrementAndGet();
    numbers.put(id, number);
    unseen.add(id);
    Outgoing message = Outgoing.text(text).asking(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY).withMessageId(id);
    Optional<Session> open = session.get().filter(s -> !s.isOver());
    try {
      int status = 200;
      if (open.isPresent()) {
        Sent sent = open.get().send(message);
        status = sent.status();
      }
      if (open.isEmpty() || status == 481 || status == 408) { // none yet, or lost: invite. Its Message-ID tells a message that came already
        session.set(Optional.of(im.sessions().invite(peer, Optional.of(message))));
        status = 200;
      }
      say(sent(id, number, status), "  [%d] %s", number, status == 200 ? "sent" : "failed: " + status);
      return status == 200;
    } catch (Refused no) {
      say(sent(id, number, no.status()), "  [%d] refused: %s", number, no.status() + " " + String.valueOf(no.getMessage()));
      return false;
    }
  }

  private static Map<String, Object> sent(String id, int number, int status) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "sent");
    fields.put("number", number);
    fields.put("messageId", id);
    fields.put("status", status);
    return fields;
  }

  /// Above the line that is being typed, where there is a terminal.
  private void say(Map<String, ?> fields, String format, Object... args) {
    LineReader keyboard = reader;
    if (keyboard != null && !out.json()) {
      keyboard.printAbove(String.format(format, args));
    } else {
      out.event(fields, format, args);
    }
  }

  /// Prints what comes, by message or in a session.
  private final class Listener implements Sessions.Listener, Pager.Listener {
    private final SystemWorld world;

    Listener(SystemWorld world) {
      this.world = world;
    }

    @Override
    public void opened(Session opened) {
      session.set(Optional.of(opened));
    }

    @Override
    public void message(Session in, Incoming message) {
      show(message);
      world.world().threads().start("displayed", () -> in.displayed(message));
    }

    @Override
    public void message(Incoming message) {
      show(message);
      world.world().threads().start("displayed", () -> pager.ifPresent(p -> p.displayed(message)));
    }

    private void show(Incoming message) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("event", "message");
      fields.put("from", message.from().toString());
      fields.put("messageId", message.messageId());
      fields.put("text", message.text());
      say(fields, "%s: %s", message.from(), message.text());
    }

    @Override
    public void composing(Session in, boolean active) {
      say(Map.of("event", "composing", "active", active), "  %s %s", in.peer(), active ? "is writing" : "has stopped writing");
    }

    @Override
    public void receipt(Receipt receipt) {
      String status = receipt.status().element();
      String ticks = switch (receipt.status()) {
        case DELIVERED -> "✓";
        case DISPLAYED -> "✓✓";
        default -> status;
      };
      if (receipt.status() == Imdn.Status.DISPLAYED && unseen.remove(receipt.messageId()) && unseen.isEmpty() && finished) {
        allSeen.countDown();
      }
      say(Map.of("event", status, "messageId", receipt.messageId()), "  [%s] %s", numbers.getOrDefault(receipt.messageId(), 0), ticks);
    }

    @Override
    public void ended(Session ended) {
      session.compareAndSet(Optional.of(ended), Optional.empty());
      say(Map.of("event", "ended"), "  the session has ended");
    }
  }
}
