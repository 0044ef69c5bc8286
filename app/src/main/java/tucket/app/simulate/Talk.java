// One session of a simulated phone.
package tucket.app.simulate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.mime.MediaType;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput;
import tucket.protocol.sdp.MessageMedia;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.World;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpOwner;
import tucket.transport.sip.ServerTransaction;

/// Is ended by its phone after a while, politely or by one half only, or forgotten. For the threads in the simulation.
final class Talk implements MsrpOwner {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration T1 = Duration.ofMillis(500);
  private static final Duration T2 = Duration.ofSeconds(4);

  private final PhoneTalks talks;
  private final Phone phone;
  private final World world;
  private final Dialog.DialogId id;
  private final MsrpEnd end;
  private final String with;
  private final boolean conversation;
  private final Map<String, CompletableFuture<Integer>> sent = new LinkedHashMap<>();
  private Dialog dialog;
  private boolean left;
  private boolean acknowledged;
  private Clock.@Nullable Alarm alarm;

  /// `conversation`: the peer is a user; else the server brings what waits.
  Talk(PhoneTalks talks, Dialog dialog, MsrpEnd end, String with, boolean conversation) {
    this.talks = talks;
    this.phone = talks.phone();
    this.world = talks.world();
    this.id = dialog.id();
    this.dialog = dialog;
    this.end = end;
    this.with = with;
    this.conversation = conversation;
  }

  Dialog.DialogId id() {
    return id;
  }

  /// As far as the phone knows.
  boolean isUsable() {
    return !left && !end.isOver();
  }

  /// What a push session is answered by are notifications alone.
  boolean isFor(Letter letter) {
    return with.equals(letter.to) && (conversation || letter.isNotification());
  }

  void begin(MessageMedia theirs, boolean active) {
    Optional<MsrpEnd.Peer> to = active ? theirs.target().map(t -> new MsrpEnd.Peer(t.host(), t.port(), false)) : Optional.empty();
    end.start(theirs.path(), to, this);
    lively();
  }

  // ---- what goes out

