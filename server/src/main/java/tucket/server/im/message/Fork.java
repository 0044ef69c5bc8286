// Hands a message to devices of a user, to each in the form it understands.
package tucket.server.im.message;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Pending;
import tucket.transport.Threads;

/// One branch a device. A device that is slow or gone is not waited for longer than `settle` once another one has the message: its branch
/// goes on, and is given back to be followed. Thread-safe.
public final class Fork {
  private final Im2ServerCore core;
  private final Threads threads;
  private final Clock clock;
  private final Duration settle;

  public Fork(Im2ServerCore core, Threads threads, Clock clock, Duration settle) {
    this.core = core;
    this.threads = threads;
    this.clock = clock;
    this.settle = settle;
  }

  /// A branch that was still open when the others had settled. `answer` is completed in any case, at its deadline at the latest: empty
  /// where the device has no live binding.
  public record Open(Device device, CompletableFuture<Optional<SipResponse>> answer) {}

  /// The final response of each device that was reached, one without a live binding is missing; and the branches that are still open, of
  /// which there are none unless a device has answered 2xx.
  public record Forked(Map<DeviceId, SipResponse> answers, List<Open> open) {}

  /// Hands it to one device: blocks until that has answered or the deadline has passed. Empty where it has no live binding.
  public Optional<SipResponse> deliver(EnvelopeWriter.Outgoing message, AddressOfRecord user, Device to, Deadline by) {
    return branch(request(message, to), user, to, by).await();
  }

  private static SipRequest request(EnvelopeWriter.Outgoing message, Device to) {
    return message.forDevice(speaksIm(to) && !message.hasOneForm());
  }

  /// Hands it to several at once, and tells when each has answered, or one has it and the time to settle is over, or the deadline has passed.
  public Pending<Forked> deliver(EnvelopeWriter.Outgoing message, AddressOfRecord user, List<Device> to, Deadline by) {
    if (to.size() == 1) {
      Device only = to.getFirst();
      return branch(request(message, only), user, only, by)
          .then(answer -> new Forked(answer.map(a -> Map.of(only.id(), a)).orElse(Map.of()), List.of()));
    }
    Settling settling = new Settling(to.size());
    List<Open> branches = to.stream().map(d -> start(message, user, d, by, settling)).toList();
    return settling.enough.then(all -> {
      settling.cancel();
      return forked(branches);
    });
  }

  private static Forked forked(List<Open> branches) {
    Map<DeviceId, SipResponse> answers = new LinkedHashMap<>();
    List<Open> open = new ArrayList<>();
    CompletionException failure = null;
    for (Open branch : branches) {
      try {
        if (branch.answer.isDone()) {
          branch.answer.join().ifPresent(a -> answers.put(branch.device.id(), a));
        } else {
          open.add(branch);
        }
      } catch (CompletionException e) {
        failure = e;
      }
    }
    if (failure != null && answers.isEmpty() && failure.getCause() instanceof RuntimeException ours) {
      throw ours;
    }
    return new Forked(answers, open);
  }

  private Open start(EnvelopeWriter.Outgoing message, AddressOfRecord user, Device to, Deadline by, Settling settling) {
    SipRequest request = request(message, to);
    CompletableFuture<Optional<SipResponse>> answer = new CompletableFuture<>();
    answer.whenComplete((a, failure) -> settling.ended(failure == null && a.filter(SipResponse::isSuccess).isPresent()));
    threads.start("fork " + user, () -> {
      Pending<Optional<SipResponse>> branch = Pending.recovering(() -> branch(request, user, to, by), failure -> {
        answer.completeExceptionally(failure);
        return Optional.empty();
      });
      branch.end(answer::complete);
    });
    return new Open(to, answer);
  }

  private static boolean speaksIm(Device device) {
    return device.features().has(EnvelopeWriter.IM_FEATURE);
  }

  private Pending<Optional<SipResponse>> branch(SipRequest request, AddressOfRecord user, Device to, Deadline by) {
    DeviceId id = to.id();
    return core.deliver(user, request, new Devices.Only(Set.of(id)), by).then(delivery -> Optional.ofNullable(delivery.answers().get(id)));
  }

  /// Waits for all branches, and after the first 2xx no longer than the time to settle.
  private final class Settling {
    private final Pending.Later<Boolean> enough = new Pending.Later<>(threads, () -> {});
    private int running;
    private Clock.@Nullable Alarm alarm;

    Settling(int branches) {
      running = branches;
    }

    synchronized void ended(boolean good) {
      running--;
      if (running == 0) {
        enough.complete(true);
      } else if (good && alarm == null) {
        alarm = clock.after(settle, () -> enough.complete(false));
      }
    }

    synchronized void cancel() {
      if (alarm != null) {
        alarm.cancel();
      }
    }
  }
}
