// One event of storage, for the operator's billing.
package tucket.server.im.deferred;

import java.time.Duration;
import java.time.Instant;
import tucket.server.im.message.Packed;

/// The fields of a storage event (modelled on TS 32.274 section 6 and the OMA Charging Data). `served` is the user whose queue it is;
/// `device` who got it, empty where no device is meant; `result` a SIP status or 0; `removed` whether the message left the queue by it.
public record ChargingRecord(
    long number,
    Type type,
    Mode mode,
    String served,
    String calling,
    String called,
    String messageId,
    String contributionId,
    String callId,
    String contentType,
    int bytes,
    Instant stored,
    Instant at,
    String device,
    int result,
    boolean removed) {
  private static final int VERSION = 1;

  /// What happened.
  public enum Type {
    STORE,
    DELIVER,
    RETRIEVE,
    EXPIRE,
    DELETE,
    REJECT_QUOTA
  }

  /// How the stored item travels.
  public enum Mode {
    PAGER,
    NOTIFICATION,
    SYSTEM
  }

  /// How long it has been stored.
  public Duration storageDuration() {
    return Duration.between(stored, at);
  }

  byte[] encode() {
    return new Packed.Writer(VERSION)
        .put((byte) type.ordinal()).put((byte) mode.ordinal()).put(served).put(calling).put(called).put(messageId).put(contributionId)
        .put(callId).put(contentType).put(bytes).put(stored).put(at).put(device).put(result).put((byte) (removed ? 1 : 0)).bytes();
  }

  static ChargingRecord decode(long number, byte[] value) {
    Packed.Reader in = new Packed.Reader(value, VERSION);
    return new ChargingRecord(number, Type.values()[in.oneByte()], Mode.values()[in.oneByte()], in.text(), in.text(), in.text(), in.text(),
        in.text(), in.text(), in.text(), in.number(), in.instant(), in.instant(), in.text(), in.number(), in.oneByte() == 1);
  }
}
