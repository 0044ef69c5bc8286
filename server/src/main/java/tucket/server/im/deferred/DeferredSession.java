// A session that the server has accepted on behalf of an absent user.
package tucket.server.im.deferred;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import tucket.protocol.msrp.MsrpStatus;
import tucket.server.im.message.Reading;

/// OMA AD SIMPLE IM section 5.3.2.3.2: in deferred IM the server is the end point of the transport path. Each message gets its 200 when it is
/// committed; notifications go on to whom they are for. Thread-safe.
///
/// @param keep stores a message
/// @param admits tells whether the recipient's rules, as they are by now, let it through
/// @param sendOn sends a notification onward and gives the final SIP status
public record DeferredSession(Function<Reading, DeferredMessagingFunction.Outcome> keep, Predicate<Reading> admits, ToIntFunction<Reading> sendOn)
    implements ToIntFunction<Reading> {
  /// Takes what came and gives its MSRP status.
  @Override
  public int applyAsInt(Reading reading) {
    if (reading.isNotification()) {
      return sendOn.applyAsInt(reading) < 300 ? MsrpStatus.OK : MsrpStatus.TIMEOUT;
    }
    if (!admits.test(reading)) {
      return MsrpStatus.FORBIDDEN;
    }
    return keep.apply(reading) instanceof DeferredMessagingFunction.Kept ? MsrpStatus.OK : MsrpStatus.STOP_SENDING;
  }
}
