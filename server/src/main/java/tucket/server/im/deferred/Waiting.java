// What the queue knows of one stored message without opening it.
package tucket.server.im.deferred;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.server.Envelope;
import tucket.server.im.message.EnvelopeCodec;
import tucket.server.im.message.Packed;
import tucket.server.reference.DeviceId;

/// The value beside an envelope: its identity, size, times, what a charging record needs, and its delivery state. `sequence` is its place
/// in the queue of its recipient.
public record Waiting(
    long sequence,
    Envelope.Kind kind,
    AddressOfRecord from,
    String messageId,
    int bytes,
    Instant received,
    Instant expires,
    Set<Disposition> wanted,
    String contentType,
    String contributionId,
    String callId,
    DeliveryState state) {
  private static final int VERSION = 1;

  static Waiting of(long sequence, Envelope e, int bytes, DeliveryState state) {
    return new Waiting(sequence, e.kind(), e.from(), e.messageId(), bytes, e.received(), e.expires(), e.wanted(), e.contentType().name(),
        carried(e, Header.CONTRIBUTION_ID), carried(e, Header.CALL_ID), state);
  }

  private static String carried(Envelope e, Header h) {
    return e.carried().stream().filter(c -> c.name().equals(h.name())).map(Envelope.Carried::value).findFirst().orElse("");
  }

  Waiting with(DeliveryState changed) {
    return new Waiting(sequence, kind, from, messageId, bytes, received, expires, wanted, contentType, contributionId, callId, changed);
  }

  byte[] encode() {
    Packed.Writer out = new Packed.Writer(VERSION);
    out.put((byte) kind.ordinal()).put(from.value()).put(messageId).put(bytes).put(received).put(expires).put(EnvelopeCodec.mask(wanted));
    out.put(contentType).put(contributionId).put(callId);
    put(out, state.acknowledged());
    out.put(state.awaited().size());
    state.awaited().forEach(a -> out.put(a.id().value()).put((byte) (a.lasting() ? 1 : 0)));
    put(out, state.rejected());
    out.put(state.attempts().size());
    state.attempts().forEach((d, n) -> out.put(d.value()).put((int) n));
    return out.bytes();
  }

  private static void put(Packed.Writer out, Set<DeviceId> ids) {
    out.put(ids.size());
    ids.forEach(d -> out.put(d.value()));
  }

  static Waiting decode(long sequence, byte[] stored) {
    Packed.Reader in = new Packed.Reader(stored, VERSION);
    return new Waiting(sequence, Envelope.Kind.values()[in.oneByte()], new AddressOfRecord(in.text()), in.text(), in.number(), in.instant(),
        in.instant(), EnvelopeCodec.dispositions(in.oneByte()), in.text(), in.text(), in.text(), state(in));
  }

  private static DeliveryState state(Packed.Reader in) {
    Set<DeviceId> acknowledged = ids(in);
    List<DeliveryState.Awaited> awaited = new ArrayList<>();
    for (int left = in.number(); left > 0; left--) {
      awaited.add(new DeliveryState.Awaited(new DeviceId(in.text()), in.oneByte() == 1));
    }
    Set<DeviceId> rejected = ids(in);
    Map<DeviceId, Integer> attempts = new LinkedHashMap<>();
    for (int left = in.number(); left > 0; left--) {
      attempts.put(new DeviceId(in.text()), in.number());
    }
    return new DeliveryState(acknowledged, awaited, rejected, attempts);
  }

  private static Set<DeviceId> ids(Packed.Reader in) {
    Set<DeviceId> found = new LinkedHashSet<>();
    for (int left = in.number(); left > 0; left--) {
      found.add(new DeviceId(in.text()));
    }
    return found;
  }
}
