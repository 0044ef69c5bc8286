// A terminal with sessions, made of a SipStack and an MsrpStack, for tests.
package tucket.server.im;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput;
import tucket.protocol.sdp.Connection;
import tucket.protocol.sdp.MessageAnswer;
import tucket.protocol.sdp.MessageMedia;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sdp.Origin;
import tucket.protocol.sdp.SessionDescription;
import tucket.protocol.sdp.Setup;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpOwner;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.MsrpStack;
import tucket.transport.sip.ClientTransaction;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Responses;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// Behaves as RCS-e terminals do where a test does not say otherwise: active in MSRP, an empty SEND first, notifications about what arrives.
final class SessionPhone implements AutoCloseable, SipStack.Handler {
  static final String RCS = ";+g.oma.sip-im;+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcse.im\"";
  static final Duration PATIENCE = Duration.ofSeconds(20);

  final String user;
  final BlockingQueue<SipRequest> inbox = new LinkedBlockingQueue<>();
  final BlockingQueue<SipRequest> invites = new LinkedBlockingQueue<>();
  final BlockingQueue<SipRequest> cancels = new LinkedBlockingQueue<>();
  final BlockingQueue<Talk> talks = new LinkedBlockingQueue<>();
  final Map<Dialog.DialogId, Talk> open = new ConcurrentHashMap<>();
  /// What is answered to an INVITE: 200 takes it, 180 rings for ever, 0 is silence.
  volatile Function<SipRequest, Integer> onInvite = r -> 200;
  volatile Function<SipRequest, Integer> onMessage = r -> 200;
  volatile boolean reports = true;
  volatile String sessionExpires = "";
  String features = RCS;
  String instance = "";
  private final World world;
  private final SipStack sip;
  private final MsrpStack msrp;
  private final Endpoint here;
  private final Endpoint server;
  private final String callId;
  private final AtomicInteger cseq = new AtomicInteger();

  SessionPhone(World world, String user, Endpoint server) {
    this.world = world;
    this.user = user;
    this.server = server;
    this.sip = new SipStack(world, SipSettings.DEFAULT, u -> List.of(server), this);
    this.msrp = new MsrpStack(world, MsrpSettings.DEFAULT);
    this.here = sip.listen(SessionLab.at(server.protocol()));
    msrp.listen(SessionLab.at(Protocol.TCP));
    this.callId = world.chance().token(8);
    this.instance = "urn:uuid:" + world.chance().token(8);
  }

  String address() {
    return "sip:" + user + "@" + SessionLab.DOMAIN;
  }

  String contact() {
    String transport = here.protocol() == Protocol.UDP ? "" : ";transport=tcp";
    return "<sip:" + user + "@" + here.hostPort() + transport + ">;+sip.instance=\"<" + instance + ">\"" + features;
  }

  SipRequest request(String method, String uri) {
    Edit edit = SipRequest.of(method, Uri.parse(uri)).edit();
    edit.with(Header.MAX_FORWARDS, "70").with(Header.FROM, "<" + address() + ">;tag=" + world.chance().token(4));
    edit.with(Header.TO, method.equals("REGISTER") ? "<" + address() + ">" : "<" + uri + ">");
    edit.with(Header.CALL_ID, method.equals("REGISTER") ? callId : world.chance().token(8));
    return edit.with(Header.CSEQ, cseq.incrementAndGet() + " " + method).request();
  }

  SipResponse register() {
    return register("3600");
  }

  SipResponse register(String expires) {
    return send(request("REGISTER", "sip:" + SessionLab.DOMAIN).edit().with(Header.CONTACT, contact()).with(Header.EXPIRES, expires).request());
  }

  SipResponse send(SipRequest request) {
    SipResponse first = sendOnce(request);
    return first.status() == 401 || first.status() == 407 ? sendOnce(authorized(request, first)) : first;
  }

  private SipResponse sendOnce(SipRequest request) {
    return sip.send(request, new Target.To(server), Deadline.in(PATIENCE, world.clock())).asResponse(request);
  }

