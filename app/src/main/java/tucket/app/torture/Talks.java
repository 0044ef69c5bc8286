// Sessions of one terminal of the crash test.
package tucket.app.torture;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tucket.protocol.Malformed;
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
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpOwner;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.MsrpStack;
import tucket.transport.sip.ServerTransaction;

/// INVITE on one side, MSRP on the other, and nothing that would hide what the server does. Thread-safe.
final class Talks implements AutoCloseable {
  static final String FEATURES = ";+g.oma.sip-im;+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcse.im\"";
  private static final int ID_BYTES = 8;

  private final World world;
  private final Terminal line;
  private final MsrpStack msrp;
  private final String host;
  private final Map<Dialog.DialogId, Talk> open = new ConcurrentHashMap<>();

  /// What a terminal does with the CPIM of a message that came: the MSRP status, or 0 for losing the connection instead.
  interface Takes {
    int take(byte[] cpim);
  }

  Talks(World world, Terminal line, Endpoint near) {
    this.world = world;
    this.line = line;
    this.msrp = new MsrpStack(world, MsrpSettings.DEFAULT);
    this.host = near.host();
    msrp.listen(new Endpoint(Protocol.TCP, new java.net.InetSocketAddress(near.address().getAddress(), 0)));
  }

  private MessageMedia media(MsrpEnd end) {
    return MessageMedia.of(Connection.of(host), end.uri().portOrDefault(), List.of(end.uri()), Setup.ACTPASS);
  }

  private Origin origin() {
    return new Origin("-", "1", "1", Connection.of(host));
  }

  /// Invites with a first message; empty where that was not accepted. What comes in the session is given to `takes`: where the peer has called at
  /// the same time, his first message comes here.
  Optional<Talk> invite(SipUri to, byte[] first, SipUri contact, Takes takes) {
    MsrpEnd end = msrp.open(false);
    MessageOffer offer = MessageOffer.of(origin(), media(end));
    Multipart parts = Multipart.of(Entity.of(MediaType.SDP, offer.write()), Entity.of(MediaType.CPIM, first));
    SipRequest invite = SipRequest.of("INVITE", to).edit()
        .with(Header.TO, NameAddr.of(to).toString())
        .with(Header.CONTACT, NameAddr.of(contact) + FEATURES)
        .with(Header.ACCEPT_CONTACT, "*;+g.oma.sip-im")
        .body(MediaType.of("multipart", "mixed").with("boundary", parts.boundary()), parts.write(parts.boundary()))
        .request();
    SipResponse answer = line.request(invite, Stage.PATIENCE.multipliedBy(3));
    if (!answer.isSuccess()) {
      end.stop();
      return Optional.empty();
    }
    try {
      Talk talk = new Talk(dialog(to, answer), end, takes);
      line.acknowledge(talk.dialog.ack(answer.cseq().number()));
      MessageAnswer agreed = offer.accepted(SessionDescription.parse(answer.body())).orElseThrow(() -> new Malformed("no stream"));
      talk.begin(agreed.theirs(), agreed.weConnect());
      return Optional.of(talk);
    } catch (Malformed unusable) {
      end.stop();
      return Optional.empty();
    }
  }

  // the line has filled in what was missing in the request
  private static Dialog dialog(SipUri to, SipResponse answer) {
    SipRequest sent = SipRequest.of("INVITE", to).edit().copy(Header.FROM, answer).copy(Header.CALL_ID, answer).copy(Header.CSEQ, answer)
        .with(Header.TO, answer.to().withoutParam("tag").toString()).request();
    return Dialog.asClient(sent, answer);
  }

