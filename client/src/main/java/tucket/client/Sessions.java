// Sessions of a client: inviting, being invited, and what belongs to each.
package tucket.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tucket.client.ClientSettings.MediaTls;
import tucket.protocol.Malformed;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.sdp.Connection;
import tucket.protocol.sdp.Direction;
import tucket.protocol.sdp.FileSelector;
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
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpSettings;
import tucket.transport.msrp.MsrpStack;
import tucket.transport.sip.ServerTransaction;

/// Belongs to an [ImClient]; thread-safe. An invitation is accepted where a listener is there and none of them refuses it. A session that the
/// server offers for what was stored (store and forward) is an incoming session like any other: its peer is the author of the messages.
public final class Sessions implements AutoCloseable {
  private static final Duration RINGING = Duration.ofSeconds(90);
  private static final int BODY_BYTES = 1 << 20;
  private static final String LARGE = "g.oma.sip-im.large-message";
  /// What is answered to an INVITE by who knows no sessions.
  private static final Set<Integer> NOT_KNOWN =
      Set.of(Status.METHOD_NOT_ALLOWED, Status.NOT_IMPLEMENTED, Status.NOT_ACCEPTABLE_HERE, Status.NOT_ACCEPTABLE);

  private final ImClient client;
  private final World world;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<Dialog.DialogId, Session> sessions = new ConcurrentHashMap<>();
  private MsrpSettings bounds = MsrpSettings.DEFAULT.withMessageBytes(BODY_BYTES);
  private @Nullable MsrpStack msrp;
  private volatile boolean closed;

  /// Hears what happens in sessions; each call may block. A message is acknowledged to the server after the listener has returned.
  public interface Listener {
    /// Somebody invites; a [Refused] that is thrown becomes the answer.
    default void invited(Uri from) {}

    default void opened(Session session) {}

    default void message(Session session, Incoming message) {}

    /// The peer begins or stops writing (RFC 3994).
    default void composing(Session session, boolean active) {}

    default void ended(Session session) {}
  }

