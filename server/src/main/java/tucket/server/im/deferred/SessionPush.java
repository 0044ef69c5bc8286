// Brings stored messages and notifications to devices that take them only in a session.
package tucket.server.im.deferred;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sdp.Direction;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.server.Envelope;
import tucket.server.im.message.Answer;
import tucket.server.im.message.EnvelopeWriter;
import tucket.server.im.message.MediaSecurity;
import tucket.server.im.message.Reading;
import tucket.server.im.message.Reports;
import tucket.server.im.message.Serial;
import tucket.server.im.message.SessionBody;
import tucket.server.im.message.SessionMessages;
import tucket.server.im.settings.SessionSettings;
import tucket.server.reference.Call;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im7ClientServer;
import tucket.server.reference.Reached;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.World;

/// Store and forward as RCS-e terminals know it: they tell such a session by its one P-Asserted-Identity `sip:rcse-standfw@domain`, find the
/// other party in Referred-By, and tell messages from notifications by whether the body is a multipart. One session for each author and
/// device; what comes later is sent in the session that is still open. Called by one run for each device; thread-safe.
public final class SessionPush {
  private static final Logger LOG = LoggerFactory.getLogger(SessionPush.class);
  private static final String IARI = "g.3gpp.iari-ref";
  private static final List<String> TYPES = List.of("message/cpim", "application/im-iscomposing+xml");
  private static final long MOST_KNOWN = 100_000;

  private final Parts parts;
  private final SipUri identity;
  private final Map<Key, Open> opens = new ConcurrentHashMap<>();
  private final Cache<DeviceId, Boolean> refusing;
  private volatile BiPredicate<Reading, Integer> keptForOther = (reading, status) -> false;

  /// What it works with; `patience` is how long a device may be silent.
  public record Parts(World world, Im2ServerCore core, Im7ClientServer media, SessionMessages messages, Reports reports, SessionSettings session,
      String domain, Duration patience) {}

  private record Key(AddressOfRecord user, DeviceId device, AddressOfRecord author, boolean notifications) {}

  public SessionPush(Parts parts) {
    this.parts = parts;
    this.identity = SipUri.of(SessionMessages.STORE_AND_FORWARD, parts.domain());
    refusing = Caffeine.newBuilder().maximumSize(MOST_KNOWN).expireAfterWrite(Duration.ofDays(1)).ticker(parts.world().clock()::nanos)
        .executor(Runnable::run).build();
  }

  /// Who keeps what another domain has answered with that status, where it is ours to keep.
  void onFailing(BiPredicate<Reading, Integer> keeper) {
    keptForOther = keeper;
  }

  /// Whether this device of the user gets it in a session: an RCS-e terminal, or one that has refused a MESSAGE. Another domain gets messages in
  /// sessions, as they came, and notifications by MESSAGE, as terminals send them.
  boolean isFor(AddressOfRecord user, Device device, Envelope.Kind kind) {
    if (kind == Envelope.Kind.NOTIFICATION && !parts.core().mayUseIm(user)) {
      return false;
    }
    boolean im = device.features().has(EnvelopeWriter.IM_FEATURE);
    return kind != Envelope.Kind.SYSTEM && im && (device.features().has(IARI) || refusing.getIfPresent(device.id()) != null);
  }

  boolean hasRefused(Device device) {
    return refusing.getIfPresent(device.id()) != null && device.features().has(EnvelopeWriter.IM_FEATURE);
  }

  /// A device that is none of RCS-e has refused the session too: what it is given next goes by MESSAGE again. Whether it was such a one.
  boolean takesNone(Device device, int status) {
    boolean none = Answer.of(status) == Answer.WRONG_CLIENT && !device.features().has(IARI);
    if (none) {
      refusing.invalidate(device.id());
    }
    return none;
  }

  /// The device has refused a MESSAGE as RCS-e terminals do; whether it may take the same in a session.
  boolean refused(Device device, Envelope.Kind kind) {
    boolean may = kind != Envelope.Kind.SYSTEM && device.features().has(EnvelopeWriter.IM_FEATURE);
    if (may) {
      refusing.put(device.id(), true);
    }
    return may;
  }

