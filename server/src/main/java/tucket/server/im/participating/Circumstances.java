// Gathers what policies have to know about a message.
package tucket.server.im.participating;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tucket.protocol.document.Ruleset;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Envelope;
import tucket.server.documents.Rules;
import tucket.server.im.policy.Access;
import tucket.server.im.policy.AnonymityNotAllowed;
import tucket.server.im.policy.Facts;
import tucket.server.im.settings.UserSettings;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.Leg;
import tucket.server.reference.Presence;
import tucket.transport.Clock;

/// The facts of each message, pager mode and session mode alike: from memory, but for the first question about a user's rules, which reads his documents.
/// Throws [tucket.transport.Unavailable] where they can't be read: who may be blocked is not let through. Thread-safe.
public final class Circumstances implements AutoCloseable {
  /// Where access rules are (OMA Shared Policy XDMS).
  public static final List<Rules.Place> PLACES =
      List.of(new Rules.Place("org.openmobilealliance.access-rules", "access-rules"), new Rules.Place("org.openmobilealliance.poc-rules", "pocrules"));
  private static final String SERVICE = Ruleset.service("org.openmobilealliance.IM");

  private final Im2ServerCore core;
  private final Clock clock;
  private final ServiceSettings settings;
  private final Presence presence;
  private final Optional<Rules<Access>> rules;
  private final AtomicLong changes = new AtomicLong();

  /// What is known of users beside messages. `canonical` gives the identity whose documents a user's documents are, `identities` all he may send by.
  public record Sources(ServiceSettings settings, Presence presence, Optional<Im4SharedXdms> shared, UnaryOperator<AddressOfRecord> canonical,
      Function<AddressOfRecord, Collection<AddressOfRecord>> identities) {
    /// Settings alone: no documents, no presence.
    public static Sources of(ServiceSettings settings) {
      return new Sources(settings, Presence.none(), Optional.empty(), user -> user, List::of);
    }
  }

  public Circumstances(Im2ServerCore core, Clock clock, Sources sources) {
    this.core = core;
    this.clock = clock;
    this.settings = sources.settings();
    this.presence = sources.presence();
    this.rules = sources.shared().map(x -> new Rules<>(x, PLACES, Access::of, sources.canonical(), sources.identities()));
    rules.ifPresent(r -> r.onChange(user -> changes.incrementAndGet()));
  }

  /// Counts the changes of anybody's rules: while it stays, nobody who was let through is blocked.
  public long changes() {
    return changes.get();
  }

  /// Whether the rules of the recipient keep a message away that comes in a session, whatever they were when it began. May block.
  public boolean isBlocked(Envelope message) {
    return core.mayUseIm(message.to())
        && access(Facts.Mode.SESSION, message.to(), message).isBlocked() && message.kind() == Envelope.Kind.MESSAGE;
  }

  /// The facts of a message on one leg of the served user.
  public Facts of(Leg leg, Facts.Mode mode, AddressOfRecord served, Envelope message) {
    boolean mayUseIm = core.mayUseIm(served);
    if (leg == Leg.ORIGINATING || message.kind() != Envelope.Kind.MESSAGE) {
      return new Facts(leg, mayUseIm, mode, UserSettings.DEFAULT, Access.OPEN, Optional.empty());
    }
    return new Facts(leg, mayUseIm, mode, settings.of(served), access(mode, served, message), presence.isOpenForIm(served));
  }

  /// What the rules of a user say of who sends him this.
  private Access access(Facts.Mode mode, AddressOfRecord served, Envelope message) {
    if (rules.isEmpty() || message.from().equals(served)) {
      return Access.OPEN; // nobody keeps himself away
    }
    boolean anonymous = AnonymityNotAllowed.isAnonymous(message);
    return rules.get().effects(served, message.from(), anonymous, mode.media(), SERVICE, clock.now()).map(Access::combined).orElse(Access.OPEN);
  }

  /// Whether what waits for a user is not pushed now though devices of his are there: he bars it, wants to ask for it, or is closed for messages.
  public boolean holdsBack(AddressOfRecord user) {
    return settings.of(user).holdsBack() || !presence.isOpenForIm(user).orElse(true);
  }

  /// Whether others may see that the user can be reached, as far as the IM Server knows (OMA-TS-SIMPLE_IM appendix H): a device is registered, he bars
  /// nothing and is visible.
  public boolean isOpen(AddressOfRecord user) {
    UserSettings s = settings.of(user);
    return s.visible() && !s.incomingBarring() && core.devices(user).stream().anyMatch(d -> d.registered());
  }

  /// The identities of some user are others.
  public void identitiesChanged() {
    rules.ifPresent(Rules::forgetAll);
    changes.incrementAndGet();
  }

  @Override
  public void close() {
    rules.ifPresent(Rules::close);
  }
}
