// Sessions of the program on a simulated phone: INVITE on one side, MSRP on the other.
package tucket.app.simulate;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.sdp.Connection;
import tucket.protocol.sdp.MessageAnswer;
import tucket.protocol.sdp.MessageMedia;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sdp.Origin;
import tucket.protocol.sdp.SessionDescription;
import tucket.protocol.sdp.Setup;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.MsrpStack;
import tucket.transport.sip.ClientTransaction;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Responses;
import tucket.transport.sip.ServerTransaction;

/// As RCS-e terminals do it: a message goes in the session that stands with its recipient, else in a new INVITE; what waits comes in sessions of
/// `rcse-standfw`; notifications go back where the message came from. Apart from the client library, which would hide what the server does.
final class PhoneTalks {
  static final int PORT = 2855;
  static final String IARI = ";+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcse.im\"";
  private static final String STORE_AND_FORWARD = "rcse-standfw";
  private static final Duration RINGING = Duration.ofSeconds(80);

  private final Phone phone;
  private final PhoneProgram program;
  private final World world;
  private final MsrpStack msrp;
  private final Map<Dialog.DialogId, Talk> open = new LinkedHashMap<>();
  private final Set<String> calling = new TreeSet<>();

  PhoneTalks(Phone phone, PhoneProgram program, World world) {
    this.phone = phone;
    this.program = program;
    this.world = world;
    this.msrp = new MsrpStack(world, MsrpSettings.DEFAULT);
    msrp.listen(new Endpoint(Protocol.TCP, new InetSocketAddress(phone.machine().address(), PORT)));
  }

  Phone phone() {
    return phone;
  }

  PhoneProgram program() {
    return program;
  }

  World world() {
    return world;
  }

  private String host() {
    return phone.machine().address().getHostAddress();
  }

  private MessageMedia media(MsrpEnd end, Setup setup) {
    return MessageMedia.of(Connection.of(host()), end.uri().portOrDefault(), List.of(end.uri()), setup);
  }

  private Origin origin() {
    return new Origin("-", "1", "1", Connection.of(host()));
  }

  void over(Talk talk) {
    open.remove(talk.id(), talk);
  }

  /// The sessions that stand.
  List<Talk> standing() {
    return open.values().stream().filter(Talk::isUsable).toList();
  }

  // ---- what goes out

  /// Sends a letter in a session and blocks for what came of it; empty where it goes by MESSAGE.
  Optional<Integer> send(Letter letter) {
    List<Talk> with = standing().stream().filter(t -> t.isFor(letter)).toList();
    boolean bare = phone.random().nextInt(5) == 0;
    if (bare || with.isEmpty() && letter.isNotification()) {
      return Optional.empty();
    }
    letter.inSession = true;
    return Optional.of(with.isEmpty() ? call(letter) : with.getLast().say(letter));
  }

  private int call(Letter letter) {
    boolean alone = phone.random().nextInt(5) == 0; // the message follows in the session
    MsrpEnd end = msrp.open(false);
    boolean begun = false;
    calling.add(letter.to);
    try {
      MessageOffer offer = MessageOffer.of(origin(), media(end, phone.random().nextInt(6) == 0 ? Setup.PASSIVE : Setup.ACTPASS));
      SipRequest invite = invite(letter, offer.write(), alone);
      SipResponse answer = program.request(invite, this::ask);
      phone.ledger().count("INVITE " + answer.status());
      if (!answer.isSuccess()) {
        return answer.status();
      }
      Dialog dialog = Dialog.asClient(invite.with(Header.CSEQ, answer.cseq().toString()), answer);
      Talk talk = new Talk(this, dialog, end, letter.to, true);
      open.put(dialog.id(), talk);
      begun = true;
      program.acknowledge(dialog.ack(answer.cseq().number()));
      Optional<MessageAnswer> agreed = offer.accepted(SessionDescription.parse(answer.body()));
      if (agreed.isEmpty()) {
        phone.ledger().broken(Law.LIVES_ON, letter.id, "the 2xx to an INVITE of " + phone.name() + " takes no stream");
        return answer.status();
      }
      talk.begin(agreed.get().theirs(), agreed.get().weConnect());
      answer.first(Header.SESSION_EXPIRES).ifPresent(talk::refresh);
      return alone ? talk.say(letter) : answer.status();
    } finally {
      calling.remove(letter.to);
      if (!begun) {
        end.stop();
      }
    }
  }

  private SipRequest invite(Letter letter, byte[] sdp, boolean alone) {
    String call = world.chance().token(8);
    Edit edit = program.request("INVITE", letter.to, letter.to, call).edit().with(Header.CONTACT, program.contact() + features())
        .with(Header.ACCEPT_CONTACT, "*;+g.oma.sip-im").with(Header.ALLOW, "INVITE, ACK, BYE, CANCEL, UPDATE, MESSAGE, OPTIONS");
    if (phone.random().nextInt(3) == 0) {
      edit.with(Header.SUPPORTED, "timer").with(Header.SESSION_EXPIRES, (90 + phone.random().nextInt(200)) + ";refresher=uac");
    }
    if (alone) {
      return edit.body(MediaType.SDP, sdp).request();
    }
    phone.ledger().called(call, letter);
    Multipart parts = Multipart.of(Entity.of(MediaType.SDP, sdp), Entity.of(MediaType.CPIM, Phone.wrapped(letter)));
    return edit.body(MediaType.of("multipart", "mixed").with("boundary", parts.boundary()), parts.write(parts.boundary())).request();
  }

  private String features() {
    return ";+g.oma.sip-im" + (phone.calls() == Phone.Calls.REFUSES ? "" : IARI);
  }

