// An IM Server that stores nothing: it relays on both legs and remembers what it was told.
package tucket.server.core;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.reference.Delivery;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Leg;
import tucket.transport.Deadline;
import tucket.transport.Pending;

final class RelayingIm implements Im2ServerCore.Application {
  /// One request that was handled.
  record Handled(SipRequest request, Leg leg, AddressOfRecord served) {}

  final List<Handled> handled = new CopyOnWriteArrayList<>();
  final List<AddressOfRecord> registered = new CopyOnWriteArrayList<>();
  final List<AddressOfRecord> deregistered = new CopyOnWriteArrayList<>();
  final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
  final Map<Leg, List<String>> stacks = new ConcurrentHashMap<>();
  private final Im2ServerCore core;

  RelayingIm(Im2ServerCore core) {
    this.core = core;
  }

  @Override
  public Pending<SipResponse> handle(SipRequest request, Leg leg, AddressOfRecord served, Deadline by) {
    handled.add(new Handled(request, leg, served));
    stacks.put(leg, StackWalker.getInstance().walk(frames -> frames.map(f -> f.getClassName() + "." + f.getMethodName()).toList()));
    if (leg == Leg.ORIGINATING) {
      return core.send(request, by);
    }
    return core.deliver(served, request, new Devices.All(), by).then(delivery -> {
      deliveries.add(delivery);
      return delivery.answers().values().stream().findFirst().map(a -> a.has(Header.TO) ? a : SipResponse.to(request, a.status()))
          .orElseGet(() -> SipResponse.to(request, Status.TEMPORARILY_UNAVAILABLE));
    });
  }

  @Override
  public void registered(AddressOfRecord user) {
    registered.add(user);
  }

  @Override
  public void deregistered(AddressOfRecord user) {
    deregistered.add(user);
  }
}