  /// Sends a letter and blocks for its status.
  int say(Letter letter) {
    String message = world.chance().token(8);
    CompletableFuture<Integer> outcome = new CompletableFuture<>();
    sent.put(message, outcome);
    phone.ledger().called(message, letter);
    boolean report = phone.random().nextInt(4) == 0;
    end.send(new OutgoingMessage(message, MediaType.CPIM.toString(), Phone.wrapped(letter), report, MsrpRequest.FailureReport.YES, List.of()));
    int status = Deadline.in(PATIENCE, world.clock()).await(outcome, world.clock()).orElse(MsrpStatus.TIMEOUT);
    sent.remove(message);
    phone.ledger().count((letter.isNotification() ? "notification by SEND " : "SEND ") + status);
    if (status == MsrpStatus.OK) {
      lively();
    } else if (phone.random().nextBoolean()) {
      hangUp();
    }
    return status;
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
      case LOST -> MsrpStatus.NO_SESSION;
      case FULL -> MsrpStatus.STOP_SENDING;
    });
  }

  private void tell(String messageId, int status) {
    Optional.ofNullable(sent.get(messageId)).ifPresent(o -> o.complete(status));
  }

  // ---- what comes in

  @Override
  public void message(IncomingMessage message, long ticket) {
    if (!message.contentType().is(MediaType.CPIM)) {
      end.settle(ticket, MsrpStatus.OK);
      return;
    }
    lively();
    Phone.Reply reply = phone.arrived(CpimMessage.parse(message.body()), with, Phone.By.SEND);
    if (reply.status() == Phone.HANGS_UP) {
      end.stop();
    } else if (reply.status() > 0 && reply.after().isZero()) {
      end.settle(ticket, reply.status());
    } else if (reply.status() > 0) {
      world.clock().after(reply.after(), () -> end.settle(ticket, reply.status()));
    }
  }

  @Override
  public void ended(SessionOutput.Ending why) {
    phone.ledger().count("MSRP ended, " + why.name().toLowerCase(java.util.Locale.ROOT));
    List.copyOf(sent.values()).forEach(o -> o.complete(MsrpStatus.NO_SESSION));
    if (phone.random().nextBoolean()) {
      bye();
    }
  }

  /// A request within the dialog.
  void received(ServerTransaction tx) {
    SipRequest request = tx.request();
    Optional<Dialog> next = dialog.received(request);
    if (next.isEmpty()) {
      tx.respond(SipResponse.to(request, Status.SERVER_INTERNAL_ERROR));
      return;
    }
    dialog = next.get();
    if (request.is("BYE")) {
      tx.respond(SipResponse.to(request, Status.OK));
      left = true;
      talks.over(this);
      end.stop();
    } else if (request.is("UPDATE")) {
      var ok = SipResponse.to(request, Status.OK).edit().with(Header.CONTACT, talks.program().contact());
      request.first(Header.SESSION_EXPIRES).ifPresent(v -> ok.with(Header.SESSION_EXPIRES, v).with(Header.REQUIRE, "timer"));
      tx.respond(ok.response());
    } else {
      tx.respond(SipResponse.to(request, Status.METHOD_NOT_ALLOWED));
    }
  }

  // ---- the dialog

  void acknowledged() {
    acknowledged = true;
  }

  /// RFC 3261 section 13.3.1.4: the 2xx again until its ACK comes.
  void repeat(ServerTransaction tx, SipResponse ok) {
    repeat(tx, ok, T1, world.clock().nanos() + Duration.ofSeconds(32).toNanos());
  }

  private void repeat(ServerTransaction tx, SipResponse ok, Duration after, long until) {
    world.clock().after(after, () -> {
      if (acknowledged || left) {
        return;
      }
      if (until - world.clock().nanos() <= 0) {
        hangUp();
        return;
      }
      tx.respond(ok);
      Duration twice = after.multipliedBy(2);
      repeat(tx, ok, twice.compareTo(T2) > 0 ? T2 : twice, until);
    });
  }

  /// RFC 4028: refreshes the session by UPDATE in half the time, or forgets to.
  void refresh(String expires) {
    Duration half = Duration.ofSeconds(Long.parseLong(expires.split(";", 2)[0].strip())).dividedBy(2);
    if (phone.random().nextBoolean()) {
      world.clock().after(half, () -> world.threads().start("refresh", () -> {
        if (isUsable()) {
          Dialog.Sending sending = dialog.request("UPDATE");
          dialog = sending.dialog();
          SipRequest update = sending.request().edit().with(Header.CONTACT, talks.program().contact()).with(Header.SUPPORTED, "timer")
              .with(Header.SESSION_EXPIRES, expires).request();
          phone.ledger().count("UPDATE " + talks.program().within(update).status() / 100 + "xx");
          refresh(expires);
        }
      }));
    }
  }

  /// From now on it is left alone for a while.
  private void lively() {
    if (alarm != null) {
      alarm.cancel();
    }
    alarm = world.clock().after(Duration.ofSeconds(5 + phone.random().nextInt(phone.random().nextInt(4) == 0 ? 400 : 40)), this::leave);
  }

  private void leave() {
    switch (phone.random().nextInt(10)) {
      case 0 -> end.stop();
      case 1 -> bye();
      case 2 -> {} // forgotten
      default -> hangUp();
    }
  }

  /// Ends both halves.
  void hangUp() {
    bye();
    end.stop();
  }

  /// Breaks the media off, as a phone that loses its network.
  void drop() {
    end.stop();
  }

  private void bye() {
    if (left) {
      return;
    }
    left = true;
    Dialog.Sending sending = dialog.request("BYE");
    dialog = sending.dialog();
    world.threads().start("bye", () -> {
      var unused = talks.program().within(sending.request());
      talks.over(this);
    });
  }
}
