// tucket send: sends one message and tells what became of it.
package tucket.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
import tucket.client.Sent;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.transport.Deadline;
import tucket.transport.net.SystemWorld;

@Command(
    name = "send",
    description = "Send a message to a user, and say whether it was handed over or waits for him.",
    footer = {
      "%nExamples:",
      "  tucket send --as alice bob \"Hello, Bob\"",
      "  tucket send --as alice bob \"Hello, Bob\" --wait displayed --timeout 60",
      "  tucket send --as alice bob --file photo.png --type image/png",
      "  date | tucket send --as alice bob -"
    })
public final class SendCommand implements Callable<Integer> {
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private Output out = new Output();

  @Parameters(
      index = "0",
      paramLabel = "TO",
      description = "The recipient: bob, bob@domain, sip:bob@domain, tel:+4912345, or a display name: \"Bob Miller\", name:Bob.")
  private String to = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "The text; - reads it from standard input.")
  private @Nullable String text;

  @Option(names = "--file", paramLabel = "FILE", description = "Send what is in this file.")
  private @Nullable Path file;

  @Option(names = "--type", paramLabel = "TYPE", description = "The media type (default: text/plain;charset=utf-8).")
  private @Nullable String type;

  @Option(
      names = "--ask",
      paramLabel = "LIST",
      defaultValue = "delivered,displayed",
      description = "What to be told: " + Dispositions.WORDS + " or none (default: ${DEFAULT-VALUE}).")
  private String ask = "";

  @Option(names = "--wait", paramLabel = "delivered|displayed", description = "Stay until this notification has come.")
  private @Nullable String wait;

  @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "30", description = "How long to wait for it (default: ${DEFAULT-VALUE}).")
  private int timeout = 30;

  @Option(names = "--life", paramLabel = "SECONDS", description = "How long the message may wait for its recipient (default: as the server has it).")
  private int life;

  @Option(names = "--message-id", paramLabel = "ID", description = "The Message-ID (default: a fresh one).")
  private String messageId = "";

  @Override
  public Integer call() throws InterruptedException {
    Imdn.Status awaited = awaited();
    Outgoing message = message();
    Uri recipient = client.anybody(to);
    try (SystemWorld world = client.world();
        ImClient im = new ImClient(world.world(), client.settings())) {
      LinkedBlockingQueue<Receipt> receipts = new LinkedBlockingQueue<>();
      if (awaited == null) {
        return report(recipient, im.pager().send(recipient, message));
      }
      im.pager().listen(new Waiting(receipts));
      im.register();
      try {
        Sent sent = im.pager().send(recipient, message);
        int code = report(recipient, sent);
        return code == Exit.OK ? await(world, sent, awaited, receipts) : code;
      } finally {
        im.pager().settle(Duration.ofSeconds(5));
        im.leave(); // who stayed registered would be a device that says nothing
      }
    }
  }

  /// Who waits is registered, so what comes for him meanwhile has to be shown: to refuse it would hold up the notification behind it, for a device gets all in
  /// order.
  private final class Waiting implements Pager.Listener {
    private final LinkedBlockingQueue<Receipt> receipts;

    Waiting(LinkedBlockingQueue<Receipt> receipts) {
      this.receipts = receipts;
    }

    @Override
    public void receipt(Receipt receipt) {
      receipts.add(receipt);
    }

    @Override
    public void message(Incoming message) {
      String text = message.type().type().equals("text") ? message.text() : message.body().length + " bytes of " + message.type();
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("event", "message");
      fields.put("from", message.from().toString());
      fields.put("messageId", message.messageId());
      fields.put("dateTime", message.dateTime());
      fields.put("type", message.type().toString());
      fields.put("text", text);
      out.event(fields, "    meanwhile %s: %s", message.from(), text);
    }
  }

  private Imdn.@Nullable Status awaited() {
    if (wait == null) {
      return null;
    }
    return switch (wait) {
      case "delivered" -> Imdn.Status.DELIVERED;
      case "displayed" -> Imdn.Status.DISPLAYED;
      default -> throw new Failure(Exit.USAGE, "--wait takes delivered or displayed, not \"" + wait + "\"");
    };
  }

  private int await(SystemWorld world, Sent sent, Imdn.Status awaited, LinkedBlockingQueue<Receipt> receipts) throws InterruptedException {
    Deadline by = Deadline.in(Duration.ofSeconds(timeout), world.world().clock());
    while (true) {
      Receipt receipt = receipts.poll(by.left(world.world().clock()).toMillis(), TimeUnit.MILLISECONDS);
      if (receipt == null) {
        out.line("no \"%s\" within %d s; the message is on its way all the same", wait, timeout);
        return Exit.FAILED;
      }
      if (receipt.messageId().equals(sent.messageId())) {
        String status = receipt.status().element();
        out.event(Map.of("event", status, "messageId", receipt.messageId(), "from", receipt.from().toString()), "%s by %s", status, receipt.from());
        if (receipt.status() == awaited) {
          return Exit.OK;
        }
        if (receipt.status() == Imdn.Status.FAILED) {
          return Exit.FAILED;
        }
      }
    }
  }

  private int report(Uri recipient, Sent sent) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "sent");
    fields.put("to", recipient.toString());
    fields.put("messageId", sent.messageId());
    fields.put("status", sent.status());
    fields.put("reason", sent.reason());
    String says =
        switch (sent.status()) {
          case 200 -> "handed over to " + recipient;
          case 202 -> recipient + " is away: the message is stored and waits";
          case 408 -> "no answer";
          case 503 -> "the server can't be reached, or is full";
          default -> "refused";
        };
    out.event(fields, "%s (%d %s)  Message-ID %s", says, sent.status(), sent.reason(), sent.messageId());
    if (sent.accepted()) {
      return Exit.OK;
    }
    return sent.status() == Status.SERVICE_UNAVAILABLE || sent.status() == Status.REQUEST_TIMEOUT ? Exit.UNREACHABLE : Exit.REFUSED;
  }

  private Outgoing message() {
    List<Disposition> wanted = Dispositions.parse(ask);
    Outgoing message;
    try {
      if (file != null) {
        message = Outgoing.of(MediaType.parse(type == null ? "application/octet-stream" : type), Files.readAllBytes(file));
      } else if ("-".equals(text)) {
        message = Outgoing.of(textType(), System.in.readAllBytes());
      } else if (text != null) {
        message = Outgoing.of(textType(), text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      } else {
        throw new Failure(Exit.USAGE, "nothing to send: give a text, - for standard input, or --file");
      }
    } catch (IOException e) {
      throw new Failure(Exit.USAGE, "can't read what is to be sent: " + e.getMessage());
    }
    message = message.asking(wanted.toArray(Disposition[]::new)).withMessageId(messageId);
    return life > 0 ? message.withLife(Duration.ofSeconds(life)) : message;
  }

  private MediaType textType() {
    try {
      return type == null ? MediaType.TEXT_PLAIN.with("charset", "utf-8") : MediaType.parse(type);
    } catch (Malformed e) {
      throw new Failure(Exit.USAGE, "\"" + type + "\" is no media type: " + e.getMessage());
    }
  }
}
