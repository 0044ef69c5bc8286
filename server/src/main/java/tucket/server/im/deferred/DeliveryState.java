// Which devices of the recipient have a stored message, which are awaited, and when it is done.
package tucket.server.im.deferred;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;

/// Pure and immutable. One phone's acknowledgement never hides a message from another device.
///
/// `acknowledged` have it. `awaited` are those it is kept for; where none is named, it is for whoever comes first. `rejected` will never
/// take it. `attempts` counts the failed tries of each device.
public record DeliveryState(Set<DeviceId> acknowledged, List<Awaited> awaited, Set<DeviceId> rejected, Map<DeviceId, Integer> attempts) {
  /// A device without a name of its own (`lasting` is false) is lost with its binding: another one of its sort may then stand in for it.
  public record Awaited(DeviceId id, boolean lasting) {}

  public DeliveryState {
    // in the order of what happened: that of Set.copyOf differs from one JVM to the next, and it is written to the disk
    acknowledged = Collections.unmodifiableSet(new LinkedHashSet<>(acknowledged));
    awaited = List.copyOf(awaited);
    rejected = Collections.unmodifiableSet(new LinkedHashSet<>(rejected));
    attempts = Collections.unmodifiableMap(new LinkedHashMap<>(attempts));
  }

  /// A message that nobody has yet.
  public static DeliveryState waitingFor(Collection<Device> devices) {
    return of(Set.of(), devices, Set.of());
  }

  public static DeliveryState of(Set<DeviceId> acknowledged, Collection<Device> awaited, Set<DeviceId> rejected) {
    return new DeliveryState(acknowledged, awaited.stream().map(d -> new Awaited(d.id(), d.lasting())).toList(), rejected, Map.of());
  }

  /// Whether this device is to get it; `known` are all devices of the user.
  public boolean isPendingFor(Device device, List<Device> known) {
    if (acknowledged.contains(device.id()) || rejected.contains(device.id())) {
      return false;
    }
    return acknowledged.isEmpty() || awaited.isEmpty() || isAwaited(device.id()) || predecessor(device, known) >= 0;
  }

  private boolean isAwaited(DeviceId id) {
    return awaited.stream().anyMatch(a -> a.id.equals(id));
  }

  /// The awaited binding that this device may continue: both nameless, and that one gone. -1 where there is none.
  private int predecessor(Device device, List<Device> known) {
    if (device.lasting()) {
      return -1;
    }
    for (int i = 0; i < awaited.size(); i++) {
      Awaited a = awaited.get(i);
      if (!a.lasting && !isSettledFor(a.id) && known.stream().noneMatch(d -> d.registered() && d.id().equals(a.id))) {
        return i;
      }
    }
    return -1;
  }

  private boolean isSettledFor(DeviceId id) {
    return acknowledged.contains(id) || rejected.contains(id);
  }

  /// The device has it now.
  public DeliveryState acknowledgedBy(Device device, List<Device> known) {
    List<Awaited> waiting = awaited;
    int predecessor = isAwaited(device.id()) ? -1 : predecessor(device, known);
    if (predecessor >= 0) {
      waiting = new ArrayList<>(awaited);
      waiting.set(predecessor, new Awaited(device.id(), false));
    }
    return new DeliveryState(plus(acknowledged, device.id()), waiting, rejected, attempts);
  }

  /// The device will never take it.
  public DeliveryState rejectedBy(DeviceId device) {
    return new DeliveryState(acknowledged, awaited, plus(rejected, device), attempts);
  }

  /// The device could not take it this time.
  public DeliveryState failedAt(DeviceId device) {
    Map<DeviceId, Integer> counted = new LinkedHashMap<>(attempts);
    counted.merge(device, 1, Integer::sum);
    return new DeliveryState(acknowledged, awaited, rejected, counted);
  }

  private static Set<DeviceId> plus(Set<DeviceId> set, DeviceId one) {
    Set<DeviceId> more = new LinkedHashSet<>(set);
    more.add(one);
    return more;
  }

  /// Whether it may leave the queue: somebody has it, and nobody who is still known is waited for. A message that nobody has is never done,
  /// also when every device refused it: it may be that another one comes before it expires.
  public boolean isDone(List<Device> known) {
    if (acknowledged.isEmpty()) {
      return false;
    }
    if (awaited.isEmpty()) {
      return known.stream().filter(Device::registered).allMatch(d -> isSettledFor(d.id()));
    }
    return awaited.stream().allMatch(a -> isSettledFor(a.id) || a.lasting && known.stream().noneMatch(d -> d.id().equals(a.id)));
  }

  /// All failed tries.
  public int attemptsInAll() {
    return attempts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