  private SipRequest authorized(SipRequest request, SipResponse challenge) {
    boolean proxy = challenge.status() == 407;
    DigestChallenge chosen =
        DigestChallenge.parse(challenge.lines(proxy ? Header.PROXY_AUTHENTICATE : Header.WWW_AUTHENTICATE).getFirst());
    DigestCredentials answer =
        Digest.answer(chosen, user, "secret of " + user, request.method(), request.uriText(), "c" + cseq.get(), 1, request.body());
    SipRequest again = request.with(Header.CSEQ, cseq.incrementAndGet() + " " + request.method());
    return again.with(proxy ? Header.PROXY_AUTHORIZATION : Header.AUTHORIZATION, answer.toString());
  }

  // ---- calling

  byte[] cpim(String id, String to, String text, Disposition... wanted) {
    return CpimMessage.builder().from("sip:anonymous@anonymous.invalid").to("sip:anonymous@anonymous.invalid").messageId(id)
        .dateTime("2026-11-22T10:00:00.000Z").request(wanted).content(MediaType.TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8)).build().write();
  }

  /// An INVITE on its way.
  final class Calling implements Responses {
    final MsrpEnd end = msrp.open(false);
    final CompletableFuture<SipResponse> answer = new CompletableFuture<>();
    final BlockingQueue<SipResponse> provisional = new LinkedBlockingQueue<>();
    MessageOffer offer = MessageOffer.of(origin(), media(end, Setup.ACTPASS));
    SipRequest request;
    ClientTransaction transaction;

    Calling(SipRequest with) {
      request = with;
      transaction = sip.begin(request, new Target.To(server), this);
    }

    Calling(String to, Optional<byte[]> first) {
      Edit edit = request("INVITE", to).edit().with(Header.CONTACT, contact()).with(Header.ACCEPT_CONTACT, "*;+g.oma.sip-im");
      edit.with(Header.of("Contribution-ID"), "contribution-of-" + user);
      if (first.isEmpty()) {
        edit.body(MediaType.SDP, offer.write());
      } else {
        Multipart parts = Multipart.of(Entity.of(MediaType.SDP, offer.write()), Entity.of(MediaType.CPIM, first.get()));
        edit.body(MediaType.of("multipart", "mixed").with("boundary", parts.boundary()), parts.write(parts.boundary()));
      }
      request = edit.request();
      transaction = sip.begin(request, new Target.To(server), this);
    }

    @Override
    public void response(SipResponse response) {
      if (response.isProvisional()) {
        provisional.add(response);
      } else if (response.status() == 407) {
        request = authorized(request, response);
        world.threads().start("again", () -> transaction = sip.begin(request, new Target.To(server), this));
      } else {
        answer.complete(response);
      }
    }

    @Override
    public void failed(Outcome outcome) {
      answer.complete(outcome.asResponse(request));
    }

    SipResponse await() {
      try {
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError("no answer to INVITE", e);
      }
    }

    /// The session, once the INVITE has got its 200.
    Talk talk() {
      SipResponse ok = await();
      if (!ok.isSuccess()) {
        throw new AssertionError("INVITE was answered " + ok.startLine());
      }
      Dialog dialog = Dialog.asClient(request, ok);
      Talk talk = new Talk(end, dialog, ok);
      sip.acknowledge(dialog.ack(request.cseq().number()), new Target.To(server));
      MessageAnswer answered = offer.accepted(SessionDescription.parse(ok.body())).orElseThrow();
      Optional<MsrpEnd.Peer> peer =
          answered.weConnect() ? answered.theirs().target().map(t -> new MsrpEnd.Peer(t.host(), t.port(), false)) : Optional.empty();
      end.start(answered.theirs().path(), peer, talk);
      return talk;
    }
  }

  Calling calling(String to, String id, String text) {
    return new Calling("sip:" + to + "@" + SessionLab.DOMAIN, Optional.of(cpim(id, to, text, Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY)));
  }

  Calling calling(String to) {
    return new Calling("sip:" + to + "@" + SessionLab.DOMAIN, Optional.empty());
  }

  private Origin origin() {
    return new Origin("-", "1", "1", Connection.of(here.host()));
  }

  private MessageMedia media(MsrpEnd end, Setup setup) {
    return MessageMedia.of(Connection.of(here.host()), end.uri().port(), List.of(end.uri()), setup);
  }

  // ---- being called

  @Override
  public void request(ServerTransaction tx) {
    SipRequest request = tx.request();
    if (request.to().tag().isPresent()) {
      Talk talk = open.get(Dialog.DialogId.ofReceived(request));
      tx.respond(SipResponse.to(request, talk == null ? 481 : 200));
      if (talk != null && request.is("BYE")) {
        talk.byes.add(request);
      }
      return;
    }
    if (!request.is("INVITE")) {
      inbox.add(request);
      tx.respond(SipResponse.to(request, onMessage.apply(request)));
      return;
    }
    invites.add(request);
    int status = onInvite.apply(request);
    if (reports && status != 0 && status != 486) {
      firstOf(request).ifPresent(m -> report(peer(request), m, Imdn.Status.DELIVERED));
    }
    if (status == 200) {
      talks.add(accept(tx));
    } else if (status != 0) {
      tx.respond(SipResponse.to(request, status));
    }
  }

  @Override
  public void cancelled(ServerTransaction invite) {
    cancels.add(invite.request());
    SipStack.Handler.super.cancelled(invite);
  }

  @Override
  public void ack(SipRequest ack, Flow flow) {}

  static String peer(SipRequest invite) {
    return invite.addresses(invite.has(Header.REFERRED_BY) ? Header.REFERRED_BY : Header.P_ASSERTED_IDENTITY).getFirst().uri().toString();
  }

  /// The message in an INVITE.
  static Optional<CpimMessage> firstOf(SipRequest invite) {
    MediaType type = invite.contentType().orElseThrow();
    return type.type().equals("multipart")
        ? Multipart.parse(type, invite.body()).first(MediaType.CPIM).map(e -> CpimMessage.parse(e.body()))
        : Optional.empty();
  }

  static SessionDescription sdpOf(SipRequest invite) {
    MediaType type = invite.contentType().orElseThrow();
    byte[] sdp = type.type().equals("multipart") ? Multipart.parse(type, invite.body()).first(MediaType.SDP).orElseThrow().body() : invite.body();
    return SessionDescription.parse(sdp);
  }

  private Talk accept(ServerTransaction tx) {
    SipRequest invite = tx.request();
    MessageOffer offer = MessageOffer.in(sdpOf(invite)).orElseThrow();
    MsrpEnd end = msrp.open(false);
    SessionDescription answer = offer.answer(origin(), media(end, Setup.ACTIVE), false);
    SipResponse ok = SipResponse.to(invite, Status.OK).withToTag(tx.localTag()).edit().with(Header.CONTACT, contact())
        .copy(Header.RECORD_ROUTE, invite).body(MediaType.SDP, answer.write()).response();
    ok = sessionExpires.isEmpty() ? ok : ok.with(Header.SESSION_EXPIRES, sessionExpires);
    Talk talk = new Talk(end, Dialog.asServer(invite, tx.localTag()), ok);
    firstOf(invite).ifPresent(talk.messages::add);
    Optional<MsrpEnd.Peer> peer = offer.media().target().map(t -> new MsrpEnd.Peer(t.host(), t.port(), false));
    tx.respond(ok);
    end.start(offer.media().path(), peer, talk);
    return talk;
  }

  byte[] notification(String messageId, Imdn.Status status) {
    Imdn.Kind kind = status == Imdn.Status.DISPLAYED ? Imdn.Kind.DISPLAY : Imdn.Kind.DELIVERY;
    return CpimMessage.builder().from("sip:anonymous@anonymous.invalid").to("sip:anonymous@anonymous.invalid")
        .messageId(world.chance().token(8)).dateTime("2026-11-22T10:00:01.000Z")
        .content(Imdn.of(messageId, "2026-11-22T10:00:00.000Z", kind, status).entity()).build().write();
  }

  /// Sends a message in pager mode.
  SipResponse page(String to, String id, String text) {
    String uri = "sip:" + to + "@" + SessionLab.DOMAIN;
    return send(request("MESSAGE", uri).edit().with(Header.CONTACT, contact()).body(MediaType.CPIM, cpim(id, uri, text)).request());
  }

  static void await(java.util.concurrent.CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  SipResponse report(String to, CpimMessage message, Imdn.Status status) {
    byte[] body = notification(message.messageId().orElseThrow(), status);
    return send(request("MESSAGE", to).edit().with(Header.CONTACT, contact()).body(MediaType.CPIM, body).request());
  }

  /// A session of this phone.
  final class Talk implements MsrpOwner {
    final MsrpEnd end;
    final SipResponse ok;
    final BlockingQueue<CpimMessage> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<String> bare = new LinkedBlockingQueue<>();
    final BlockingQueue<SipRequest> byes = new LinkedBlockingQueue<>();
    final Map<String, CompletableFuture<Integer>> sent = new ConcurrentHashMap<>();
    final BlockingQueue<Long> tickets = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> reported = new LinkedBlockingQueue<>();
    volatile boolean settles = true;
    volatile boolean reportsLater;
    private Dialog dialog;

    Talk(MsrpEnd end, Dialog dialog, SipResponse ok) {
      this.end = end;
      this.dialog = dialog;
      this.ok = ok;
      open.put(dialog.id(), this);
    }

    @Override
    public void message(IncomingMessage message, long ticket) {
      if (message.contentType().is(MediaType.CPIM)) {
        messages.add(CpimMessage.parse(message.body()));
      } else {
        bare.add(message.contentType().name());
      }
      tickets.add(ticket);
      if (reportsLater) {
        end.settleForNow(ticket, 200);
      } else if (settles) {
        end.settle(ticket, 200);
      }
    }

    CompletableFuture<Integer> send(String type, byte[] body) {
      String id = world.chance().token(8);
      CompletableFuture<Integer> outcome = new CompletableFuture<>();
      sent.put(id, outcome);
      end.send(OutgoingMessage.of(id, type, body));
      return outcome;
    }

    /// One whose receiver is to report.
    CompletableFuture<Integer> wish(String messageId, String text) {
      String id = world.chance().token(8);
      CompletableFuture<Integer> outcome = new CompletableFuture<>();
      sent.put(id, outcome);
      end.send(OutgoingMessage.of(id, "message/cpim", cpim(messageId, "", text)).withSuccessReport());
      return outcome;
    }

    @Override
    public void reported(String messageId, int status, boolean whole) {
      reported.add(status);
    }

    CompletableFuture<Integer> say(String id, String text) {
      return send("message/cpim", cpim(id, "", text, Disposition.POSITIVE_DELIVERY));
    }

    String hear() {
      try {
        CpimMessage message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return message == null ? "nothing" : new String(message.content().body(), StandardCharsets.UTF_8);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    SipResponse request(String method) {
      Dialog.Sending sending = dialog.request(method);
      dialog = sending.dialog();
      return sendOnce(sending.request().with(Header.CONTACT, contact()));
    }

    SipResponse bye() {
      open.remove(dialog.id());
      SipResponse answer = request("BYE");
      end.stop();
      return answer;
    }

    @Override
    public void accepted(String messageId) {
      java.util.Objects.requireNonNull(sent.get(messageId)).complete(200);
    }

    @Override
    public void failed(String messageId, SessionOutput.Failure failure) {
      java.util.Objects.requireNonNull(sent.get(messageId)).complete(failure.status());
    }

    @Override
    public void ended(SessionOutput.Ending why) {}
  }

  /// Its sockets are gone without a word.
  @Override
  public void close() {
    msrp.close();
    sip.close();
  }
}