  Sessions(ImClient client, World world) {
    this.client = client;
    this.world = world;
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  List<Listener> listeners() {
    return listeners;
  }

  ImClient client() {
    return client;
  }

  World world() {
    return world;
  }

  /// The sessions that stand.
  public List<Session> open() {
    return List.copyOf(sessions.values());
  }

  boolean isClosed() {
    return closed;
  }

  void remove(Session session) {
    sessions.remove(session.id(), session);
  }

  /// Other bounds than the usual ones; to be called before the first session.
  public synchronized void configure(MsrpSettings settings) {
    if (msrp != null) {
      throw new IllegalStateException("there have been sessions");
    }
    bounds = settings;
  }

  private synchronized MsrpStack msrp() {
    MsrpStack stack = msrp;
    if (stack == null) {
      stack = new MsrpStack(world, bounds);
      InetAddress here = client.settings().local().address().getAddress();
      if (client.settings().mediaTls() != MediaTls.ALWAYS) {
        stack.listen(new Endpoint(Protocol.TCP, new InetSocketAddress(here, 0)));
      }
      if (offersTls()) {
        stack.listen(new Endpoint(Protocol.TLS, new InetSocketAddress(here, 0)));
      }
      msrp = stack;
    }
    return stack;
  }

  /// Whether we offer MSRP over TLS.
  private boolean offersTls() {
    MediaTls tls = client.settings().mediaTls();
    return tls == MediaTls.ALWAYS || tls == MediaTls.AS_SIGNALLING && client.settings().server().protocol().secure();
  }

  /// Invites and blocks until somebody, or the server in his place, has accepted. `first` travels in the INVITE. Throws [Refused] where the
  /// invitation is refused; silence is its 408 and a server that can't be reached its 503.
  public Session invite(Uri to, Optional<Outgoing> first) {
    String id = first.map(client.pager()::idOf).orElse("");
    Optional<Entity> beside = first.map(f -> Entity.of(MediaType.CPIM, client.pager().wrap(to, id, f)));
    return invite(to, beside, "*;+g.oma.sip-im", Session.Kind.CHAT, m -> m).session;
  }

  /// OMA-TS-SIMPLE_IM chapter 9: one message in a session of its own. 202 where the server keeps it; empty where it knows no such thing.
  Optional<Sent> large(Uri to, String id, byte[] cpim) {
    FileSelector size = new FileSelector(Optional.empty(), Optional.empty(), OptionalLong.of(cpim.length), Optional.empty());
    try {
      Begun begun = invite(to, Optional.empty(), "*;+" + LARGE + ";require;explicit", Session.Kind.LARGE,
          m -> m.withDirection(Direction.SENDONLY).withSelector(size));
      long most = begun.theirs.maxSize().orElse(Long.MAX_VALUE);
      try {
        int status = cpim.length > most ? Status.REQUEST_ENTITY_TOO_LARGE : begun.session.transmit(MediaType.CPIM.toString(), cpim);
        if (status == Status.OK && !begun.byDevice) {
          status = Status.ACCEPTED; // the server took it in the recipient's place
        }
        return Optional.of(new Sent(id, begun.session.answer(status)));
      } finally {
        begun.session.end();
      }
    } catch (Refused no) {
      return no.response().filter(r -> !NOT_KNOWN.contains(r.status())).map(r -> new Sent(id, r));
    }
  }

  /// Asks for deferred messages (OMA-TS-SIMPLE_IM appendix J): those of that Message-ID or history-reference, all where none is named. They come
  /// to the listeners of the [Pager], and the session ends behind the last one. Throws [Refused] as [#invite] does.
  public Session retrieve(List<String> ids) {
    Uri service = SipUri.of("deferred-messages", client.settings().account().address().host());
    Optional<Entity> items = ids.isEmpty() ? Optional.empty()
        : Optional.of(Entity.of(ResourceLists.TYPE, ResourceLists.of(ids.stream().map(i -> ResourceLists.Entry.of("cid:" + i)).toList()).write()));
    return invite(service, items, "*;+g.oma.sip-im", Session.Kind.RETRIEVAL, m -> m.withDirection(Direction.RECVONLY)).session;
  }

  /// A session that stands, and what the peer's SDP says.
  private record Begun(Session session, MessageMedia theirs, boolean byDevice) {}

  /// A device that is sent a large message says that it knows the mode; the server that answers for it does not.
  private static boolean byDevice(SipResponse answer) {
    return answer.lines(Header.CONTACT).stream().anyMatch(c -> c.contains("+" + LARGE));
  }

  private Begun invite(Uri to, Optional<Entity> beside, String accept, Session.Kind kind, UnaryOperator<MessageMedia> with) {
    try {
      return invite(to, beside, accept, kind, with, offersTls());
    } catch (Refused no) {
      boolean tlsAlone = client.settings().mediaTls() == MediaTls.ALWAYS || !offersTls();
      if (tlsAlone || no.status() != Status.NOT_ACCEPTABLE_HERE && no.status() != Status.NOT_ACCEPTABLE_ANYWHERE) {
        throw no;
      }
      return invite(to, beside, accept, kind, with, false); // who answers knows no MSRP over TLS
    }
  }

  private Begun invite(Uri to, Optional<Entity> beside, String accept, Session.Kind kind, UnaryOperator<MessageMedia> with, boolean secure) {
    MsrpEnd end = msrp().open(secure);
    boolean standing = false;
    try {
      useRelay(end);
      MessageOffer offer = MessageOffer.of(origin(end), with.apply(media(end, Setup.ACTPASS)));
      Edit edit = SipRequest.of("INVITE", to).edit().with(Header.CONTACT, client.contact()).with(Header.ACCEPT_CONTACT, accept)
          .with(Header.ALLOW, ImClient.ALLOW);
      if (beside.isPresent()) {
        Multipart parts = Multipart.of(Entity.of(MediaType.SDP, offer.write()), beside.get());
        edit.body(MediaType.of("multipart", "mixed").with("boundary", parts.boundary()), parts.write(parts.boundary()));
      } else {
        edit.body(MediaType.SDP, offer.write());
      }
      SipResponse answer = client.request(edit.request(), RINGING);
      if (!answer.isSuccess()) {
        throw new Refused(answer);
      }
      Session session = new Session(this, to, dialog(to, answer), end, edit.request(), kind);
      client.acknowledge(session.ack(answer.cseq().number()));
      sessions.put(session.id(), session);
      MessageAnswer agreed = offer.accepted(description(answer).orElseThrow(() -> new Malformed("the answer to INVITE has no SDP")))
          .orElseThrow(() -> new Refused(Status.NOT_ACCEPTABLE_HERE, "the peer takes no MSRP stream"));
      session.begin(agreed.theirs(), agreed.weConnect());
      standing = true;
      return new Begun(session, agreed.theirs(), byDevice(answer));
    } finally {
      if (!standing) {
        end.stop();
      }
    }
  }

  /// The dialog as the response tells it: the client has filled in what was missing in the request.
  private static Dialog dialog(Uri to, SipResponse answer) {
    Edit sent = SipRequest.of("INVITE", to).edit().copy(Header.FROM, answer).copy(Header.CALL_ID, answer).copy(Header.CSEQ, answer);
    return Dialog.asClient(sent.with(Header.TO, answer.to().withoutParam("tag").toString()).request(), answer);
  }

  /// RFC 4976 section 5.1.
  private void useRelay(MsrpEnd end) {
    client.settings().relay().ifPresent(at -> end.useRelay(at, (method, uri, challenges) -> DigestChallenge.choose(challenges)
        .map(c -> Digest.answer(c, client.settings().account().name(), client.settings().account().password(), method, uri,
            world.chance().token(8), 1, new byte[0]).toString())));
  }

  private Origin origin(MsrpEnd end) {
    return new Origin("-", Long.toString(world.clock().now().getEpochSecond()), "1", Connection.of(host(end.path().getFirst())));
  }

  private static MessageMedia media(MsrpEnd end, Setup setup) {
    MsrpUri first = end.path().getFirst(); // ours, or the relay's that leads to us
    MessageMedia media = MessageMedia.of(Connection.of(host(first)), first.portOrDefault(), end.path(), setup);
    return end.fingerprint().map(media::withFingerprint).orElse(media);
  }

  private static String host(MsrpUri uri) {
    return uri.host().replaceAll("[\\[\\]]", "");
  }

  private static Optional<SessionDescription> description(SipMessage message) {
    Optional<MediaType> type = message.contentType();
    if (type.filter(t -> t.is(MediaType.SDP)).isPresent()) {
      return Optional.of(SessionDescription.parse(message.body()));
    }
    return parts(message).flatMap(p -> p.first(MediaType.SDP)).map(e -> SessionDescription.parse(e.body()));
  }

  private static Optional<Multipart> parts(SipMessage message) {
    return message.contentType().filter(t -> t.type().equals("multipart")).map(t -> Multipart.parse(t, message.body()));
  }

  /// Serves an INVITE, or a request within a session; false where it is neither.
  boolean arrived(ServerTransaction tx) {
    SipRequest request = tx.request();
    if (request.to().tag().isPresent()) {
      Session session = sessions.get(Dialog.DialogId.ofReceived(request));
      if (session != null) {
        session.arrived(tx);
        return true;
      }
      boolean ofSessions = request.is("INVITE") || request.is("BYE") || request.is("UPDATE");
      if (ofSessions) {
        tx.respond(SipResponse.to(request, Status.CALL_DOES_NOT_EXIST));
      }
      return ofSessions;
    }
    if (!request.is("INVITE")) {
      return false;
    }
    if (listeners.isEmpty() && !isLarge(request)) {
      tx.respond(SipResponse.to(request, Status.METHOD_NOT_ALLOWED).with(Header.ALLOW, ImClient.ALLOW));
      return true;
    }
    invited(tx);
    return true;
  }

  private boolean isLarge(SipRequest invite) {
    boolean meant = invite.lines(Header.ACCEPT_CONTACT).stream().anyMatch(v -> v.contains("+" + LARGE));
    return meant && client.settings().features().contains("+" + LARGE);
  }

  private void invited(ServerTransaction tx) {
    SipRequest invite = tx.request();
    boolean large = isLarge(invite);
    Uri from = invite.has(Header.REFERRED_BY) ? invite.addresses(Header.REFERRED_BY).getFirst().uri() : Pager.sender(invite);
    Optional<MessageOffer> offer = description(invite).flatMap(MessageOffer::in);
    if (offer.isEmpty() || msrp().listening(offer.get().media().tls()).isEmpty()) {
      tx.respond(SipResponse.to(invite, Status.NOT_ACCEPTABLE_HERE));
      return;
    }
    try {
      listeners.stream().filter(l -> !large).forEach(l -> l.invited(from));
    } catch (Refused no) {
      tx.respond(SipResponse.to(invite, no.status(), Status.reason(no.status())));
      return;
    }
    MsrpEnd end = msrp().open(offer.get().media().tls());
    try {
      useRelay(end);
    } catch (Unavailable noRelay) {
      end.stop();
      tx.respond(SipResponse.to(invite, Status.TEMPORARILY_UNAVAILABLE));
      return;
    }
    SessionDescription answer = offer.get().answer(origin(end), media(end, Setup.ACTPASS), false);
    SipResponse ok = SipResponse.to(invite, Status.OK).withToTag(tx.localTag()).edit().copy(Header.RECORD_ROUTE, invite)
        .with(Header.CONTACT, client.contact()).with(Header.ALLOW, ImClient.ALLOW).body(MediaType.SDP, answer.write()).response();
    Session session = new Session(this, from, Dialog.asServer(invite, tx.localTag()), end, invite,
        large ? Session.Kind.LARGE : Session.Kind.CHAT);
    sessions.put(session.id(), session);
    session.answer(tx, ok);
    listeners.stream().filter(l -> !large).forEach(l -> l.opened(session));
    // its first message is taken before anything that comes over MSRP
    parts(invite).flatMap(p -> p.first(MediaType.CPIM)).ifPresent(e -> session.first(e.body()));
    boolean active = answer.media().get(offer.get().index()).attribute("setup").filter("active"::equals).isPresent();
    session.begin(offer.get().media(), active);
  }

  void acknowledged(SipRequest ack) {
    Session session = sessions.get(Dialog.DialogId.ofReceived(ack));
    if (session != null) {
      session.acknowledged();
    }
  }

  /// Closes the sockets of all sessions without a word.
  @Override
  public synchronized void close() {
    closed = true;
    if (msrp != null) {
      msrp.close();
    }
  }
}