  private SipResponse ask(SipRequest invite) {
    Asked asked = new Asked(invite);
    ClientTransaction begun = program.begin(invite, asked);
    Clock clock = world.clock();
    Optional<SipResponse> answer = Deadline.in(RINGING, clock).await(asked.answer, clock);
    if (answer.isEmpty()) {
      asked.givenUp = true;
      begun.cancel();
    }
    return answer.orElseGet(() -> SipResponse.to(invite, Status.REQUEST_TIMEOUT));
  }

  /// What comes back for an INVITE. The first 2xx is acknowledged by who waits for it, a repeated one here; one that nobody waits for is ended.
  private final class Asked implements Responses {
    final CompletableFuture<SipResponse> answer = new CompletableFuture<>();
    private final SipRequest invite;
    boolean givenUp;

    Asked(SipRequest invite) {
      this.invite = invite;
    }

    @Override
    public void response(SipResponse response) {
      boolean first = !response.isProvisional() && !givenUp && answer.complete(response);
      if (!first && response.isSuccess()) {
        world.threads().start("ack", () -> further(response));
      }
    }

    private void further(SipResponse response) {
      Dialog dialog = Dialog.asClient(invite, response);
      program.acknowledge(dialog.ack(response.cseq().number()));
      if (givenUp) {
        program.within(dialog.request("BYE").request());
      }
    }

    @Override
    public void failed(Outcome outcome) {
      answer.complete(outcome.asResponse(invite));
    }
  }

  // ---- what comes in

  /// Serves what belongs to sessions; whether it did.
  boolean serve(ServerTransaction tx) {
    SipRequest request = tx.request();
    if (request.to().tag().isPresent()) {
      Talk talk = open.get(Dialog.DialogId.ofReceived(request));
      if (talk == null) {
        tx.respond(SipResponse.to(request, Status.CALL_DOES_NOT_EXIST));
      } else {
        talk.received(tx);
      }
      return true;
    }
    if (request.is("INVITE")) {
      invited(tx);
      return true;
    }
    return false;
  }

  void acknowledged(SipRequest ack) {
    Optional.ofNullable(open.get(Dialog.DialogId.ofReceived(ack))).ifPresent(Talk::acknowledged);
  }

  private void invited(ServerTransaction tx) {
    SipRequest invite = tx.request();
    SipUri asserted = (SipUri) invite.addresses(Header.P_ASSERTED_IDENTITY).getFirst().uri();
    boolean push = asserted.user().equals(STORE_AND_FORWARD);
    String author = (push ? invite.addresses(Header.REFERRED_BY).getFirst().uri() : asserted).toString();
    if (!push && calling.contains(author) && phone.random().nextInt(3) > 0) {
      phone.ledger().count("INVITE left unanswered by who calls himself"); // as RCS-e terminals do
      return;
    }
    Optional<MessageOffer> offer = part(invite, MediaType.SDP).map(SessionDescription::parse).flatMap(MessageOffer::in);
    if (offer.isEmpty()) {
      phone.ledger().broken(Law.LIVES_ON, "", phone.name() + " gets an INVITE without a stream");
      return;
    }
    Phone.Reply reply = part(invite, MediaType.CPIM).map(cpim -> phone.arrived(CpimMessage.parse(cpim), author, Phone.By.INVITE))
        .orElseGet(phone::called);
    if (reply.status() == 0) {
      return;
    }
    if (reply.after().toMillis() > 100) {
      tx.respond(SipResponse.to(invite, 180).withToTag(tx.localTag()).with(Header.CONTACT, program.contact() + features()));
    }
    if (!reply.after().isZero()) {
      world.clock().sleep(reply.after());
    }
    if (reply.status() == Status.OK) {
      accept(tx, offer.get(), author, !push);
    } else {
      tx.respond(SipResponse.to(invite, reply.status()));
    }
  }

  private void accept(ServerTransaction tx, MessageOffer offer, String author, boolean conversation) {
    SipRequest invite = tx.request();
    MsrpEnd end = msrp.open(false);
    SessionDescription answer = offer.answer(origin(), media(end, Setup.ACTPASS), phone.random().nextInt(6) == 0);
    Edit edit = SipResponse.to(invite, Status.OK).withToTag(tx.localTag()).edit().copy(Header.RECORD_ROUTE, invite)
        .with(Header.CONTACT, program.contact() + features()).body(MediaType.SDP, answer.write());
    invite.first(Header.SESSION_EXPIRES).ifPresent(v -> edit.with(Header.SESSION_EXPIRES, v).with(Header.REQUIRE, "timer"));
    SipResponse ok = edit.response();
    Talk talk = new Talk(this, Dialog.asServer(invite, tx.localTag()), end, author, conversation);
    open.put(talk.id(), talk);
    tx.respond(ok);
    if (tx.finalResponse().filter(SipResponse::isSuccess).isEmpty()) { // cancelled meanwhile
      open.remove(talk.id(), talk);
      end.stop();
      return;
    }
    phone.ledger().count(conversation ? "sessions taken" : "push sessions taken");
    boolean active = answer.media().get(offer.index()).attribute("setup").filter("active"::equals).isPresent();
    talk.begin(offer.media(), active);
    talk.repeat(tx, ok);
  }

  /// A part of a body.
  private static Optional<byte[]> part(SipMessage message, MediaType type) {
    Optional<MediaType> whole = message.contentType();
    if (whole.filter(t -> t.type().equals("multipart")).isPresent()) {
      return Multipart.parse(whole.orElseThrow(() -> new Malformed("no type")), message.body()).first(type).map(Entity::body);
    }
    return whole.filter(t -> t.is(type)).map(t -> message.body());
  }
}
