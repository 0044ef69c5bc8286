// One MSRP session as a pure state machine.
package tucket.protocol.msrp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.MsrpRequest.FailureReport;
import tucket.protocol.msrp.SessionOutput.Ending;
import tucket.protocol.msrp.SessionOutput.Failure;

/// An end point of RFC 4975. Bound to the connection that we opened, or to the first on which a request for it arrives; requests on
/// another get 506 (section 5.4). Whoever is active sends an empty SEND at once, which terminals wait for. Outgoing messages go one after
/// the other, their chunks never mixed, with a bounded number of requests without response. Incoming messages are put together, handed
/// up, and answered when the owner says so. Where the path leads over relays (RFC 4976), a 200 is only the relay's word: each message then asks
/// for a success report, and counts as taken when that has come. Not thread-safe: one event at a time.
public final class MsrpSession {
  private static final int SMALL_BODY = 10_240; // RFC 4975 section 7.1: the most that requests other than SEND may carry
  private static final int WATCHED = 64;

  private enum Mode {
    NONE,
    SEND,
    REPORT,
    OTHER,
    UNKNOWN
  }

  /// A message on its way out.
  private static final class Sending {
    private final MsrpChunker chunker;
    private int unanswered;
    private boolean failed;

    Sending(MsrpChunker chunker) {
      this.chunker = chunker;
    }

    String id() {
      return chunker.message().messageId();
    }
  }

  /// A request without response; `sending` is empty for the one that binds the connection.
  private record Transaction(Optional<Sending> sending, long deadline) {}

  /// A delivered message or request without verdict, or without the report that its sender wishes for; `report` is that where it came first.
  private record Undecided(MsrpRequest head, long bytes, int report) {}

  /// A message that the relay has taken, or is taking; its receiver has not reported.
  private static final class Awaited {
    private final Sending sending;
    private long covered;
    private long deadline = Long.MAX_VALUE;

    Awaited(Sending sending) {
      this.sending = sending;
    }
  }

  private final SessionSettings settings;
  private final Supplier<String> ids;
  private final MsrpAssembly assembly;
  private final long began;
  private OptionalLong bound = OptionalLong.empty();
  private boolean binding; // the request that bound the connection is not answered yet: terminals read nothing else before that
  private boolean ended;
  private Mode mode = Mode.NONE;
  private Optional<MsrpRequest> head = Optional.empty();
  private final ByteArrayOutputStream smallBody = new ByteArrayOutputStream(0);
  private final Map<Long, Undecided> undecided = new LinkedHashMap<>();
  private final Map<Long, Undecided> unreported = new LinkedHashMap<>();
  private final Map<String, Awaited> awaited = new LinkedHashMap<>();
  private final boolean relayed;
  private long lastTicket;
  private final Deque<OutgoingMessage> waiting = new ArrayDeque<>();
  private Optional<Sending> sending = Optional.empty();
  private final Map<String, Transaction> unanswered = new LinkedHashMap<>();
  private final Map<String, String> watched = new LinkedHashMap<>(); // transactions answered on failure only: to their messages
  private long lastHeard;
  private long scheduled = Long.MAX_VALUE;

  /// `ids` gives fresh random transaction ids with at least 64 bits of chance (RFC 4975 section 7.1); `now` is the time of the first event.
  public MsrpSession(SessionSettings settings, Supplier<String> ids, long now) {
    this.settings = settings;
    this.ids = ids;
    this.assembly = new MsrpAssembly(settings.assembly());
    this.relayed = settings.remotePath().size() > 1 && !settings.trustRelays();
    this.lastHeard = now;
    this.began = now;
  }

  public SessionSettings settings() {
    return settings;
  }

  public boolean isEnded() {
    return ended;
  }

  /// Whether nothing is on its way in either direction.
  public boolean isQuiet() {
    return waiting.isEmpty() && sending.isEmpty() && unanswered.isEmpty() && undecided.isEmpty() && awaited.isEmpty();
  }

  /// Whether so many delivered messages have no verdict that the transport should stop reading.
  public boolean isSaturated() {
    return undecided.size() >= settings.undecided();
  }

  /// Handles one event at the time `now` in nanoseconds.
  public void on(SessionEvent event, long now, SessionOutput out) {
    if (ended) {
      return;
    }
    switch (event) {
      case SessionEvent.Connected e -> connected(e.connection(), now, out);
      case SessionEvent.Head e -> head(e.connection(), e.head(), now, out);
      case SessionEvent.Body e -> body(e);
      case SessionEvent.End e -> end(e.connection(), e.continuation(), now, out);
      case SessionEvent.Answered e -> answered(e.response(), now, out);
      case SessionEvent.Submit e -> submit(e.message(), out);
      case SessionEvent.Verdict e -> verdict(e, out);
      case SessionEvent.Report e -> reportLater(e.ticket(), e.status(), out);
      case SessionEvent.Fired e -> fired(now, out);
      case SessionEvent.Lost e -> lost(e.connection(), out);
      case SessionEvent.Stop e -> finish(Ending.STOPPED, out);
    }
    if (!ended) {
      pump(now, out);
      reschedule(out);
    }
  }

