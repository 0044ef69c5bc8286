// Devices that did not answer, until they give a sign of life.
package tucket.server.core;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.reference.DeviceId;

/// A registered device that is silent or unreachable is marked; the next thing heard of it takes the mark away, and then its user is worth
/// another try. Only registered devices are marked, so the marks are as bounded as the registrations. Thread-safe.
final class Failing {
  private final Map<AddressOfRecord, Set<DeviceId>> marked = new ConcurrentHashMap<>();

  void mark(AddressOfRecord user, DeviceId device) {
    marked.compute(user, (u, devices) -> {
      Set<DeviceId> now = devices == null ? ConcurrentHashMap.newKeySet() : devices;
      now.add(device);
      return now;
    });
  }

  boolean any(AddressOfRecord user) {
    return marked.containsKey(user);
  }

  /// Takes the mark away; whether there was one.
  boolean clear(AddressOfRecord user, DeviceId device) {
    Optional<Set<DeviceId>> devices = Optional.ofNullable(marked.get(user)).filter(d -> d.contains(device));
    devices.ifPresent(d -> marked.computeIfPresent(user, (u, now) -> now.remove(device) && now.isEmpty() ? null : now));
    return devices.isPresent();
  }
}
