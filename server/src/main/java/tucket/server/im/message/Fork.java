// Hands a message to devices of a user, to each in the form it understands.
package tucket.server.im.message;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.transport.Deadline;
import tucket.transport.Threads;

/// Blocks until every device has answered or the deadline has passed. Thread-safe.
public final class Fork {
  private final Im2ServerCore core;
  private final Threads threads;

  public Fork(Im2ServerCore core, Threads threads) {
    this.core = core;
    this.threads = threads;
  }

  /// The final response of each of `to` that was reached; one without a live binding is missing.
  public Map<DeviceId, SipResponse> deliver(EnvelopeWriter.Outgoing message, AddressOfRecord user, List<Device> to, Deadline by) {
    List<Device> im = new ArrayList<>();
    List<Device> plain = new ArrayList<>();
    to.forEach(d -> (speaksIm(d) && !message.hasOneForm() ? im : plain).add(d));
    if (im.isEmpty() || plain.isEmpty()) {
      List<Device> all = im.isEmpty() ? plain : im;
      return all.isEmpty() ? Map.of() : deliver(message.forDevice(!im.isEmpty()), user, all, by);
    }
    SipRequest forPlain = message.forDevice(false);
    SipRequest forIm = message.forDevice(true);
    CompletableFuture<Map<DeviceId, SipResponse>> others = new CompletableFuture<>();
    threads.start(
        "fork " + user,
        () -> {
          try {
            others.complete(deliver(forPlain, user, plain, by));
          } catch (Throwable t) {
            others.completeExceptionally(t);
          }
        });
    Map<DeviceId, SipResponse> answers = new LinkedHashMap<>(deliver(forIm, user, im, by));
    answers.putAll(others.join());
    return answers;
  }

  private static boolean speaksIm(Device device) {
    return device.features().has(EnvelopeWriter.IM_FEATURE);
  }

  private Map<DeviceId, SipResponse> deliver(SipRequest request, AddressOfRecord user, List<Device> to, Deadline by) {
    Set<DeviceId> ids = new HashSet<>();
    to.forEach(d -> ids.add(d.id()));
    return core.deliver(user, request, new Devices.Only(ids), by).answers();
  }
}