  /// Hands it over and blocks for what came of it, as the SIP response that would say the same; empty where the device is not there.
  Optional<SipResponse> deliver(AddressOfRecord user, Device device, Reading reading) {
    boolean notification = reading.isNotification();
    Key key = new Key(user, device.id(), reading.envelope().from(), notification);
    Open open = opens.get(key);
    if (open != null) {
      int status = open.send(reading);
      if (status != Status.TEMPORARILY_UNAVAILABLE) {
        return Optional.of(open.response(status));
      }
      open.close(); // lost: another one
    }
    return begin(key, reading, device.secure());
  }

  private Optional<SipResponse> begin(Key key, Reading reading, boolean secure) {
    Im7ClientServer.Media media = parts.media().open(secure);
    Open open = new Open(key, media);
    boolean begun = false;
    String id = reading.envelope().messageId();
    try (Reports.Watch watch = parts.reports().watch(key.user(), id, key.device())) {
      byte[] sdp = media.offer(new Im7ClientServer.Terms(TYPES, List.of("*"), Direction.SENDRECV, 0));
      SipRequest invite = invite(key, reading, sdp);
      open.invite = invite;
      Deadline by = Deadline.in(parts.session().ringing(), parts.world().clock());
      Reached reached = parts.core().invite(key.user(), invite, new Devices.Only(Set.of(key.device())), Reached.Ringing.QUIETLY, by);
      switch (reached) {
        case Reached.Accepted accepted -> {
          begun = open.begin(accepted);
          if (!begun) {
            return Optional.of(open.response(Status.NOT_ACCEPTABLE_HERE));
          }
          return Optional.of(open.response(key.notifications() ? open.send(reading) : Status.OK));
        }
        case Reached.Refused refused -> {
          Optional<SipResponse> answer = refused.best();
          if (MediaSecurity.isToFallBack(secure, parts.media(), answer)) {
            return begin(key, reading, false);
          }
          boolean asked = !key.notifications() && reading.envelope().wanted().contains(Disposition.POSITIVE_DELIVERY);
          if (answer.isPresent() && asked && watch.await(Deadline.in(parts.session().grace(), parts.world().clock()), parts.world().clock())) {
            return Optional.of(open.response(Status.OK)); // it has the message, whatever it said to the session
          }
          return answer;
        }
      }
    } finally {
      if (!begun) {
        media.end();
      }
    }
  }

  private SipRequest invite(Key key, Reading reading, byte[] sdp) {
    Edit edit = SipRequest.of("INVITE", key.user().uri()).edit()
        .with(Header.MAX_FORWARDS, "70")
        .with(Header.FROM, "<" + identity + ">;tag=" + parts.world().chance().token(8))
        .with(Header.TO, "<" + parts.messages().sipForm(key.user()) + ">")
        .with(Header.CALL_ID, parts.world().chance().token(16))
        .with(Header.CSEQ, "1 INVITE")
        .with(Header.P_ASSERTED_IDENTITY, "<" + identity + ">")
        .with(Header.REFERRED_BY, "<" + parts.messages().sipForm(key.author()) + ">")
        .with(Header.CONTACT, "<" + identity + ">;+" + EnvelopeWriter.IM_FEATURE)
        .with(Header.ACCEPT_CONTACT, "*;+" + EnvelopeWriter.IM_FEATURE)
        .with(Header.ALLOW, "INVITE, ACK, BYE, CANCEL, UPDATE, MESSAGE, OPTIONS");
    for (Header h : List.of(Header.CONTRIBUTION_ID, Header.CONVERSATION_ID, Header.IN_REPLY_TO_CONTRIBUTION_ID)) {
      reading.envelope().carried().stream().filter(c -> c.name().equals(h.name())).forEach(c -> edit.append(h, c.value()));
    }
    Optional<Entity> oldest = key.notifications() ? Optional.empty() : Optional.of(parts.messages().first(reading));
    return SessionBody.write(edit, sdp, oldest).request();
  }

