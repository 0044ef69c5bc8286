// One session of a client.
package tucket.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.iscomposing.IsComposing;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput;
import tucket.protocol.sdp.MessageMedia;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Clock;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpOwner;
import tucket.transport.sip.ServerTransaction;

/// Made by [Sessions]; thread-safe. Messages are handed to listeners one after the other; each that asks for it is reported as delivered: in
/// the session, or by MESSAGE where it came in the INVITE (that is how RCS-e has it).
public final class Session {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration FIRST_REPEAT = Duration.ofMillis(500);
  private static final int MOST_REPEATS = 7;
  private static final int INFLATED_BYTES = 20 << 20;
  private static final int COMPOSING_SECONDS = 60;

  private final Sessions sessions;
  private final Uri peer;
  private final MsrpEnd end;
  private final SipRequest invite;
  private final Kind kind;
  private final Map<String, CompletableFuture<@Nullable Void>> confirming = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Integer>> outcomes = new ConcurrentHashMap<>();
  private final CompletableFuture<@Nullable Void> whenOver = new CompletableFuture<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean working;
  private Dialog dialog;
  private Optional<MsrpUri> media = Optional.empty();
  private boolean over;
  private boolean leaving;
  private Clock.@Nullable Alarm repeat;

  /// What it is for.
  enum Kind {
    /// A conversation.
    CHAT,
    /// One large message: it belongs to its author and not to a conversation.
    LARGE,
    /// Deferred messages that were asked for.
    RETRIEVAL
  }

  Session(Sessions sessions, Uri peer, Dialog dialog, MsrpEnd end, SipRequest invite) {
    this(sessions, peer, dialog, end, invite, Kind.CHAT);
  }

  Session(Sessions sessions, Uri peer, Dialog dialog, MsrpEnd end, SipRequest invite, Kind kind) {
    this.kind = kind;
    this.sessions = sessions;
    this.peer = peer;
    this.dialog = dialog;
    this.end = end;
    this.invite = invite;
  }

  synchronized Dialog.DialogId id() {
    return dialog.id();
  }

  /// With whom: the one who was invited, or who invites; of what was stored, its author.
  public Uri peer() {
    return peer;
  }

  public synchronized boolean isOver() {
    return over;
  }

  /// Where the messages of this session come in here.
  public MsrpUri local() {
    return end.uri();
  }

  /// What the peer was told of how to reach this session: our URI, behind that of a relay where one is used.
  public List<MsrpUri> path() {
    return end.path();
  }

  /// Where they go to, as the peer said it: a server in between, or the peer himself.
  public synchronized Optional<MsrpUri> remote() {
    return media;
  }

  void begin(MessageMedia theirs, boolean active) {
    synchronized (this) {
      media = theirs.path().stream().reduce((first, last) -> last);
    }
    Optional<MsrpEnd.Peer> to = active ? theirs.target().map(t -> new MsrpEnd.Peer(t.host(), t.port(), theirs.tls())) : Optional.empty();
    end.start(theirs.path(), to, theirs.fingerprint(), new Owner());
  }

  // ---- sending

  /// Sends a message and blocks until the server has taken it: delivered, or stored. Never throws for what the network does: silence is a 408,
  /// a session that is lost a 481.
  public Sent send(Outgoing message) {
    String id = sessions.client().pager().idOf(message);
    byte[] cpim = sessions.client().pager().wrap(peer, id, message);
    int status = transmit(MediaType.CPIM.toString(), cpim);
    return new Sent(id, SipResponse.to(invite, status, Status.reason(status)));
  }

  /// Sends a message and does not wait: the status comes later, 200 when the server has taken it, else what [#send] says. Messages leave in the
  /// order of these calls.
  public CompletableFuture<Integer> post(Outgoing message) {
    String id = sessions.client().pager().idOf(message);
    return begin(MediaType.CPIM.toString(), sessions.client().pager().wrap(peer, id, message));
  }

  private CompletableFuture<Integer> begin(String type, byte[] body) {
    String id = sessions.world().chance().token(8);
    CompletableFuture<Integer> outcome = new CompletableFuture<>();
    outcomes.put(id, outcome);
    end.send(OutgoingMessage.of(id, type, body));
    if (end.isOver()) {
      outcome.complete(MsrpStatus.NO_SESSION);
    }
    var unused = outcome.whenComplete((status, failure) -> outcomes.remove(id));
    return outcome;
  }