  private void connected(long connection, long now, SessionOutput out) {
    if (bound.isPresent()) {
      return;
    }
    bound = OptionalLong.of(connection);
    lastHeard = now;
    if (settings.active()) {
      greet(now, out);
    }
  }

  /// RFC 4975 section 5.4: the active end sends a request at once, so that the peer can bind the connection to the session.
  private void greet(long now, SessionOutput out) {
    String id = ids.get();
    MsrpRequest empty = MsrpRequest.of(id, MsrpRequest.SEND, settings.remotePath(), List.of(settings.self()))
        .with(MsrpHeader.MESSAGE_ID, ids.get());
    unanswered.put(id, new Transaction(Optional.empty(), now + settings.timeoutNanos()));
    out.transmit(bound.orElseThrow(), MsrpWriter.write(empty));
  }

  private void head(long connection, MsrpRequest request, long now, SessionOutput out) {
    mode = bound.isPresent() && bound.getAsLong() != connection ? mode : Mode.NONE;
    try {
      if (!request.toPath().getFirst().sameSession(settings.self())) {
        respond(connection, request, MsrpStatus.NO_SESSION, out);
        return;
      }
      request.fromPath();
    } catch (Malformed e) {
      return; // nobody to answer to
    }
    if (bound.isPresent() && bound.getAsLong() != connection) {
      if (request.is(MsrpRequest.REPORT)) {
        report(request, out); // a relay may bring it over a connection of its own
      } else {
        respond(connection, request, MsrpStatus.BOUND_ELSEWHERE, out);
      }
      return;
    }
    binding = bound.isEmpty();
    bound = OptionalLong.of(connection);
    lastHeard = now;
    head = Optional.of(request);
    smallBody.reset();
    mode = switch (request.method()) {
      case MsrpRequest.SEND -> Mode.SEND;
      case MsrpRequest.REPORT -> Mode.REPORT;
      default -> settings.methods().contains(request.method()) ? Mode.OTHER : Mode.UNKNOWN;
    };
    if (mode == Mode.SEND) {
      assembly.begin(request);
    }
  }

  private void body(SessionEvent.Body e) {
    if (bound.isEmpty() || bound.getAsLong() != e.connection()) {
      return;
    }
    if (mode == Mode.SEND) {
      assembly.body(e.data(), e.from(), e.to());
    } else if (mode == Mode.OTHER) {
      int room = SMALL_BODY + 1 - smallBody.size();
      smallBody.write(e.data(), e.from(), Math.min(room, e.to() - e.from()));
    }
  }

  private void end(long connection, Continuation continuation, long now, SessionOutput out) {
    if (bound.isEmpty() || bound.getAsLong() != connection || mode == Mode.NONE) {
      return;
    }
    Mode finished = mode;
    mode = Mode.NONE;
    binding = false;
    lastHeard = now;
    MsrpRequest request = head.orElseThrow();
    head = Optional.empty();
    switch (finished) {
      case SEND -> sendEnded(connection, request, assembly.end(continuation), out);
      case REPORT -> report(request, out);
      case OTHER -> otherEnded(connection, request, out);
      default -> respond(connection, request, MsrpStatus.UNKNOWN_METHOD, out);
    }
  }

  private void sendEnded(long connection, MsrpRequest request, MsrpAssembly.Result result, SessionOutput out) {
    switch (result) {
      case MsrpAssembly.Partial p -> respond(connection, request, MsrpStatus.OK, out);
      case MsrpAssembly.Aborted a -> respond(connection, request, MsrpStatus.OK, out);
      case MsrpAssembly.Refused r -> respond(connection, request, r.status(), out);
      case MsrpAssembly.Complete c -> {
        if (isSaturated()) {
          respond(connection, request, MsrpStatus.STOP_SENDING, out);
        } else {
          out.deliver(c.message(), ticket(request, c.message().body().length));
        }
      }
    }
  }

  private void otherEnded(long connection, MsrpRequest request, SessionOutput out) {
    if (smallBody.size() > SMALL_BODY || isSaturated()) {
      respond(connection, request, MsrpStatus.STOP_SENDING, out);
    } else {
      out.request(request, smallBody.toByteArray(), ticket(request, 0));
    }
  }

  private long ticket(MsrpRequest request, long bytes) {
    lastTicket++;
    undecided.put(lastTicket, new Undecided(request, bytes, 0));
    return lastTicket;
  }

