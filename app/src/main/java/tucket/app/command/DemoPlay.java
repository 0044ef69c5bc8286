// The play of `tucket demo`: who does what, and what must come of it.
package tucket.app.command;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import tucket.app.admin.Administration;
import tucket.app.assembly.Assembly;
import tucket.app.assembly.LabUsers;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Pager;
import tucket.client.Receipt;
import tucket.client.Sent;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.SipUri;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// Two people with a phone each, talking over real loopback sockets.
final class DemoPlay implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Assembly server;
  private final Output out;
  private final SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  private final Map<String, Phone> phones = new HashMap<>();
  private int step;

  /// Something did not happen as it was told.
  static final class NotAsTold extends RuntimeException {
    NotAsTold(String what) {
      super(what, null, false, false);
    }
  }

  /// A person's phone while it is on.
  private static final class Phone implements Pager.Listener {
    private final ImClient client;
    private final List<Incoming> messages = new CopyOnWriteArrayList<>();
    private final List<Receipt> receipts = new CopyOnWriteArrayList<>();

    Phone(ImClient client) {
      this.client = client;
      client.pager().listen(this);
    }

    @Override
    public void message(Incoming message) {
      messages.add(message);
    }

    @Override
    public void receipt(Receipt receipt) {
      receipts.add(receipt);
    }
  }

  DemoPlay(Assembly server, Output out) {
    this.server = server;
    this.out = out;
  }

  void perform() {
    out.line("A server of its own for %s on %s; it is gone at the end.", server.config().domain(), server.listening());
    scene("Alice and Bob switch their phones on.");
    on("alice");
    on("bob");

    scene("Alice writes to Bob, who is there, and wants to be told.");
    Sent hello = send("alice", "bob", "Hello, Bob", 200);
    Incoming seen = message("bob", "Hello, Bob");
    receipt("alice", hello, "delivered");
    displayed("bob", seen, 200);
    receipt("alice", hello, "displayed");

    scene("Bob's phone loses its network; nobody tells the server. Alice writes again.");
    off("bob");
    Sent waiting = send("alice", "bob", "Dinner at eight?", 202);
    queue("bob", 1);

    scene("Alice switches her phone off. Bob's comes back: what waited is pushed to him, and his notifications wait for Alice.");
    leave("alice");
    on("bob");
    Incoming late = message("bob", "Dinner at eight?");
    displayed("bob", late, 202);
    queue("bob", 0);
    queue("alice", 2);

    scene("Alice comes back and learns what became of her message.");
    on("alice");
    receipt("alice", waiting, "delivered");
    receipt("alice", waiting, "displayed");
    queue("alice", 0);

    scene("The life of that message, as ./tucket trace shows it:");
    List<Administration.Happened> life = server.administration().trace(waiting.messageId());
    check(!life.isEmpty(), "the server has no trace of the message");
    life.forEach(h -> out.line("     %-13s %-32s %s", h.what(), h.who(), h.detail()));
  }

  private void scene(String text) {
    step++;
    out.event(Map.of("event", "scene", "number", step, "text", text), "%n%d. %s", step, text);
  }

  private void on(String name) {
    Endpoint at = server.listening().stream().filter(e -> e.protocol() == Protocol.UDP).findFirst().orElseThrow();
    String password = LabUsers.passwordOf(name).orElseThrow();
    Account account = new Account(SipUri.of(name, server.config().domain()), name, password);
    Endpoint local = new Endpoint(Protocol.UDP, new InetSocketAddress(at.address().getAddress(), 0));
    // The same instance each time: it is the same phone that comes back.
    String instance = "urn:uuid:00000000-0000-4000-8000-" + (name.equals("alice") ? "00000000a11c" : "000000000b0b");
    Phone phone = new Phone(new ImClient(world.world(), ClientSettings.of(account, at).withLocal(local).withInstance(instance)));
    phones.put(name, phone);
    phone.client.register();
    did(name, "registers", "200");
  }

  private void off(String name) {
    phone(name).client.close();
    phones.remove(name);
    did(name, "is gone", "");
  }

  private void leave(String name) {
    phone(name).client.unregister();
    phone(name).client.close();
    phones.remove(name);
    did(name, "unregisters", "200");
  }

  private Sent send(String from, String to, String text, int status) {
    Outgoing message = Outgoing.text(text).asking(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY);
    Sent sent = phone(from).client.pager().send(SipUri.of(to, server.config().domain()), message);
    did(from, "sends \"" + text + "\" to " + to, sent.status() + (sent.waits() ? " stored, it waits" : " handed over"));
    check(sent.status() == status, "the server answered " + sent.status() + " " + sent.reason() + " and not " + status);
    return sent;
  }

  private Incoming message(String name, String text) {
    Incoming message = poll(phone(name).messages, m -> m.text().equals(text), name + " did not get \"" + text + "\"");
    did(name, "gets \"" + text + "\" from " + message.from(), "");
    return message;
  }

  private void displayed(String name, Incoming message, int status) {
    Sent sent = phone(name).client.pager().displayed(message).orElseThrow(() -> new NotAsTold("the message does not ask for displayed"));
    did(name, "reads it: displayed", sent.status() + (sent.waits() ? " stored, it waits" : " handed over"));
    check(sent.status() == status, "the notification was answered " + sent.status() + " and not " + status);
  }

  private void receipt(String name, Sent sent, String status) {
    poll(
        phone(name).receipts,
        r -> r.messageId().equals(sent.messageId()) && r.status().element().equals(status),
        name + " was not told \"" + status + "\"");
    did(name, "is told: " + status, "");
  }

  private void queue(String name, int wanted) {
    Deadline by = Deadline.in(PATIENCE, world.world().clock());
    int waiting = server.administration().queue(name).size();
    while (waiting != wanted && !by.passed(world.world().clock())) {
      world.world().clock().sleep(LOOK);
      waiting = server.administration().queue(name).size();
    }
    check(waiting == wanted, waiting + " and not " + wanted + " wait for " + name);
    did("server", wanted == 0 ? "keeps nothing for " + name + " any more" : "keeps " + wanted + " for " + name, "");
  }

  private void did(String who, String what, String result) {
    out.event(Map.of("event", "did", "who", who, "what", what, "result", result), "     %-7s %-58s %s", who, what, result);
  }

  private Phone phone(String name) {
    Phone phone = phones.get(name);
    if (phone == null) {
      throw new NotAsTold(name + " has no phone");
    }
    return phone;
  }

  /// The first of `among` that is wanted, as soon as it is there; what has arrived before counts too.
  private <T> T poll(List<T> among, Predicate<T> wanted, String otherwise) {
    Deadline by = Deadline.in(PATIENCE, world.world().clock());
    while (true) {
      Optional<T> found = among.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      check(!by.passed(world.world().clock()), otherwise);
      world.world().clock().sleep(LOOK);
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new NotAsTold(otherwise);
    }
  }

  @Override
  public void close() {
    phones.values().forEach(p -> p.client.close());
    world.close();
  }
}
