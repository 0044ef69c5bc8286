// A SIP/IP Core that is a map of phones.
package tucket.server.im;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.reference.Delivery;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Leg;
import tucket.transport.Deadline;
import tucket.transport.Pending;

/// What goes to another domain is kept in `elsewhere`.
public final class FakeCore implements Im2ServerCore {
  private final Map<AddressOfRecord, List<FakePhone>> phones = new ConcurrentHashMap<>();
  private final Map<AddressOfRecord, List<AddressOfRecord>> aliases = new ConcurrentHashMap<>();
  private final Set<AddressOfRecord> barred = ConcurrentHashMap.newKeySet();
  private final List<SipRequest> elsewhere = new CopyOnWriteArrayList<>();
  private final List<SipRequest> sent = new CopyOnWriteArrayList<>();
  private volatile Function<SipRequest, Integer> others = r -> 200;
  private volatile Optional<Application> application = Optional.empty();

  void serve(Application im) {
    application = Optional.of(im);
  }

  void add(AddressOfRecord user) {
    phones.putIfAbsent(user, new CopyOnWriteArrayList<>());
  }

  /// A further identity of a user.
  void alias(AddressOfRecord user, AddressOfRecord further) {
    aliases.computeIfAbsent(user, k -> new CopyOnWriteArrayList<>(List.of(user))).add(further);
  }

  List<AddressOfRecord> identities(AddressOfRecord user) {
    return aliases.getOrDefault(user, List.of(user));
  }

  void bar(AddressOfRecord user) {
    barred.add(user);
  }

  FakePhone add(AddressOfRecord user, FakePhone phone) {
    add(user);
    phonesOf(user).add(phone);
    return phone;
  }

  void forget(AddressOfRecord user, FakePhone phone) {
    phonesOf(user).remove(phone);
  }

  private List<FakePhone> phonesOf(AddressOfRecord user) {
    return phones.getOrDefault(user, List.of());
  }

  /// How the rest of the world answers.
  void othersAnswer(Function<SipRequest, Integer> by) {
    others = by;
  }

  /// What was sent to other domains.
  List<SipRequest> elsewhere() {
    return elsewhere;
  }

  /// Everything that was sent onward.
  List<SipRequest> sent() {
    return sent;
  }

  @Override
  public Pending<SipResponse> send(SipRequest request, Deadline by) {
    sent.add(request);
    AddressOfRecord to = AddressOfRecord.of(request.uri());
    if (phones.containsKey(to)) {
      return application.orElseThrow().handle(request, Leg.TERMINATING, to, by);
    }
    if (to.value().endsWith("@example.com")) {
      return Pending.of(SipResponse.to(request, 404));
    }
    elsewhere.add(request);
    return Pending.of(SipResponse.to(request, others.apply(request)));
  }

  @Override
  public Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
    List<FakePhone> chosen = new ArrayList<>();
    for (FakePhone phone : phonesOf(user)) {
      if (!(to instanceof Devices.Only only) || only.ids().contains(phone.id())) {
        chosen.add(phone);
      }
    }
    Map<DeviceId, SipResponse> answers = new LinkedHashMap<>();
    List<Thread> branches = new ArrayList<>();
    for (FakePhone phone : chosen) {
      branches.add(Thread.ofVirtual().start(() -> phone.take(request).ifPresent(a -> {
        synchronized (answers) {
          answers.put(phone.id(), a);
        }
      })));
    }
    branches.forEach(FakeCore::join);
    return Pending.of(new Delivery(answers));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public List<Device> devices(AddressOfRecord user) {
    return phonesOf(user).stream().filter(p -> p.isRegistered() || p.isLasting()).map(FakePhone::device).toList();
  }

  @Override
  public boolean mayUseIm(AddressOfRecord user) {
    return phones.containsKey(user) && !barred.contains(user);
  }

  @Override
  public Iterable<AddressOfRecord> users() {
    return phones.keySet().stream().filter(this::mayUseIm).toList();
  }
}