  private void report(MsrpRequest request, SessionOutput out) {
    try {
      Optional<Integer> status = request.status();
      if (request.messageId().isPresent() && status.isPresent()) {
        reported(request.messageId().get(), status.get(), request.byteRange(), out);
        out.reported(request.messageId().get(), status.get(), request.byteRange());
      }
    } catch (Malformed e) {
      // a report is never answered, not even a broken one (RFC 4975 section 7.1.2)
    }
  }

  private void respond(long connection, MsrpRequest request, int status, SessionOutput out) {
    if (!request.wantsResponse(status)) {
      return;
    }
    try {
      out.transmit(connection, MsrpWriter.write(MsrpResponse.to(request, status)));
    } catch (Malformed e) {
      // paths that cannot be read cannot be answered
    }
  }

  /// Of a message of ours, by whoever stands behind the peer (RFC 4975 section 7.1.2): in one report or several.
  private void reported(String id, int status, ByteRange range, SessionOutput out) {
    Awaited message = awaited.get(id);
    if (message == null) {
      return;
    }
    long size = message.sending.chunker.message().body().length;
    message.covered += Math.min(range.end().orElse(size), size) - range.start() + 1;
    if (status != MsrpStatus.OK) {
      awaited.remove(id);
      message.sending.failed = true;
      out.failed(id, new Failure(Failure.Why.REFUSED, status));
    } else if (message.covered >= size) {
      awaited.remove(id);
      out.accepted(id);
    }
  }

  private void verdict(SessionEvent.Verdict verdict, SessionOutput out) {
    Undecided item = undecided.remove(verdict.ticket());
    if (item == null || bound.isEmpty()) {
      return;
    }
    respond(bound.getAsLong(), item.head, verdict.status(), out);
    if (verdict.status() != MsrpStatus.OK || !item.head.is(MsrpRequest.SEND) || !item.head.wantsSuccessReport()) {
      return;
    }
    if (!verdict.reportLater() || item.report != 0) {
      report(item, verdict.reportLater() ? item.report : MsrpStatus.OK, out);
      return;
    }
    unreported.put(verdict.ticket(), item);
    if (unreported.size() > settings.undecided()) {
      unreported.remove(unreported.keySet().iterator().next());
    }
  }

  private void reportLater(long ticket, int status, SessionOutput out) {
    Undecided item = unreported.remove(ticket);
    if (item != null && bound.isPresent()) {
      report(item, status, out);
    } else {
      undecided.computeIfPresent(ticket, (t, early) -> new Undecided(early.head, early.bytes, status));
    }
  }

  /// RFC 4975 section 7.1.3: one report for the whole message; of a failure only to who has not said no to that (section 7.1.2).
  private void report(Undecided item, int status, SessionOutput out) {
    if (status == MsrpStatus.OK || item.head.failureReport() != FailureReport.NO) {
      MsrpRequest report = MsrpRequest.report(ids.get(), item.head, settings.self(), status, 1, item.bytes, item.bytes);
      out.transmit(bound.orElseThrow(), MsrpWriter.write(report));
    }
  }

  private void submit(OutgoingMessage message, SessionOutput out) {
    if (waiting.size() >= settings.queue()) {
      out.failed(message.messageId(), new Failure(Failure.Why.FULL, 0));
    } else {
      waiting.add(message);
    }
  }

  /// Sends as long as the window is open.
  private void pump(long now, SessionOutput out) {
    while (bound.isPresent() && !binding && unanswered.size() < settings.window()) {
      if (sending.isEmpty()) {
        if (waiting.isEmpty() || awaited.size() >= settings.window()) {
          return;
        }
        OutgoingMessage next = waiting.remove();
        MsrpChunker chunker = new MsrpChunker(relayed ? next.withSuccessReport() : next, settings.remotePath(), List.of(settings.self()),
            settings.chunkBytes());
        sending = Optional.of(new Sending(chunker));
        if (relayed) {
          awaited.put(next.messageId(), new Awaited(sending.get()));
        }
      }
      send(sending.get(), now, out);
    }
  }

  private void send(Sending message, long now, SessionOutput out) {
    MsrpChunker.Chunk chunk = message.failed ? message.chunker.abort(ids) : message.chunker.next(ids);
    out.transmit(bound.orElseThrow(), chunk.wire());
    FailureReport reports = message.chunker.message().failureReport();
    if (reports == FailureReport.YES && !message.failed) {
      message.unanswered++;
      unanswered.put(chunk.transactionId(), new Transaction(Optional.of(message), now + settings.timeoutNanos()));
    } else if (reports == FailureReport.PARTIAL && !message.failed) {
      watched.put(chunk.transactionId(), message.id());
      if (watched.size() > WATCHED) {
        watched.remove(watched.keySet().iterator().next());
      }
    }
    if (message.chunker.isFinished()) {
      sending = Optional.empty();
      if (reports != FailureReport.YES && !message.failed) {
        taken(message, now, out);
      }
    }
  }

