// tucket listen: a user at the terminal, who gets messages and notifications.
package tucket.app.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Pager;
import tucket.client.Receipt;
import tucket.client.Registration;
import tucket.protocol.document.DeferredList;
import tucket.transport.net.SystemWorld;

@Command(
    name = "listen",
    description = {
      "Register a user and print what arrives. Each message that asks for it is confirmed as delivered.",
      "Type the number of a message and Enter to tell its sender that it has been displayed; Ctrl-C ends."
    },
    footer = {
      "%nExamples:",
      "  tucket listen --as bob",
      "  tucket listen --as bob --displayed",
      "  tucket listen --as bob --count 1 --timeout 30 --json"
    })
public final class ListenCommand implements Callable<Integer> {
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private Output out = new Output();

  @Option(names = "--displayed", description = "Tell senders at once that their message has been displayed.")
  private boolean displayed;

  @Option(names = "--count", paramLabel = "N", description = "End after so many messages.")
  private int count;

  @Option(names = "--timeout", paramLabel = "SECONDS", description = "End after this time; exit code 1 where --count was not reached.")
  private int timeout;

  @Option(names = "--stay-registered", description = "Do not unregister at the end, as a phone that loses its network.")
  private boolean stay;

  private final List<Incoming> messages = new CopyOnWriteArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch enough = new CountDownLatch(count > 0 ? count : Integer.MAX_VALUE);
    try (SystemWorld world = client.world();
        ImClient im = new ImClient(world.world(), client.settings())) {
      im.pager().listen(new Printer(im, world, enough));
      Registration granted = im.register();
      String address = im.settings().account().address().toString();
      out.event(
          Map.of("event", "registered", "address", address, "expires", granted.expires().toSeconds()), "%s is listening (Ctrl-C ends)", address);
      Thread leave = new Thread(() -> leave(im), "leave");
      Runtime.getRuntime().addShutdownHook(leave);
      if (!out.json()) {
        world.world().threads().start("keyboard", () -> keyboard(im));
      }
      boolean all = timeout > 0 ? enough.await(timeout, TimeUnit.SECONDS) : await(enough);
      im.pager().settle(Duration.ofSeconds(5));
      if (Runtime.getRuntime().removeShutdownHook(leave)) {
        leave(im);
      }
      return all || count == 0 ? Exit.OK : Exit.FAILED;
    }
  }

  private static boolean await(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return true;
  }

  private void leave(ImClient im) {
    if (!stay) {
      im.leave();
    }
  }

  /// Each line typed is the number of a message to confirm as displayed.
  private void keyboard(ImClient im) {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          typed(im, line.strip());
        }
      }
    } catch (IOException e) {
      out.line("the keyboard is gone: %s", e.getMessage());
    }
  }

  private void typed(ImClient im, String line) {
    if (!line.matches("\\d{1,6}") || Integer.parseInt(line) < 1 || Integer.parseInt(line) > messages.size()) {
      out.line("type the number of a message, 1 to %d", messages.size());
      return;
    }
    Incoming message = messages.get(Integer.parseInt(line) - 1);
    im.pager()
        .displayed(message)
        .ifPresentOrElse(sent -> out.line("displayed [%s] told to %s: %d %s", line, message.from(), sent.status(), sent.reason()),
            () -> out.line("the sender of [%s] does not ask for it", line));
  }

  /// Prints what arrives.
  private final class Printer implements Pager.Listener {
    private final ImClient im;
    private final SystemWorld world;
    private final CountDownLatch enough;

    Printer(ImClient im, SystemWorld world, CountDownLatch enough) {
      this.im = im;
      this.world = world;
      this.enough = enough;
    }

    @Override
    public void message(Incoming message) {
      int number;
      synchronized (messages) {
        messages.add(message);
        number = messages.size();
      }
      boolean text = message.type().type().equals("text");
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("event", "message");
      fields.put("number", number);
      fields.put("from", message.from().toString());
      fields.put("messageId", message.messageId());
      fields.put("dateTime", message.dateTime());
      fields.put("type", message.type().toString());
      fields.put("asks", message.wanted().stream().map(d -> d.token()).toList());
      fields.put(text ? "text" : "bytes", text ? message.text() : message.body().length);
      String shown = text ? message.text() : message.body().length + " bytes of " + message.type();
      out.event(fields, "[%d] %s  %s: %s", number, message.dateTime(), message.from(), shown);
      if (displayed) {
        world.world().threads().start("displayed", () -> show(message));
      } else {
        enough.countDown();
      }
    }

    private void show(Incoming message) {
      im.pager().displayed(message);
      enough.countDown();
    }

    @Override
    public void receipt(Receipt receipt) {
      String status = receipt.status().element();
      out.event(
          Map.of("event", status, "messageId", receipt.messageId(), "from", receipt.from().toString()), "    %s by %s: message %s", status, receipt.from(),
          receipt.messageId());
    }

    @Override
    public void waiting(DeferredList list) {
      out.event(Map.of("event", "waiting", "count", list.items().size()), "    %d messages wait on the server", list.items().size());
    }
  }
}
