// Tells a user what waits for him.
package tucket.server.im.deferred;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import tucket.protocol.document.DeferredList;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.server.Envelope;
import tucket.server.event.EventPackage;
import tucket.server.im.message.EnvelopeWriter;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.transport.Deadline;
import tucket.transport.World;

/// OMA requirement M04. The list goes by NOTIFY to those who subscribed to `Event: sip-profile` (this is that event package), and by
/// MESSAGE to users who keep their messages for retrieval, once for each device that becomes available. The latter is never stored: at the
/// next registration it is made afresh. Thread-safe.
public final class WaitingNotice implements EventPackage {
  private static final int MOST_ITEMS = 500;
  private static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(12);

  private final World world;
  private final Im2ServerCore core;
  private final DeferredQueue queue;
  private final ServiceAddresses services;
  private final EnvelopeWriter writer;
  private final Predicate<AddressOfRecord> keepsForRetrieval;

  public WaitingNotice(World world, Im2ServerCore core, DeferredQueue queue, ServiceAddresses services, EnvelopeWriter writer,
      Predicate<AddressOfRecord> keepsForRetrieval) {
    this.world = world;
    this.core = core;
    this.queue = queue;
    this.services = services;
    this.writer = writer;
    this.keepsForRetrieval = keepsForRetrieval;
  }

  @Override
  public String name() {
    return "sip-profile";
  }

  @Override
  public MediaType type() {
    return DeferredList.TYPE;
  }

  /// Everybody watches what waits for himself, nobody what waits for others.
  @Override
  public boolean mayWatch(AddressOfRecord who, AddressOfRecord what) {
    return who.equals(what);
  }

  @Override
  public byte[] state(AddressOfRecord what, AddressOfRecord who, long version) {
    return list(what, w -> true).write();
  }

  /// Devices of the user became available while something waits for him. Returns at once.
  void available(AddressOfRecord user, List<Device> devices) {
    if (keepsForRetrieval.test(user)) {
      world.threads().start("waiting notice " + user, () -> devices.forEach(d -> tell(user, d)));
    }
  }

  private void tell(AddressOfRecord user, Device device) {
    List<Device> known = core.devices(user);
    DeferredList list = list(user, w -> w.kind() == Envelope.Kind.MESSAGE && w.state().isPendingFor(device, known));
    if (!list.items().isEmpty()) {
      send(user, device.id(), list);
    }
  }

  /// Sends the list to that device now.
  void send(AddressOfRecord user, DeviceId device, DeferredList list) {
    String to = writer.sipForm(user.uri());
    SipRequest notice =
        SipRequest.of("MESSAGE", user.uri())
            .edit()
            .with(Header.MAX_FORWARDS, "70")
            .with(Header.FROM, "<" + services.deferred() + ">;tag=" + world.chance().token(8))
            .with(Header.TO, "<" + to + ">")
            .with(Header.CALL_ID, world.chance().token(16))
            .with(Header.CSEQ, "1 MESSAGE")
            .with(Header.P_ASSERTED_IDENTITY, "<" + services.deferred() + ">")
            .body(DeferredList.TYPE, list.write())
            .request();
    core.deliver(user, notice, new Devices.Only(Set.of(device)), Deadline.in(PATIENCE, world.clock())).await();
  }

  /// What waits for the user, oldest first, as far as `which` chooses.
  DeferredList list(AddressOfRecord user, Predicate<Waiting> which) {
    return new DeferredList(queue.list(user, MOST_ITEMS, which).stream().map(r -> item(user, r)).toList());
  }

  private static DeferredList.Item item(AddressOfRecord user, DeferredQueue.Ready ready) {
    Waiting w = ready.waiting();
    String date = EnvelopeWriter.dateTime(w.received());
    Optional<String> subject =
        ready.envelope().carried().stream().filter(c -> c.name().equals(Header.SUBJECT.name())).map(Envelope.Carried::value).findFirst();
    return new DeferredList.Item(reference(w), OptionalLong.of(ready.envelope().body().length),
        Optional.of(EnvelopeWriter.dateTime(w.expires())),
        subject, Optional.of(date), Optional.empty(),
        new DeferredList.Pager(Optional.of(date), w.from().value(), user.value(), List.of(), Optional.of(w.messageId())));
  }

  /// The history-reference of a stored message: its place in the queue.
  static String reference(Waiting w) {
    return "d" + w.sequence();
  }
}
