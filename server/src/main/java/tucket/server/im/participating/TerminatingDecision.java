// What follows from the answers of a recipient's devices.
package tucket.server.im.participating;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.sip.SipResponse;
import tucket.server.im.deferred.DeliveryState;
import tucket.server.im.message.Answer;
import tucket.server.im.settings.ImSettings.AwaitedDevices;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;

/// Pure: the same answers always lead to the same decision.
sealed interface TerminatingDecision {
  /// A device has it, and its answer is the sender's. `rest` is to be stored first, where other devices are still to get it.
  record Delivered(SipResponse answer, Optional<DeliveryState> rest) implements TerminatingDecision {}

  /// Nobody has it, and later somebody may: the deferred function takes it.
  record Defer(DeliveryState state) implements TerminatingDecision {}

  /// Nobody will ever take it: the sender is told so by this answer.
  record Refused(SipResponse answer) implements TerminatingDecision {}

  /// The devices a message is meant for: all that are `known`, those of them that were tried, and what they said. `excluded` are devices
  /// of the user it is not meant for.
  record Tried(List<Device> known, List<Device> tried, Map<DeviceId, SipResponse> answers, Set<DeviceId> excluded) {
    /// Nobody was tried.
    static Tried nobody(List<Device> known, Set<DeviceId> excluded) {
      return new Tried(known, List.of(), Map.of(), excluded);
    }
  }

  static TerminatingDecision of(Tried tried, AwaitedDevices devices) {
    Optional<SipResponse> only = onlyDeviceHasIt(tried);
    if (only.isPresent()) {
      return new Delivered(only.get(), Optional.empty());
    }
    Map<Answer, List<DeviceId>> by = new LinkedHashMap<>();
    for (Device d : tried.tried) {
      SipResponse answer = tried.answers.get(d.id());
      by.computeIfAbsent(answer == null ? Answer.FAILING : Answer.of(answer), a -> new ArrayList<>()).add(d.id());
    }
    List<DeviceId> good = by.getOrDefault(Answer.ACKNOWLEDGED, List.of());
    Set<DeviceId> rejected = new LinkedHashSet<>(tried.excluded);
    by.forEach((answer, ids) -> {
      if (answer.isForGood()) {
        rejected.addAll(ids);
      }
    });
    List<Device> awaited = awaited(tried, rejected, devices).stream().filter(d -> !good.contains(d.id())).toList();
    if (!good.isEmpty()) {
      SipResponse answer = answer(tried, good.getFirst());
      return new Delivered(answer, awaited.isEmpty() ? Optional.empty() : Optional.of(DeliveryState.of(new LinkedHashSet<>(good), awaited,
          rejected)));
    }
    List<DeviceId> declined = by.getOrDefault(Answer.DECLINED, List.of());
    if (!declined.isEmpty()) { // RFC 3261 section 16.7: a 6xx is for all branches
      return new Refused(answer(tried, declined.getFirst()));
    }
    if (by.keySet().equals(Set.of(Answer.REFUSED)) && awaited.isEmpty()) {
      return new Refused(answer(tried, by.getOrDefault(Answer.REFUSED, List.of()).getFirst()));
    }
    return new Defer(DeliveryState.of(Set.of(), awaited, rejected));
  }

  // The usual case, which needs no more thought.
  private static Optional<SipResponse> onlyDeviceHasIt(Tried tried) {
    if (tried.known.size() != 1 || tried.tried.size() != 1 || !tried.known.getFirst().id().equals(tried.tried.getFirst().id())) {
      return Optional.empty();
    }
    return Optional.ofNullable(tried.answers.get(tried.tried.getFirst().id())).filter(a -> Answer.of(a) == Answer.ACKNOWLEDGED);
  }

  /// Whom it is kept for: who was tried and failed for now, and by the operator's choice also who is away.
  private static List<Device> awaited(Tried tried, Set<DeviceId> rejected, AwaitedDevices devices) {
    List<Device> awaited = new ArrayList<>();
    for (Device d : tried.known) {
      boolean wasTried = tried.tried.stream().anyMatch(t -> t.id().equals(d.id()));
      boolean away = devices == AwaitedDevices.KNOWN && d.lasting();
      if (!rejected.contains(d.id()) && (wasTried || d.registered() || away)) {
        awaited.add(d);
      }
    }
    return awaited;
  }

  private static SipResponse answer(Tried tried, DeviceId of) {
    return java.util.Objects.requireNonNull(tried.answers.get(of));
  }
}