  private void answered(MsrpResponse response, long now, SessionOutput out) {
    lastHeard = now;
    String partial = watched.remove(response.transactionId());
    if (partial != null && !response.isSuccess()) {
      awaited.remove(partial);
      out.failed(partial, new Failure(Failure.Why.REFUSED, response.status()));
    }
    Transaction transaction = unanswered.remove(response.transactionId());
    if (transaction != null) {
      transaction.sending.ifPresent(m -> settle(m, response, now, out));
    }
    boolean ours = transaction != null || partial != null;
    if (ours && !response.isSuccess() && !MsrpStatus.sparesSession(response.status())) {
      finish(Ending.REFUSED, out);
    }
  }

  private void settle(Sending message, MsrpResponse response, long now, SessionOutput out) {
    message.unanswered--;
    if (message.failed) {
      return;
    }
    if (!response.isSuccess()) {
      message.failed = true; // further chunks: see send, which ends the message with an abort
      awaited.remove(message.id());
      out.failed(message.id(), new Failure(Failure.Why.REFUSED, response.status()));
    } else if (message.chunker.isFinished() && message.unanswered == 0) {
      taken(message, now, out);
    }
  }

  /// By the next hop; where that is a relay, the receiver has as long again to report.
  private void taken(Sending message, long now, SessionOutput out) {
    Awaited report = awaited.get(message.id());
    if (!relayed) {
      out.accepted(message.id());
    } else if (report != null) {
      report.deadline = now + settings.timeoutNanos();
    }
  }

  private void fired(long now, SessionOutput out) {
    scheduled = Long.MAX_VALUE;
    Iterator<Transaction> oldest = unanswered.values().iterator();
    while (oldest.hasNext()) {
      Transaction transaction = oldest.next();
      if (transaction.deadline > now) {
        break; // they stand in the order of their deadlines
      }
      oldest.remove();
      transaction.sending.filter(m -> !m.failed).ifPresent(m -> silent(m, out));
    }
    List.copyOf(awaited.values()).stream().filter(a -> a.deadline <= now).forEach(a -> silent(a.sending, out));
    if (bound.isEmpty() && settings.bindNanos() > 0 && now - began >= settings.bindNanos()) {
      finish(Ending.UNBOUND, out);
      return;
    }
    if (!undecided.isEmpty()) {
      lastHeard = now; // it is we who keep the peer waiting
    }
    if (settings.idleNanos() > 0 && now - lastHeard >= settings.idleNanos()) {
      finish(Ending.IDLE, out);
    }
  }

  private void silent(Sending message, SessionOutput out) {
    message.failed = true;
    awaited.remove(message.id());
    out.failed(message.id(), new Failure(Failure.Why.SILENT, 0));
  }

  private void reschedule(SessionOutput out) {
    long next = unanswered.isEmpty() ? Long.MAX_VALUE : unanswered.values().iterator().next().deadline;
    for (Awaited report : awaited.values()) {
      next = Math.min(next, report.deadline);
    }
    if (settings.idleNanos() > 0) {
      next = Math.min(next, lastHeard + settings.idleNanos());
    }
    if (settings.bindNanos() > 0 && bound.isEmpty()) {
      next = Math.min(next, began + settings.bindNanos());
    }
    if (next < scheduled) { // a later wish is left for when the earlier one fires, so that traffic costs no timers
      scheduled = next;
      out.schedule(next);
    }
  }

  private void lost(long connection, SessionOutput out) {
    if (bound.isPresent() && bound.getAsLong() == connection) {
      finish(Ending.LOST, out);
    }
  }

  private void finish(Ending ending, SessionOutput out) {
    ended = true;
    Failure lost = new Failure(Failure.Why.LOST, 0);
    Map<String, Boolean> open = new LinkedHashMap<>(); // each once, in the order of sending
    awaited.keySet().forEach(id -> open.put(id, true));
    unanswered.values().forEach(t -> t.sending.filter(m -> !m.failed).ifPresent(m -> open.put(m.id(), true)));
    sending.filter(m -> !m.failed).ifPresent(m -> open.put(m.id(), true));
    waiting.forEach(m -> open.put(m.messageId(), true));
    open.keySet().forEach(id -> out.failed(id, lost));
    unanswered.clear();
    waiting.clear();
    undecided.clear();
    awaited.clear();
    unreported.clear();
    watched.clear();
    sending = Optional.empty();
    out.ended(ending);
  }
}