  /// Tells that its user has seen a message, where the author asks for that.
  public Optional<Sent> displayed(Incoming message) {
    if (isOver()) {
      return sessions.client().pager().displayed(message);
    }
    awaitDelivered(message);
    return report(message, Disposition.DISPLAY, Imdn.Kind.DISPLAY, Imdn.Status.DISPLAYED);
  }

  /// Clients take a message that is displayed already for finished and drop a `delivered` that comes after.
  private void awaitDelivered(Incoming message) {
    CompletableFuture<@Nullable Void> under = confirming.get(message.messageId());
    try {
      if (under != null) {
        under.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException | ExecutionException late) {
      return; // then it is told all the same
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Sent> report(Incoming message, Disposition wanted, Imdn.Kind kind, Imdn.Status status) {
    if (message.messageId().isEmpty() || !message.wanted().contains(wanted)) {
      return Optional.empty();
    }
    byte[] cpim = sessions.client().pager().notification(message, kind, status);
    int got = transmit(MediaType.CPIM.toString(), cpim);
    return Optional.of(new Sent("", SipResponse.to(invite, got, Status.reason(got))));
  }

  /// Tells the peer that the user is writing, or has stopped.
  public void composing(boolean active) {
    IsComposing state = active ? IsComposing.active("text/plain", COMPOSING_SECONDS) : IsComposing.idle();
    transmit(MediaType.IS_COMPOSING.toString(), state.write());
  }

  /// A status in a session as the response that says the same.
  SipResponse answer(int status) {
    return SipResponse.to(invite, status, Status.reason(status));
  }

  int transmit(String type, byte[] body) {
    CompletableFuture<Integer> outcome = begin(type, body);
    try {
      return outcome.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException silent) {
      return MsrpStatus.TIMEOUT;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return MsrpStatus.TIMEOUT;
    } finally {
      outcome.complete(MsrpStatus.TIMEOUT);
    }
  }

  // ---- the dialog

  synchronized SipRequest ack(long cseq) {
    return dialog.ack(cseq);
  }

  /// Ends the session; idempotent.
  public void end() {
    SipRequest bye;
    synchronized (this) {
      if (over || leaving) {
        return;
      }
      leaving = true;
      Dialog.Sending sending = dialog.request("BYE");
      dialog = sending.dialog();
      bye = sending.request();
    }
    sessions.client().exchange(bye); // before the connection closes: else that looks like a loss
    closed();
  }

  private void closed() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      if (repeat != null) {
        repeat.cancel();
      }
    }
    sessions.remove(this);
    end.stop();
    if (kind == Kind.CHAT) {
      later(() -> sessions.listeners().forEach(l -> l.ended(this)));
    }
    whenOver.complete(null);
  }

  void arrived(ServerTransaction tx) {
    SipRequest request = tx.request();
    boolean known;
    synchronized (this) {
      Optional<Dialog> after = dialog.received(request);
      after.ifPresent(d -> dialog = d);
      known = after.isPresent();
    }
    if (!known) {
      tx.respond(SipResponse.to(request, Status.SERVER_INTERNAL_ERROR));
    } else if (request.is("BYE")) {
      tx.respond(SipResponse.to(request, Status.OK));
      closed();
    } else if (request.is("UPDATE")) { // a refresh (RFC 4028)
      tx.respond(SipResponse.to(request, Status.OK));
    } else {
      tx.respond(SipResponse.to(request, Status.NOT_ACCEPTABLE_HERE));
    }
  }

  /// Answers the INVITE, again and again until the ACK comes (RFC 3261 section 13.3.1.4).
  void answer(ServerTransaction tx, SipResponse ok) {
    tx.respond(ok);
    repeat(tx, ok, FIRST_REPEAT, MOST_REPEATS);
  }

  private synchronized void repeat(ServerTransaction tx, SipResponse ok, Duration after, int left) {
    if (over || left == 0) {
      return;
    }
    repeat = sessions.world().clock().after(after, () -> {
      tx.respond(ok);
      repeat(tx, ok, after.multipliedBy(2), left - 1);
    });
  }

  synchronized void acknowledged() {
    if (repeat != null) {
      repeat.cancel();
    }
  }

  // ---- what comes

  /// The message of the INVITE.
  void first(byte[] cpim) {
    later(() -> {
      try {
        take(CpimMessage.parse(cpim), true);
      } catch (Malformed | Refused unusable) {
        return;
      }
    });
  }

  private int take(IncomingMessage message) {
    try {
      MediaType type = message.contentType();
      if (kind != Kind.CHAT) {
        return paged(type, message.body());
      }
      if (type.is(MediaType.IS_COMPOSING)) {
        boolean active = IsComposing.parse(message.body()).state() == IsComposing.State.ACTIVE;
        sessions.listeners().forEach(l -> l.composing(this, active));
      } else if (type.is(MediaType.CPIM)) {
        take(CpimMessage.parse(message.body()), false);
      } else {
        Incoming bare = new Incoming(peer, "", "", List.of(), type, message.body(), invite);
        sessions.listeners().forEach(l -> l.message(this, bare));
      }
      return MsrpStatus.OK;
    } catch (Malformed fault) {
      return MsrpStatus.BAD_REQUEST;
    } catch (Refused no) {
      return MsrpStatus.FORBIDDEN;
    }
  }

  /// What belongs to no conversation is shown as a message is, and reported by MESSAGE.
  private int paged(MediaType type, byte[] body) {
    String author = kind == Kind.LARGE ? "<" + peer + ">" : CpimMessage.parse(body).from().orElse("<" + peer + ">");
    SipRequest form = SipRequest.of("MESSAGE", invite.uri()).edit().copy(Header.FROM, invite).copy(Header.TO, invite).copy(Header.CALL_ID, invite)
        .with(Header.CSEQ, "1 MESSAGE").with(Header.P_ASSERTED_IDENTITY, author).body(type, body).request();
    int status = sessions.client().pager().arrived(form).status();
    return status < 300 ? MsrpStatus.OK : status == Status.UNSUPPORTED_MEDIA_TYPE ? MsrpStatus.UNSUPPORTED_TYPE : MsrpStatus.FORBIDDEN;
  }

  /// Blocks until the session has ended, at most for that long; whether it has.
  public boolean awaitEnd(Duration most) throws InterruptedException {
    try {
      whenOver.get(most.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException still) {
      return false;
    }
  }

  private void take(CpimMessage cpim, boolean inInvite) {
    Pager pager = sessions.client().pager();
    String id = cpim.messageId().orElse("");
    if (cpim.isNotification()) {
      pager.receipts(peer, id, cpim.content());
      return;
    }
    Entity content = cpim.content().decoded(INFLATED_BYTES);
    Incoming message =
        new Incoming(peer, id, cpim.dateTime().orElse(""), cpim.dispositions(), content.type(), content.body(), invite);
    CompletableFuture<@Nullable Void> told = new CompletableFuture<>();
    boolean confirms = sessions.client().settings().confirm();
    if (confirms) {
      confirming.put(id, told);
    }
    if (pager.isNew(peer, id)) {
      try {
        sessions.listeners().forEach(l -> l.message(this, message));
      } catch (RuntimeException e) {
        pager.isNotTaken(peer, id);
        confirming.remove(id, told);
        throw e;
      }
    }
    if (confirms) {
      sessions.world().threads().start("delivered", () -> {
        try {
          if (inInvite) {
            pager.delivered(message);
          } else {
            report(message, Disposition.POSITIVE_DELIVERY, Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED);
          }
        } finally {
          told.complete(null);
          confirming.remove(id, told);
        }
      });
    }
  }

  /// One after the other, on a thread of its own.
  private void later(Runnable task) {
    synchronized (waiting) {
      waiting.add(task);
      if (working) {
        return;
      }
      working = true;
    }
    sessions.world().threads().start("session with " + peer, this::work);
  }

  private void work() {
    while (true) {
      Runnable next;
      synchronized (waiting) {
        next = waiting.poll();
        if (next == null) {
          working = false;
          return;
        }
      }
      next.run();
    }
  }

  /// What the session tells.
  private final class Owner implements MsrpOwner {
    @Override
    public void message(IncomingMessage message, long ticket) {
      later(() -> end.settle(ticket, take(message)));
    }

    @Override
    public void accepted(String messageId) {
      tell(messageId, MsrpStatus.OK);
    }

    @Override
    public void failed(String messageId, SessionOutput.Failure failure) {
      tell(messageId, switch (failure.why()) {
        case REFUSED -> failure.status();
        case SILENT -> MsrpStatus.TIMEOUT;
        case FULL -> MsrpStatus.STOP_SENDING;
        case LOST -> MsrpStatus.NO_SESSION;
      });
    }

    private void tell(String messageId, int status) {
      CompletableFuture<Integer> outcome = outcomes.get(messageId);
      if (outcome != null) {
        outcome.complete(status);
      }
    }

    @Override
    public void ended(SessionOutput.Ending why) {
      outcomes.values().forEach(o -> o.complete(MsrpStatus.NO_SESSION));
      if (!isOver() && !sessions.isClosed()) {
        sessions.world().threads().start("session lost", Session.this::end);
      }
    }
  }
}
