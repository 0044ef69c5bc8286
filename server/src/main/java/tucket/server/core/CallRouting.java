// Where an INVITE goes: to the devices of a user, or to another domain.
package tucket.server.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.server.Limits;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Reached;
import tucket.transport.Deadline;

/// Finds the places and lets a [CallFork] try them. Thread-safe; blocks.
record CallRouting(Calls calls, Fork fork, Interconnect interconnect, Limits limits) {
  Reached devices(AddressOfRecord user, SipRequest invite, Devices to, Reached.Ringing ringing, Deadline by) {
    List<CallFork.Place> places = new ArrayList<>();
    fork.branches(user, invite, to).forEach((device, bindings) -> places.add(new CallFork.Place(device,
        bindings.stream().map(b -> new CallFork.Way(Fork.towards(user, b, invite), fork.target(b))).toList())));
    if (places.isEmpty()) {
      return new Reached.Refused(Map.of());
    }
    Reached reached = new CallFork(calls, ringing).run(places, Deadline.in(limits.pushTimeout(), calls.world().clock()), by);
    if (reached instanceof Reached.Refused refused) {
      refused.answers().forEach((device, answer) -> {
        if (answer.status() == 408 || answer.status() == 503) {
          fork.failed(user, device, "silent", "INVITE was not answered");
        }
      });
    }
    return reached;
  }

  Reached elsewhere(SipRequest invite, Reached.Ringing ringing, Deadline by) {
    Interconnect.Way way = interconnect.way(invite);
    DeviceId there = new DeviceId(invite.uri().toString());
    if (way.refused().isPresent()) {
      return new Reached.Refused(Map.of(there, way.refused().get()));
    }
    CallFork.Place place = new CallFork.Place(there, List.of(new CallFork.Way(way.request(), way.target())));
    return new CallFork(calls, ringing).run(List.of(place), by, by);
  }
}
