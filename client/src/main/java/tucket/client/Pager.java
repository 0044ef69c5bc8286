// Messages in pager mode: sending, receiving, and telling what became of them.
package tucket.client;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.document.DeferredList;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.transport.Deadline;
import tucket.transport.World;

/// Belongs to an [ImClient]; thread-safe. Messages are known by their Message-ID: one that comes again is answered and not shown again.
/// `delivered` is sent
/// for every message that asks for it (RFC 5438 section 8.2), `displayed` when the caller says so.
public final class Pager {
  static final String ACCEPT = "message/cpim, message/imdn+xml, text/plain, " + DeferredList.TYPE.name() + ", */*";
  static final String ENCODINGS = ContentEncoding.ACCEPTED;

  private static final Logger LOG = LoggerFactory.getLogger(Pager.class);
  private static final int REMEMBERED = 10_000;
  private static final int INFLATED_BYTES = 20 << 20;

  private final ImClient client;
  private final World world;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Recent<String, Progress> sent = new Recent<>(REMEMBERED);
  private final Recent<String, Told> seen = new Recent<>(REMEMBERED);
  private final Set<String> showing = new HashSet<>();
  private int confirming;

  /// How far `delivered` has come for a message that was seen.
  private enum Told {
    NOTHING,
    TELLING,
    DELIVERED
  }

  /// Hears what arrives, each on a virtual thread of its own that may block. A message is acknowledged to the server after the listener has
  /// returned, so that
  /// none is lost on the way to the user; where it throws [Refused] that status is answered.
  public interface Listener {
    default void message(Incoming message) {}

    default void receipt(Receipt receipt) {}

    /// Messages wait on the server (protocol of the deferred messaging function): their list.
    default void waiting(DeferredList list) {}
  }

