// One contact of a user: where a device can be reached, until when.
package tucket.server.core;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.FeatureSet;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipUri;
import tucket.server.reference.DeviceId;
import tucket.transport.Endpoint;
import tucket.transport.Flow;

/// A binding of RFC 3261 section 10, with what RFC 3327 and RFC 5626 add. Immutable.
///
/// @param device the instance, or the contact URI of a device that names none
/// @param lasting whether the device named its instance
/// @param regId the flow of an outbound registration (RFC 5626 section 4.2); 0 where there is none
/// @param contact as the device wrote it, without `expires`
/// @param q its preference in thousandths
/// @param path the Path values, the nearest hop first (RFC 3327)
/// @param epoch stays the same while the Call-ID does; ties temporary GRUUs to it (RFC 5627 section 3.1)
/// @param since when it was first registered
/// @param expires when it ends; in the past for a lasting device that is only remembered
/// @param agent the User-Agent header, or empty text
/// @param source where the REGISTER came from, when that was the device itself and not a proxy
/// @param nated whether the contact's host is not the address it came from, so that only `source` leads back
/// @param link what is known only while this process lives
public record Binding(
    DeviceId device,
    boolean lasting,
    int regId,
    NameAddr contact,
    int q,
    List<String> path,
    String callId,
    long cseq,
    String epoch,
    Instant since,
    Instant expires,
    String agent,
    Optional<Endpoint> source,
    boolean nated,
    Link link) {

  /// @param flow the flow of the REGISTER, when it came straight from the device
  /// @param credentials the epoch of the credentials that were proved over it
  /// @param untilNanos the end of the binding on the monotonic clock
  /// @param over whether its end has been told already
  public record Link(Optional<Flow> flow, long credentials, long untilNanos, boolean over) {
    /// One that is in force.
    static Link of(Optional<Flow> flow, long credentials, long untilNanos) {
      return new Link(flow, credentials, untilNanos, false);
    }

    Link withoutFlow() {
      return new Link(Optional.empty(), 0, untilNanos, over);
    }
  }

  public Binding {
    path = List.copyOf(path);
  }

  /// Whether it is reached only over its flow (RFC 5626).
  public boolean outbound() {
    return regId > 0;
  }

  public FeatureSet features() {
    return FeatureSet.of(contact);
  }

  boolean sameAs(Binding other) {
    return device.equals(other.device) && regId == other.regId;
  }

  /// Whether it is in force: not over, and where it hangs on a connection, that is open.
  boolean isLive(long nowNanos) {
    return !link.over && link.untilNanos - nowNanos > 0 && !(outbound() && onStream() && !link.flow.map(Flow::isOpen).orElse(false));
  }

  boolean onStream() {
    return source.map(s -> s.protocol().reliable()).orElse(false);
  }

  /// Whether it is reached over TLS: as it came, or behind a proxy as its contact says.
  boolean isSecure() {
    return source.map(s -> s.protocol().secure())
        .orElseGet(() -> contact.uri() instanceof SipUri uri && (uri.secure() || uri.transport().filter("tls"::equalsIgnoreCase).isPresent()));
  }

  Binding endedAt(Instant when, long nowNanos) {
    return new Binding(device, lasting, regId, contact, q, path, callId, cseq, epoch, since, when, agent, source, nated,
        new Link(Optional.empty(), 0, nowNanos, true));
  }

  Binding linked(Link to) {
    return new Binding(device, lasting, regId, contact, q, path, callId, cseq, epoch, since, expires, agent, source, nated, to);
  }
}