  /// Ends all sessions.
  void close() {
    opens.values().forEach(Open::close);
  }

  /// A push session that stands.
  private final class Open implements Im7ClientServer.Listener, Call.Peer {
    final Key key;
    final Im7ClientServer.Media media;
    final Serial serial;
    volatile @Nullable SipRequest invite;
    private @Nullable Call call;
    private Clock.@Nullable Alarm alarm;
    private long count;
    private boolean closed;

    Open(Key key, Im7ClientServer.Media media) {
      this.key = key;
      this.media = media;
      this.serial = new Serial(parts.world().threads(), "reports of " + key.user());
    }

    boolean begin(Reached.Accepted accepted) {
      try {
        Optional<byte[]> sdp = SessionBody.of(accepted.answer(), parts.session().messageBytes()).sdp().map(s -> s.write());
        if (sdp.flatMap(s -> media.answered(s, this)).isEmpty()) {
          accepted.call().end("");
          return false;
        }
      } catch (Malformed fault) {
        accepted.call().end("");
        return false;
      }
      synchronized (this) {
        call = accepted.call();
      }
      opens.put(key, this);
      accepted.call().listen(this);
      linger();
      return true;
    }

    private synchronized void linger() {
      if (alarm != null) {
        alarm.cancel();
      }
      if (!closed) {
        alarm = parts.world().clock().after(parts.session().linger(), () -> parts.world().threads().start("end push session", this::close));
      }
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
      opens.remove(key, this);
      if (ended != null) {
        ended.end("");
      }
      media.end();
    }

    /// Sends one and blocks; a SIP status that says the same as its outcome.
    int send(Reading reading) {
      CompletableFuture<Integer> outcome = new CompletableFuture<>();
      media.send(parts.messages().wrapped(reading), outcome::complete);
      Clock clock = parts.world().clock();
      Optional<Integer> status = Deadline.in(parts.patience(), clock).await(outcome, clock);
      if (status.isPresent()) {
        linger();
      }
      return status.map(SessionOutcome::asSip).orElse(Status.TEMPORARILY_UNAVAILABLE);
    }

    SipResponse response(int status) {
      return SipResponse.to(java.util.Objects.requireNonNull(invite), status);
    }

    /// What the terminal says of the messages: goes on to their author, through his own functions.
    @Override
    public void message(Im7ClientServer.Content content, IntConsumer settle) {
      linger();
      serial.add(() -> settle.accept(reported(content)));
    }

    private int reported(Im7ClientServer.Content content) {
      try {
        String unique = "push." + ++count;
        Optional<Reading> reading = parts.messages().read(java.util.Objects.requireNonNull(invite), key.user(), key.author(),
            MediaType.parse(content.type()), content.body(), unique, parts.world().clock().now());
        if (reading.isEmpty() || reading.get().passing()) {
          return MsrpStatus.OK;
        }
        if (reading.get().isNotification()) {
          reading.get().wrapper().map(CpimMessage::content).ifPresent(this::note);
        }
        Deadline by = Deadline.in(parts.patience().multipliedBy(2), parts.world().clock());
        int status = parts.core().send(parts.messages().outside(reading.get()), by).await().status();
        return status < 300 || keptForOther.test(reading.get(), status) ? MsrpStatus.OK : MsrpStatus.TIMEOUT;
      } catch (Malformed fault) {
        return MsrpStatus.BAD_REQUEST;
      } catch (tucket.store.Unavailable e) {
        LOG.warn("a notification of {} can't be stored for now: {}", key.user(), e.getMessage());
        return MsrpStatus.TIMEOUT;
      }
    }

    private void note(Entity notification) {
      try {
        parts.reports().reported(key.user(), Imdn.parse(notification.body()).messageId(), Optional.of(key.device()));
      } catch (Malformed unreadable) {
        LOG.debug("a notification in session of {} can't be read", key.user());
      }
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
