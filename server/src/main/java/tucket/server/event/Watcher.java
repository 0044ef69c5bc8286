// One subscription of our own to an event package of somebody else.
package tucket.server.event;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.World;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Target;

/// A subscriber of RFC 6665 section 4.1. It subscribes anew for as long as it is open, [#AGAIN] after every failure. Thread-safe.
public final class Watcher implements Notified, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
  private static final Duration AGAIN = Duration.ofSeconds(2);
  private static final Duration WITHIN = Duration.ofSeconds(32);
  private static final int SECONDS = 3600;

  /// Who hears what comes.
  public interface Listener {
    /// A NOTIFY has come; it is answered when this returns. `first` begins a subscription: what was before it may have been missed.
    void told(byte[] body, boolean first);

    /// The subscription is lost: what happens from now on is missed until the next `told`.
    void lost();
  }

  /// What is subscribed to.
  ///
  /// @param at the next hop, where the dialog has no route set
  /// @param what the Request-URI
  /// @param self who subscribes
  /// @param contact where NOTIFYs are to come
  /// @param body of that type; empty bytes for none
  /// @param through the core that all of it goes through (RFC 3261 section 8.1.1.1, a pre-existing route set); empty for nobody's
  public record Wish(SipUri at, Uri what, AddressOfRecord self, SipUri contact, String event, MediaType accept, MediaType type, byte[] body,
      Optional<SipUri> through) {
    /// Past every core.
    public Wish(SipUri at, Uri what, AddressOfRecord self, SipUri contact, String event, MediaType accept, MediaType type, byte[] body) {
      this(at, what, self, contact, event, accept, type, body, Optional.empty());
    }
  }

  private final World world;
  private final Sender sender;
  private final Wish wish;
  private final Listener listener;
  private final Duration again;
  private final ReentrantLock lock = new ReentrantLock();
  private String callId = "";
  private Optional<Dialog> dialog = Optional.empty();
  private Optional<Clock.Alarm> alarm = Optional.empty();
  private boolean alive;
  private boolean closed;

  public Watcher(World world, Sender sender, Wish wish, Listener listener) {
    this(world, sender, wish, AGAIN, listener);
  }

  /// The same with another pause after a failure.
  public Watcher(World world, Sender sender, Wish wish, Duration again, Listener listener) {
    this.again = again;
    this.world = world;
    this.sender = sender;
    this.wish = wish;
    this.listener = listener;
  }

  /// Subscribes in the background.
  public void start() {
    world.threads().start("subscribe " + wish.event(), this::subscribe);
  }

  private void subscribe() {
    SipRequest request;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      callId = world.chance().token(12);
      dialog = Optional.empty();
      request = fresh();
    } finally {
      lock.unlock();
    }
    Outcome outcome = send(request);
    if (!(outcome instanceof Outcome.Answered answered) || !answered.response().isSuccess()) {
      fail(request.callId(), outcome);
      return;
    }
    lock.lock();
    try {
      if (callId.equals(request.callId())) {
        dialog = Optional.of(dialog.orElseGet(() -> Dialog.asClient(request, answered.response())));
        long seconds = answered.response().number(Header.EXPIRES).orElse(SECONDS);
        later(Duration.ofSeconds(Math.max(1, seconds * 4 / 5)), this::refresh);
      }
    } finally {
      lock.unlock();
    }
  }

  private SipRequest fresh() {
    Edit edit = SipRequest.of("SUBSCRIBE", wish.what()).edit();
    edit.append(Header.MAX_FORWARDS, "70");
    edit.append(Header.FROM, "<" + wish.self() + ">;tag=" + world.chance().token(8));
    edit.append(Header.TO, "<" + wish.what() + ">");
    edit.append(Header.CALL_ID, callId);
    edit.append(Header.CSEQ, "1 SUBSCRIBE");
    wish.through().ifPresent(core -> edit.append(Header.ROUTE, "<" + core + ">"));
    return completed(edit);
  }

  private SipRequest completed(Edit edit) {
    edit.with(Header.CONTACT, "<" + wish.contact() + ">").with(Header.EVENT, wish.event()).with(Header.ACCEPT, wish.accept().name());
    edit.with(Header.EXPIRES, Integer.toString(SECONDS)).with(Header.P_ASSERTED_IDENTITY, "<" + wish.self() + ">");
    return wish.body().length == 0 ? edit.request() : edit.request().withBody(wish.type(), wish.body());
  }

  private void refresh() {
    world.threads().start("refresh " + wish.event(), () -> {
      SipRequest request;
      lock.lock();
      try {
        if (closed || dialog.isEmpty()) {
          return;
        }
        Dialog.Sending sending = dialog.get().request("SUBSCRIBE");
        dialog = Optional.of(sending.dialog());
        request = completed(sending.request().edit());
      } finally {
        lock.unlock();
      }
      Outcome outcome = send(request);
      if (!(outcome instanceof Outcome.Answered answered) || !answered.response().isSuccess()) {
        fail(request.callId(), outcome);
        return;
      }
      long seconds = answered.response().number(Header.EXPIRES).orElse(SECONDS);
      later(Duration.ofSeconds(Math.max(1, seconds * 4 / 5)), this::refresh);
    });
  }

  private Outcome send(SipRequest request) {
    Target target = request.has(Header.ROUTE) ? Target.nextHop(request) : new Target.Resolve(wish.at());
    return sender.send(request, target, Deadline.in(WITHIN, world.clock()));
  }

  private void fail(String whose, Outcome outcome) {
    String came = outcome instanceof Outcome.Answered a ? Integer.toString(a.response().status()) : outcome.toString();
    LOG.warn("event=subscription_failed package={} at={} answer={}", wish.event(), wish.at(), came);
    lose(whose);
  }

  private void lose(String whose) {
    boolean was;
    lock.lock();
    try {
      if (closed || !callId.equals(whose)) {
        return;
      }
      was = alive;
      alive = false;
      dialog = Optional.empty();
      later(again, this::start);
    } finally {
      lock.unlock();
    }
    if (was) {
      listener.lost();
    }
  }

  private void later(Duration in, Runnable what) {
    lock.lock();
    try {
      alarm.ifPresent(Clock.Alarm::cancel);
      alarm = closed ? Optional.empty() : Optional.of(world.clock().after(in, what));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<SipResponse> notified(SipRequest notify) {
    boolean first;
    lock.lock();
    try {
      if (closed || !notify.callId().equals(callId)) {
        return Optional.empty();
      }
      if (dialog.isPresent()) {
        Optional<Dialog> next = dialog.get().received(notify);
        if (next.isEmpty()) {
          return Optional.of(SipResponse.to(notify, Status.SERVER_INTERNAL_ERROR, "CSeq is out of order"));
        }
        dialog = next;
      }
      first = !alive;
      alive = true;
    } finally {
      lock.unlock();
    }
    boolean over = notify.first(Header.SUBSCRIPTION_STATE).orElse("").startsWith("terminated");
    if (over) {
      lose(notify.callId());
    } else {
      listener.told(notify.body(), first);
    }
    return Optional.of(SipResponse.to(notify, Status.OK));
  }

  /// Ends it; the other side hears of it at its next NOTIFY.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      alarm.ifPresent(Clock.Alarm::cancel);
    } finally {
      lock.unlock();
    }
  }
}
