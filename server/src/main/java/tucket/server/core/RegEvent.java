// The reg event package: which devices a user has.
package tucket.server.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import tucket.protocol.document.ReginfoDocument;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.event.EventPackage;
import tucket.transport.Clock;

/// RFC 3680 with the public GRUUs of RFC 5628. A user may watch himself, with any of his identities. Documents are always full; what has
/// just ended is named once more as terminated.
final class RegEvent implements EventPackage {
  private final Clock clock;
  private final Subscribers subscribers;
  private final Bindings bindings;

  RegEvent(Clock clock, Subscribers subscribers, Bindings bindings) {
    this.clock = clock;
    this.subscribers = subscribers;
    this.bindings = bindings;
  }

  @Override
  public String name() {
    return "reg";
  }

  @Override
  public MediaType type() {
    return ReginfoDocument.TYPE;
  }

  // RFC 3680 section 4.4
  @Override
  public int defaultExpires() {
    return 3761;
  }

  @Override
  public boolean mayWatch(AddressOfRecord who, AddressOfRecord what) {
    return who.equals(what) || subscribers.resolve(who).filter(s -> s.owns(what)).isPresent();
  }

  @Override
  public byte[] state(AddressOfRecord what, AddressOfRecord who, long version) {
    AddressOfRecord user = subscribers.resolve(what).map(Subscriber::id).orElse(what);
    List<Binding> live = bindings.live(user);
    List<Bindings.Happened> last = bindings.last(user);
    List<ReginfoDocument.Contact> contacts = new ArrayList<>();
    for (Binding b : live) {
      Optional<Bindings.Event> event = last.stream().filter(h -> h.binding().equals(b)).map(Bindings.Happened::event).findFirst();
      contacts.add(contact(user, b, ReginfoDocument.State.ACTIVE, event.orElse(Bindings.Event.CREATED)));
    }
    for (Bindings.Happened h : last) {
      boolean ended = h.event() != Bindings.Event.CREATED && h.event() != Bindings.Event.REFRESHED;
      if (ended && live.stream().noneMatch(b -> b.sameAs(h.binding()))) {
        contacts.add(contact(user, h.binding(), ReginfoDocument.State.TERMINATED, h.event()));
      }
    }
    ReginfoDocument.State state = !live.isEmpty() ? ReginfoDocument.State.ACTIVE
        : contacts.isEmpty() ? ReginfoDocument.State.INIT : ReginfoDocument.State.TERMINATED;
    // the same id in every document of a subscription (section 5.3)
    String id = "r" + Integer.toHexString(what.hashCode());
    return new ReginfoDocument(version, true, List.of(new ReginfoDocument.Registration(what.value(), id, state, contacts))).write();
  }

  private ReginfoDocument.Contact contact(AddressOfRecord user, Binding b, ReginfoDocument.State state, Bindings.Event event) {
    boolean active = state == ReginfoDocument.State.ACTIVE;
    long left = Math.max(0, (b.link().untilNanos() - clock.nanos()) / 1_000_000_000L);
    long age = Math.max(0, Duration.between(b.since(), clock.now()).toSeconds());
    return new ReginfoDocument.Contact(
        "c" + Integer.toHexString((b.device().value() + " " + b.regId()).hashCode()),
        state,
        ReginfoDocument.Event.valueOf(event.name()),
        b.contact().uri().toString(),
        Optional.of(b.contact().displayName()).filter(n -> !n.isEmpty()),
        active ? OptionalLong.of(left) : OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.of(age),
        Optional.of(String.format(Locale.ROOT, "%.3f", b.q() / 1000.0)),
        Optional.of(b.callId()),
        OptionalLong.of(b.cseq()),
        params(b),
        b.lasting() ? Optional.of(Gruus.publicOf(user, b.device().value()).toString()) : Optional.empty(),
        Optional.empty());
  }

  // Section 5.3.1: header parameters that are not elements or attributes of their own.
  private static Params params(Binding b) {
    return b.contact().params().without("q").without("expires");
  }
}
