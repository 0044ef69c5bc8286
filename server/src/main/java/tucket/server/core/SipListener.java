// Where SIP requests come in: reference point IM-1 on a socket.
package tucket.server.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.RequestChecks;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.server.reference.Im1ClientCore;
import tucket.transport.Deadline;
import tucket.transport.Flow;
import tucket.transport.Pending;
import tucket.transport.World;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipStack;

/// Checks each request, has the core handle it, and answers it; the one place where a fault becomes a status. [Malformed] is the peer's
/// fault: 400 with a reason that names the header. Unavailable is the world's: 503. Anything else is ours: 500, the trace goes to the log
/// and never to the wire. What is too much gets a 503 with Retry-After. Until [#open] everything gets one.
public final class SipListener implements SipStack.Handler {
  private static final Logger LOG = LoggerFactory.getLogger(SipListener.class);
  private static final List<Header> OF_THIS_HOP = List.of(Header.VIA, Header.FROM, Header.CALL_ID, Header.CSEQ);
  private static final String RETRY_SECONDS = "5";

  /// The methods that are served now.
  public static final List<String> METHODS = List.of(
      "INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "INFO", "MESSAGE", "OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH");
  /// The methods where there are no sessions.
  public static final List<String> PAGING = METHODS.subList(METHODS.indexOf("MESSAGE"), METHODS.size());
  /// The extensions that a request may require.
  public static final Set<String> EXTENSIONS = Set.of("path", "outbound", "gruu", "pref", "timer", "recipient-list-message", "recipient-list-invite");
  /// What a request must be like: the first half is looked at here, the second by the core, when it knows who asks.
  static final RequestChecks CHECKS = new RequestChecks(METHODS, EXTENSIONS, Set.of("sip", "sips", "tel"));

  private final World world;
  private final Limits limits;
  private final Metrics metrics;
  private final String serverName;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicReference<Optional<Im1ClientCore>> core = new AtomicReference<>(Optional.empty());

  /// @param serverName the Server header of all responses
  public SipListener(World world, Limits limits, Metrics metrics, String serverName) {
    this.world = world;
    this.limits = limits;
    this.metrics = metrics;
    this.serverName = serverName;
    metrics.gauge("tucket_requests_in_flight", "Requests that are being handled", inFlight::get);
  }

  /// From now on requests are handled.
  public void open(Im1ClientCore by) {
    core.set(Optional.of(by));
  }

  /// From now on requests are turned away with a 503; those being handled go on.
  public void shut() {
    core.set(Optional.empty());
  }

  @Override
  public void request(ServerTransaction tx) {
    if (!call(tx)) {
      receive(tx);
    }
  }

  // An INVITE is answered when its callee has decided; what comes within a call belongs to that call.
  private boolean call(ServerTransaction tx) {
    SipRequest request = tx.request();
    Optional<Im1ClientCore> open = core.get();
    if (open.isEmpty() || !request.is("INVITE") && request.to().tag().isEmpty() || CHECKS.beforeAuthentication(request).isPresent()) {
      return false;
    }
    if (inFlight.incrementAndGet() > limits.requestsInFlightTotal()) {
      inFlight.decrementAndGet();
      tx.respond(SipResponse.to(request, Status.SERVICE_UNAVAILABLE).with(Header.RETRY_AFTER, RETRY_SECONDS));
      return true;
    }
    try {
      return open.get().call(tx);
    } catch (tucket.store.Unavailable | tucket.transport.Unavailable world) {
      tx.respond(unavailable(world, request));
      return true;
    } finally {
      inFlight.decrementAndGet();
    }
  }

  @Override
  public void ack(SipRequest ack, Flow flow) {
    core.get().ifPresent(c -> c.acknowledged(ack));
  }

  @Override
  public void cancelled(ServerTransaction invite) {
    invite.respond(SipResponse.to(invite.request(), Status.REQUEST_TERMINATED));
    core.get().ifPresent(c -> c.cancelled(invite));
  }

  /// Handles one request from its arrival to its answer.
  void receive(ServerTransaction tx) {
    long began = world.clock().nanos();
    SipRequest request = tx.request();
    Optional<Im1ClientCore> open = core.get();
    if (open.isEmpty() || inFlight.incrementAndGet() > limits.requestsInFlightTotal()) {
      answer(tx, began, open, SipResponse.to(request, Status.SERVICE_UNAVAILABLE).with(Header.RETRY_AFTER, RETRY_SECONDS));
    } else {
      Pending<SipResponse> response = served(open.get(), request, tx.flow());
      request.slim();
      response.end(r -> answer(tx, began, open, r));
    }
  }

  private void answer(ServerTransaction tx, long began, Optional<Im1ClientCore> open, SipResponse response) {
    SipRequest request = tx.request();
    // RFC 4320 section 4.2: a 408 must not answer these methods, and saying nothing would leave the client waiting
    boolean late = response.status() == Status.REQUEST_TIMEOUT;
    SipResponse own = asAnswerTo(request, late ? SipResponse.to(request, Status.TEMPORARILY_UNAVAILABLE) : response);
    if (open.isPresent()) {
      inFlight.decrementAndGet(); // before the answer is out: who has it may ask the next thing at once
    }
    tx.respond(own);
    open.ifPresent(c -> followUp(c, request, own, tx.flow()));
    Duration took = Duration.ofNanos(world.clock().nanos() - began);
    metrics.answered(request.method(), own.status(), took);
    if (LOG.isDebugEnabled()) {
      LOG.debug("event=answered method={} call_id=\"{}\" status={} flow={} ms={}", request.method(),
          request.first(Header.CALL_ID).orElse(""), own.status(), tx.flow().remote(), took.toMillis());
    }
  }

  private Pending<SipResponse> served(Im1ClientCore by, SipRequest request, Flow flow) {
    return Pending.recovering(() -> {
      Optional<SipResponse> refused = CHECKS.beforeAuthentication(request);
      return refused.map(Pending::of).orElseGet(() -> by.handle(request, flow, Deadline.in(limits.requestTimeout(), world.clock())));
    }, failure -> status(failure, request));
  }

  private static SipResponse status(Throwable failure, SipRequest request) {
    switch (failure) {
      case Malformed fault -> {
        return SipResponse.to(request, Status.BAD_REQUEST, String.valueOf(fault.getMessage()));
      }
      case tucket.store.Unavailable world -> {
        return unavailable(world, request);
      }
      case tucket.transport.Unavailable world -> {
        return unavailable(world, request);
      }
      default -> {
        LOG.error("event=internal_error method={} call_id=\"{}\"", request.method(), request.first(Header.CALL_ID).orElse(""), failure);
        return SipResponse.to(request, Status.SERVER_INTERNAL_ERROR);
      }
    }
  }

  private static SipResponse unavailable(RuntimeException world, SipRequest request) {
    LOG.error("event=unavailable method={} why=\"{}\"", request.method(), world.getMessage());
    return SipResponse.to(request, Status.SERVICE_UNAVAILABLE).with(Header.RETRY_AFTER, RETRY_SECONDS);
  }

  private void followUp(Im1ClientCore by, SipRequest request, SipResponse response, Flow flow) {
    try {
      by.answered(request, response, flow);
    } catch (RuntimeException failed) {
      LOG.error("event=follow_up_failed method={} call_id=\"{}\"", request.method(), request.first(Header.CALL_ID).orElse(""), failed);
    }
  }

  // A response that came from further on goes back with the Via, From, Call-ID and CSeq of this hop's request (RFC 3261 section 16.7).
  private SipResponse asAnswerTo(SipRequest request, SipResponse response) {
    Edit edit = response.edit();
    for (Header h : OF_THIS_HOP) {
      edit.likeIn(request, h);
    }
    if (!response.has(Header.SERVER)) {
      edit.append(Header.SERVER, serverName);
    }
    return edit.response();
  }

  @Override
  public void closed(Flow flow) {
    core.get().ifPresent(c -> c.closed(flow));
  }
}
