// Gives users their deferred messages in a session that they open for it.
package tucket.server.im.deferred;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.document.DeferredList;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sdp.Direction;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.im.message.EnvelopeWriter;
import tucket.server.im.message.Reading;
import tucket.server.im.message.Responses;
import tucket.server.im.message.SessionBody;
import tucket.server.im.message.SessionMessages;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.im.settings.SessionSettings;
import tucket.server.reference.Call;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im7ClientServer;
import tucket.server.reference.Invitation;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.World;

/// OMA requirement M06 in session mode (OMA-TS-SIMPLE_IM appendix J): an INVITE to `sip:deferred-messages@domain`, with SDP that receives, and
/// beside it, in a multipart, a list of the items that are wanted as [RetrievalRequest] reads it; without one, all. 404 where an item is named
/// that does not wait, 480 where the device that asks is not registered. The items come as CPIM, oldest first, then BYE. What the session does
/// not bring to its end is pushed as anything else that was asked for. Thread-safe.
public final class RetrievalSessions {
  private static final Logger LOG = LoggerFactory.getLogger(RetrievalSessions.class);
  private static final List<String> TYPES = List.of("message/cpim");

  private final Parts parts;
  private final Map<DeviceId, Open> opens = new ConcurrentHashMap<>();

  /// What it works with.
  public record Parts(World world, Im2ServerCore core, Im7ClientServer media, SessionMessages messages, Responses responses,
      Retrieval retrieval, DeferredMessagingFunction deferred, SessionSettings session, ServiceAddresses services) {}

  public RetrievalSessions(Parts parts) {
    this.parts = parts;
  }

  /// Whether the invitation is for the retrieval of deferred messages.
  public boolean isMeant(SipRequest invite) {
    return AddressOfRecord.of(invite.uri()).equals(parts.services().deferred());
  }

  /// Serves an invitation of `user`.
  public void invited(Invitation invitation, AddressOfRecord user) {
    SipRequest invite = invitation.request();
    Responses responses = parts.responses();
    try {
      if (!parts.core().mayUseIm(user)) {
        invitation.refuse(responses.of(invite, Status.FORBIDDEN));
        return;
      }
      serve(invitation, user);
    } catch (Malformed fault) {
      invitation.refuse(responses.of(invite, Status.BAD_REQUEST, String.valueOf(fault.getMessage())));
    } catch (tucket.store.Unavailable | tucket.transport.Unavailable e) {
      LOG.warn("retrieval by {} is refused for now: {}", user, e.getMessage());
      invitation.refuse(responses.later(invite, Status.SERVICE_UNAVAILABLE, Status.reason(Status.SERVICE_UNAVAILABLE), 10));
    }
  }

  private void serve(Invitation invitation, AddressOfRecord user) {
    SipRequest invite = invitation.request();
    Responses responses = parts.responses();
    Optional<MessageOffer> offer = SessionBody.of(invite, parts.session().messageBytes()).sdp().flatMap(MessageOffer::in);
    if (offer.isEmpty()) {
      invitation.refuse(responses.of(invite, Status.NOT_ACCEPTABLE_HERE, "No MSRP stream is offered"));
      return;
    }
    if (!parts.media().serves(offer.get().media().tls())) {
      invitation.refuse(responses.of(invite, Status.NOT_ACCEPTABLE_HERE, "MSRP does not go over " + offer.get().media().protocol() + " here"));
      return;
    }
    RetrievalRequest asked = items(invite);
    Optional<Map<Long, String>> found = parts.retrieval().find(user, asked);
    if (found.isEmpty()) {
      invitation.refuse(responses.of(invite, Status.NOT_FOUND, "No such deferred message"));
      return;
    }
    Optional<Device> device = Asking.certain(invite, parts.core().devices(user)).filter(Device::registered);
    if (device.isEmpty()) {
      invitation.refuse(responses.of(invite, Status.TEMPORARILY_UNAVAILABLE, "Register the device first"));
      return;
    }
    begin(invitation, offer.get(), user, device.get(), found.get());
  }

  private void begin(Invitation invitation, MessageOffer offer, AddressOfRecord user, Device device, Map<Long, String> wanted) {
    Im7ClientServer.Media media = parts.media().open(offer.media().tls());
    Open open = new Open(device.id(), media, invitation.request(), Set.copyOf(wanted.values()));
    byte[] answer = media.answer(offer, new Im7ClientServer.Terms(TYPES, List.of("*"), Direction.SENDONLY, 0), open);
    SipResponse ok = SipResponse.to(invitation.request(), Status.OK).edit()
        .with(Header.CONTACT, "<" + parts.services().deferred() + ">;+" + EnvelopeWriter.IM_FEATURE)
        .with(Header.ALLOW, "INVITE, ACK, BYE, CANCEL, UPDATE, OPTIONS")
        .body(MediaType.SDP, answer).response();
    Optional<Call> call = invitation.accept(ok);
    if (call.isEmpty()) {
      media.end();
      return;
    }
    open.begin(call.get());
    if (wanted.isEmpty()) {
      open.close();
    } else {
      parts.deferred().push().retrieve(user, List.of(device), wanted.keySet());
    }
  }