  /// Accepts an invitation; what comes in it is given to `takes`.
  void accept(ServerTransaction tx, SipUri contact, Takes takes) {
    SipRequest invite = tx.request();
    Optional<MessageOffer> offer = part(invite, MediaType.SDP).map(SessionDescription::parse).flatMap(MessageOffer::in);
    if (offer.isEmpty()) {
      tx.respond(SipResponse.to(invite, Status.NOT_ACCEPTABLE_HERE));
      return;
    }
    MsrpEnd end = msrp.open(false);
    SessionDescription answer = offer.get().answer(origin(), media(end), false);
    SipResponse ok = SipResponse.to(invite, Status.OK).withToTag(tx.localTag()).edit().copy(Header.RECORD_ROUTE, invite)
        .with(Header.CONTACT, NameAddr.of(contact) + FEATURES).body(MediaType.SDP, answer.write()).response();
    Talk talk = new Talk(Dialog.asServer(invite, tx.localTag()), end, takes);
    tx.respond(ok);
    boolean active = answer.media().get(offer.get().index()).attribute("setup").filter("active"::equals).isPresent();
    talk.begin(offer.get().media(), active);
  }

  /// A part of the body of an INVITE.
  static Optional<byte[]> part(SipMessage message, MediaType type) {
    Optional<MediaType> whole = message.contentType();
    if (whole.filter(t -> t.type().equals("multipart")).isPresent()) {
      return Multipart.parse(whole.get(), message.body()).first(type).map(Entity::body);
    }
    return whole.filter(t -> t.is(type)).map(t -> message.body());
  }

  /// A request within a session; whether it was one.
  boolean within(ServerTransaction tx) {
    SipRequest request = tx.request();
    if (request.to().tag().isEmpty()) {
      return false;
    }
    Talk talk = open.get(Dialog.DialogId.ofReceived(request));
    tx.respond(SipResponse.to(request, talk == null ? Status.CALL_DOES_NOT_EXIST : Status.OK));
    if (talk != null && request.is("BYE")) {
      talk.over();
    }
    return true;
  }

  /// As a phone that loses its network.
  @Override
  public void close() {
    msrp.close();
  }

  /// One session.
  final class Talk implements MsrpOwner {
    private final MsrpEnd end;
    private final Takes takes;
    private final Map<String, CompletableFuture<Boolean>> sent = new ConcurrentHashMap<>();
    private Dialog dialog;

    private Talk(Dialog dialog, MsrpEnd end, Takes takes) {
      this.dialog = dialog;
      this.end = end;
      this.takes = takes;
      open.put(dialog.id(), this);
    }

    private void begin(MessageMedia theirs, boolean active) {
      Optional<MsrpEnd.Peer> to = active ? theirs.target().map(t -> new MsrpEnd.Peer(t.host(), t.port(), false)) : Optional.empty();
      end.start(theirs.path(), to, this);
    }

    /// Sends a message and blocks; whether it was answered 200.
    boolean say(byte[] cpim) {
      String id = world.chance().token(ID_BYTES);
      CompletableFuture<Boolean> outcome = new CompletableFuture<>();
      sent.put(id, outcome);
      end.send(OutgoingMessage.of(id, MediaType.CPIM.toString(), cpim));
      if (end.isOver()) {
        outcome.complete(false);
      }
      try {
        return outcome.get(Stage.PATIENCE.multipliedBy(3).toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException silent) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } finally {
        sent.remove(id);
      }
    }

    boolean isOver() {
      return end.isOver();
    }

    /// Says goodbye.
    void bye() {
      Dialog.Sending sending;
      synchronized (this) {
        sending = dialog.request("BYE");
        dialog = sending.dialog();
      }
      line.within(sending.request(), Stage.PATIENCE);
      over();
    }

    private void over() {
      open.values().remove(this);
      end.stop();
      sent.values().forEach(o -> o.complete(false));
    }

    @Override
    public void message(IncomingMessage message, long ticket) {
      int status = message.contentType().is(MediaType.CPIM) ? takes.take(message.body()) : Status.OK;
      if (status > 0) {
        end.settle(ticket, status);
      } else {
        end.stop();
      }
    }

    @Override
    public void accepted(String messageId) {
      tell(messageId, true);
    }

    @Override
    public void failed(String messageId, SessionOutput.Failure failure) {
      tell(messageId, false);
    }

    private void tell(String messageId, boolean good) {
      CompletableFuture<Boolean> outcome = sent.get(messageId);
      if (outcome != null) {
        outcome.complete(good);
      }
    }

    @Override
    public void ended(SessionOutput.Ending why) {
      open.values().remove(this);
      sent.values().forEach(o -> o.complete(false));
    }
  }
}