  Pager(ImClient client, World world) {
    this.client = client;
    this.world = world;
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /// Sends a message and blocks for the server's answer; never throws for what the server or the network does.
  public Sent send(Uri to, Outgoing message) {
    String id = message.wrapped() && message.messageId().isEmpty() ? world.chance().token(12) : message.messageId();
    MediaType type = message.type();
    byte[] body = message.body();
    if (message.wrapped()) {
      type = MediaType.CPIM;
      body = wrap(to, id, message);
      sent.put(id, new Progress(Optional.empty(), Set.of())); // before it leaves: a notification may overtake the response
    }
    boolean large = message.wrapped() && message.life().isEmpty() && body.length > client.settings().largeOver();
    Optional<Sent> inOne = large ? client.sessions().large(to, id, body) : Optional.empty();
    Sent result = inOne.isPresent() ? inOne.get() : transmit(to, id, type, body, message);
    sent.change(id, p -> new Progress(Optional.of(result), p.reported()));
    return result;
  }

  /// The id of a message, a fresh one where it has none; from now on what is told of it is remembered.
  String idOf(Outgoing message) {
    String id = message.messageId().isEmpty() ? world.chance().token(12) : message.messageId();
    sent.put(id, new Progress(Optional.empty(), Set.of()));
    return id;
  }

  byte[] wrap(Uri to, String id, Outgoing message) {
    return CpimMessage.builder()
        .from(client.settings().account().address().toString())
        .to(to.toString())
        .messageId(id)
        .dateTime(now())
        .request(message.wanted().toArray(Disposition[]::new))
        .content(message.type(), message.body())
        .build()
        .write();
  }

  private Sent transmit(Uri to, String id, MediaType type, byte[] body, Outgoing message) {
    Edit edit = SipRequest.of("MESSAGE", to).edit().with(Header.ACCEPT_CONTACT, "*;+g.oma.sip-im").body(type, body);
    message.life().ifPresent(life -> edit.with(Header.EXPIRES, String.valueOf(life.toSeconds())));
    return new Sent(id, client.request(edit.request()));
  }

  /// Tells the sender that his message has been displayed, where he asked for that; empty where he did not. What is due of `delivered` goes first: clients
  /// take a message that is displayed already for finished and drop a `delivered` that comes after.
  public Optional<Sent> displayed(Incoming message) {
    if (message.messageId().isEmpty() || !message.wanted().contains(Disposition.DISPLAY)) {
      return Optional.empty();
    }
    if (client.settings().confirm()) {
      confirm(message);
    }
    return Optional.of(report(message, Imdn.Kind.DISPLAY, Imdn.Status.DISPLAYED));
  }

  /// Tells the sender that his message has arrived; happens by itself unless the settings say otherwise.
  public Optional<Sent> delivered(Incoming message) {
    if (message.messageId().isEmpty() || !message.wanted().contains(Disposition.POSITIVE_DELIVERY)) {
      return Optional.empty();
    }
    return Optional.of(report(message, Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED));
  }

  /// What is known of a message that was sent from here.
  public Optional<Progress> progress(String messageId) {
    return sent.find(messageId);
  }

  private Sent report(Incoming message, Imdn.Kind kind, Imdn.Status status) {
    byte[] body = notification(message, kind, status);
    return transmit(message.from(), CpimMessage.parse(body).messageId().orElse(""), MediaType.CPIM, body, Outgoing.of(MediaType.CPIM, body));
  }

  byte[] notification(Incoming message, Imdn.Kind kind, Imdn.Status status) {
    String self = client.settings().account().address().toString();
    Imdn imdn = Imdn.of(message.messageId(), message.dateTime().isEmpty() ? now() : message.dateTime(), kind, status).withRecipient(self, self);
    return CpimMessage.builder().from(self).to(message.from().toString()).messageId(world.chance().token(12)).dateTime(now())
        .content(imdn.entity()).build().write();
  }

  /// Whether a message of that session is seen for the first time; it then counts as taken until [#isNotTaken].
  boolean isNew(Uri from, String id) {
    return id.isEmpty() || seen.putIfAbsent("m " + from + " " + id, Told.DELIVERED).isEmpty();
  }

  void isNotTaken(Uri from, String id) {
    seen.remove("m " + from + " " + id);
  }

  /// Notifications that came in a session.
  void receipts(Uri from, String id, Entity content) {
    if (id.isEmpty() || seen.putIfAbsent("n " + from + " " + id, Told.DELIVERED).isEmpty()) {
      Imdn.parseAll(content).forEach(imdn -> received(new Receipt(from, id, imdn)));
    }
  }

  /// Handles a MESSAGE; the response says whether it is ours now.
  SipResponse arrived(SipRequest request) {
    Optional<String> encoding = request.first(Header.CONTENT_ENCODING);
    if (encoding.isPresent() && !ContentEncoding.isAccepted(encoding.get())) {
      return SipResponse.to(request, Status.UNSUPPORTED_MEDIA_TYPE).with(Header.ACCEPT_ENCODING, ENCODINGS);
    }
    byte[] body = encoding.isPresent() ? ContentEncoding.inflate(encoding.get(), request.body(), INFLATED_BYTES) : request.body();
    MediaType type = request.contentType().orElse(MediaType.TEXT_PLAIN);
    try {
      if (type.is(MediaType.CPIM)) {
        wrapped(request, CpimMessage.parse(body));
      } else if (type.is(DeferredList.TYPE)) {
        DeferredList list = DeferredList.parse(body);
        listeners.forEach(l -> l.waiting(list));
      } else if (!type.is(MediaType.IS_COMPOSING)) {
        Incoming message = new Incoming(sender(request), "", "", List.of(), type, body, request);
        listeners.forEach(l -> l.message(message));
      }
    } catch (Refused no) {
      return SipResponse.to(request, no.status(), Status.reason(no.status()));
    }
    return SipResponse.to(request, Status.OK);
  }

  /// Handles a NOTIFY: the notice of waiting messages where it was subscribed to.
  SipResponse noticed(SipRequest request) {
    if (request.contentType().filter(t -> t.is(DeferredList.TYPE)).isPresent()) {
      return arrived(request);
    }
    return SipResponse.to(request, Status.OK);
  }

  private void wrapped(SipRequest request, CpimMessage cpim) {
    Uri from = sender(request);
    String id = cpim.messageId().orElse("");
    if (cpim.isNotification()) {
      if (id.isEmpty() || seen.putIfAbsent("n " + from + " " + id, Told.DELIVERED).isEmpty()) {
        Imdn.parseAll(cpim.content()).forEach(imdn -> received(new Receipt(from, id, imdn)));
      }
      return;
    }
    Entity content = cpim.content().decoded(INFLATED_BYTES);
    Incoming message = new Incoming(from, id, cpim.dateTime().orElse(""), cpim.dispositions(), content.type(), content.body(), request);
    String key = key(message);
    confirming(1);
    try {
      show(message, key);
    } catch (RuntimeException e) {
      confirming(-1);
      throw e;
    }
    // Also for one that came again, where the first notification was lost.
    if (client.settings().confirm() && seen.find(key).filter(Told.DELIVERED::equals).isEmpty()) {
      world.threads().start("delivered", () -> {
        try {
          confirm(message);
        } finally {
          confirming(-1);
        }
      });
    } else {
      confirming(-1);
    }
  }

  /// Shows what is new. What comes again while the user is still being shown it waits for the end of that: nothing is acknowledged that was not taken.
  private void show(Incoming message, String key) {
    if (message.messageId().isEmpty()) {
      listeners.forEach(l -> l.message(message));
      return;
    }
    beginShowing(key);
    try {
      if (seen.putIfAbsent(key, Told.NOTHING).isEmpty()) {
        listeners.forEach(l -> l.message(message));
      }
    } catch (RuntimeException e) {
      seen.remove(key); // not taken: when it comes again it is new
      throw e;
    } finally {
      endShowing(key);
    }
  }

  private synchronized void beginShowing(String key) {
    try {
      while (!showing.add(key)) {
        wait();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Refused(Status.TEMPORARILY_UNAVAILABLE, Status.reason(Status.TEMPORARILY_UNAVAILABLE));
    }
  }

  private synchronized void endShowing(String key) {
    showing.remove(key);
    notifyAll();
  }

  private static String key(Incoming message) {
    return "m " + message.from() + " " + message.messageId();
  }

  /// Tells `delivered` once; who comes while another is telling it waits for the end of that.
  private void confirm(Incoming message) {
    String key = key(message);
    if (!begin(key)) {
      return;
    }
    boolean told = false;
    try {
      Optional<Sent> result = delivered(message);
      told = result.isEmpty() || result.get().accepted();
      if (!told) {
        LOG.info("delivered for {} was answered {} {}", message.messageId(), result.get().status(), result.get().reason());
      }
    } finally {
      end(key, told);
    }
  }

  /// Whether it is the caller who has to tell.
  private synchronized boolean begin(String key) {
    try {
      while (seen.find(key).filter(Told.TELLING::equals).isPresent()) {
        wait(); // one request's time at most
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
    if (seen.find(key).filter(Told.NOTHING::equals).isEmpty()) {
      return false; // told, or so long ago that it is forgotten
    }
    seen.change(key, before -> Told.TELLING);
    return true;
  }

  private synchronized void end(String key, boolean told) {
    seen.change(key, before -> told ? Told.DELIVERED : Told.NOTHING);
    notifyAll();
  }

  private synchronized void confirming(int more) {
    confirming += more;
    notifyAll();
  }

  /// Blocks until every message that has been shown is also confirmed, at most for `most`; to be called before closing the client.
  public synchronized void settle(Duration most) throws InterruptedException {
    Deadline by = Deadline.in(most, world.clock());
    while (confirming > 0 && !by.passed(world.clock())) {
      wait(Math.max(1, by.left(world.clock()).toMillis()));
    }
  }

  private void received(Receipt receipt) {
    sent.change(receipt.messageId(), p -> p.with(receipt.status()));
    listeners.forEach(l -> l.receipt(receipt));
  }

  /// The identity that the server asserts (RFC 3325), else what the sender claims.
  static Uri sender(SipRequest request) {
    if (request.has(Header.P_ASSERTED_IDENTITY)) {
      return request.addresses(Header.P_ASSERTED_IDENTITY).getFirst().uri();
    }
    Uri from = request.from().uri();
    if (from.toString().isEmpty()) {
      throw new Malformed("From: no URI");
    }
    return from;
  }

  private String now() {
    return world.clock().now().truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
