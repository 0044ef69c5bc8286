// A session of which the server is the one end.
package tucket.server.im.message;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.reference.Call;
import tucket.server.reference.Im7ClientServer;
import tucket.transport.Deadline;

/// Takes one message after the other and answers each once it is known what has become of it; is-composing is dropped. Thread-safe.
public final class SessionEnd implements Im7ClientServer.Listener, Call.Peer {
  private static final Logger LOG = LoggerFactory.getLogger(SessionEnd.class);

  private final Reads reads;
  private final ToIntFunction<Reading> take;
  private final Serial serial;
  private final Im7ClientServer.Media media;
  private final AtomicReference<Optional<Call>> call = new AtomicReference<>(Optional.empty());

  /// Reads what came over MSRP; empty where it can't be decoded.
  public interface Reads {
    Optional<Reading> read(MediaType type, byte[] body);
  }

  /// `take` takes a message or a notification and gives its MSRP status; it may block, and throw what says that something is unavailable.
  public SessionEnd(Reads reads, ToIntFunction<Reading> take, Serial serial, Im7ClientServer.Media media) {
    this.reads = reads;
    this.take = take;
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
      return reading.map(r -> r.passing() ? MsrpStatus.OK : take.applyAsInt(r)).orElse(MsrpStatus.UNSUPPORTED_TYPE);
    } catch (Malformed fault) {
      return MsrpStatus.BAD_REQUEST;
    } catch (tucket.store.Unavailable | tucket.transport.Unavailable e) {
      LOG.warn("a message in session can't be taken for now: {}", e.getMessage());
      return MsrpStatus.TIMEOUT;
    }
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
    media.end(); // what is still waiting to be taken is taken; its sender, who did not wait for the 200, may send it again
  }
}