  private RetrievalRequest items(SipRequest invite) {
    Optional<Entity> list = invite.contentType().filter(t -> t.type().equals("multipart")).flatMap(t -> {
      byte[] body = ContentEncoding.inflate(String.join(", ", invite.lines(Header.CONTENT_ENCODING)), invite.body(), parts.session().messageBytes());
      Multipart all = Multipart.parse(t, body);
      return all.first(DeferredList.TYPE).or(() -> all.first(ResourceLists.TYPE)).or(() -> all.first(MediaType.TEXT_PLAIN));
    });
    return RetrievalRequest.parse(list.map(Entity::type), list.map(Entity::body).orElse(new byte[0]), RetrievalRequest.Verb.RETRIEVE);
  }

  /// The session in which that device wants this message, if any.
  Optional<Open> find(DeviceId device, Reading reading) {
    return Optional.ofNullable(opens.get(device)).filter(o -> o.wants(reading));
  }

  /// Ends all sessions.
  void close() {
    opens.values().forEach(Open::close);
  }

  /// A retrieval under way.
  final class Open implements Im7ClientServer.Listener, Call.Peer {
    private final DeviceId device;
    private final Im7ClientServer.Media media;
    private final SipRequest invite;
    private final Set<String> wanted;
    private @Nullable Call call;
    private Clock.@Nullable Alarm alarm;
    private boolean closed;

    Open(DeviceId device, Im7ClientServer.Media media, SipRequest invite, Set<String> wanted) {
      this.device = device;
      this.media = media;
      this.invite = invite;
      this.wanted = new HashSet<>(wanted);
    }

    private synchronized boolean wants(Reading reading) {
      return !closed && wanted.contains(reading.envelope().messageId());
    }

    void begin(Call established) {
      synchronized (this) {
        call = established;
      }
      Open before = opens.put(device, this);
      if (before != null) {
        before.close();
      }
      established.listen(this);
      linger();
    }

    /// A wanted message may be gone by another way, or expire: then nothing more comes.
    private synchronized void linger() {
      if (alarm != null) {
        alarm.cancel();
      }
      if (!closed) {
        alarm = parts.world().clock().after(parts.session().linger().plus(parts.session().ringing()),
            () -> parts.world().threads().start("end retrieval", this::close));
      }
    }

    /// Sends one and blocks; the SIP response that says the same as its outcome.
    SipResponse deliver(Reading reading) {
      CompletableFuture<Integer> outcome = new CompletableFuture<>();
      media.send(parts.messages().wrapped(reading), outcome::complete);
      Clock clock = parts.world().clock();
      Optional<Integer> said = Deadline.in(parts.session().ringing(), clock).await(outcome, clock);
      if (said.isEmpty()) {
        LOG.debug("a deferred message was not taken in its session: {}", reading.envelope().messageId());
      }
      int status = said.map(SessionOutcome::asSip).orElse(Status.TEMPORARILY_UNAVAILABLE);
      linger();
      if (status != Status.TEMPORARILY_UNAVAILABLE && isLast(reading)) {
        parts.world().threads().start("end retrieval", this::close);
      }
      return SipResponse.to(invite, status);
    }

    private synchronized boolean isLast(Reading reading) {
      wanted.remove(reading.envelope().messageId());
      return wanted.isEmpty();
    }

    void close() {
      Call ended;
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
        ended = call;
        if (alarm != null) {
          alarm.cancel();
        }
      }
      opens.remove(device, this);
      if (ended != null) {
        ended.end("");
      }
      media.end();
    }

    /// Notifications about what is retrieved come by MESSAGE.
    @Override
    public void message(Im7ClientServer.Content content, IntConsumer settle) {
      settle.accept(MsrpStatus.FORBIDDEN);
    }

    @Override
    public void lost(String why) {
      close();
    }

    @Override
    public SipResponse requested(SipRequest request, Deadline by) {
      boolean refresh = request.is("UPDATE") || request.is("INVITE");
      SipResponse answer = SipResponse.to(request, refresh ? Status.OK : Status.METHOD_NOT_ALLOWED);
      return request.is("INVITE") || refresh && request.bodyLength() > 0 ? answer.withBody(MediaType.SDP, media.description()) : answer;
    }

    @Override
    public void ended(String why) {
      close();
    }
  }
}
