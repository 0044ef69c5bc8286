// A session that the server has accepted on behalf of an absent user.
package tucket.server.im.deferred;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.im.message.Reading;
import tucket.server.im.message.Serial;
import tucket.server.reference.Call;
import tucket.server.reference.Im7ClientServer;
import tucket.transport.Deadline;

/// OMA AD SIMPLE IM section 5.3.2.3.2: in deferred IM the server is the end point of the transport path. Each message gets its 200 when it is
/// committed, one after the other; notifications go on to whom they are for; is-composing is dropped. Thread-safe.
public final class DeferredSession implements Im7ClientServer.Listener, Call.Peer {
  private static final Logger LOG = LoggerFactory.getLogger(DeferredSession.class);

  private final Reads reads;
  private final Function<Reading, DeferredMessagingFunction.Outcome> keep;
  private final Predicate<Reading> admits;
  private final ToIntFunction<Reading> sendOn;
  private final Serial serial;
  private final Im7ClientServer.Media media;
  private final AtomicReference<Optional<Call>> call = new AtomicReference<>(Optional.empty());

  /// Reads what came over MSRP; empty where it can't be decoded.
  public interface Reads {
    Optional<Reading> read(MediaType type, byte[] body);
  }

  /// `keep` stores a message; `admits` tells whether the recipient's rules, as they are by now, let it through; `sendOn` sends a notification onward
  /// and gives the final SIP status.
  public DeferredSession(Reads reads, Function<Reading, DeferredMessagingFunction.Outcome> keep, Predicate<Reading> admits,
      ToIntFunction<Reading> sendOn, Serial serial, Im7ClientServer.Media media) {
    this.reads = reads;
    this.keep = keep;
    this.admits = admits;
    this.sendOn = sendOn;
    this.serial = serial;
    this.media = media;
  }

  /// The dialog stands.
  public void begin(Call established) {
    call.set(Optional.of(established));
    established.listen(this);
  }

  @Override
  public void message(Im7ClientServer.Content content, IntConsumer settle) {
    serial.add(() -> settle.accept(take(content)));
  }

  private int take(Im7ClientServer.Content content) {
    try {
      Optional<Reading> reading = reads.read(MediaType.parse(content.type()), content.body());
      return reading.map(this::take).orElse(MsrpStatus.UNSUPPORTED_TYPE);
    } catch (Malformed fault) {
      return MsrpStatus.BAD_REQUEST;
    } catch (tucket.store.Unavailable | tucket.transport.Unavailable e) {
      LOG.warn("a message in session can't be stored for now: {}", e.getMessage());
      return MsrpStatus.TIMEOUT;
    }
  }

  private int take(Reading reading) {
    if (reading.passing()) {
      return MsrpStatus.OK;
    }
    if (reading.isNotification()) {
      return sendOn.applyAsInt(reading) < 300 ? MsrpStatus.OK : MsrpStatus.TIMEOUT;
    }
    if (!admits.test(reading)) {
      return MsrpStatus.FORBIDDEN;
    }
    return keep.apply(reading) instanceof DeferredMessagingFunction.Kept ? MsrpStatus.OK : MsrpStatus.STOP_SENDING;
  }

  @Override
  public void lost(String why) {
    call.get().ifPresent(c -> c.end(""));
  }

  @Override
  public SipResponse requested(SipRequest request, Deadline by) {
    boolean refresh = request.is("UPDATE") || request.is("INVITE");
    if (!refresh) {
      return SipResponse.to(request, Status.METHOD_NOT_ALLOWED);
    }
    SipResponse ok = SipResponse.to(request, Status.OK);
    return request.bodyLength() > 0 || request.is("INVITE") ? ok.withBody(MediaType.SDP, media.description()) : ok;
  }

  @Override
  public void ended(String why) {
    media.end(); // what is still waiting to be stored is stored; its sender, who did not wait for the 200, may send it again
  }
}
