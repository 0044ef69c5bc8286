// What the operator sets for the IM Server.
package tucket.server.im.settings;

import java.time.Duration;
import java.util.List;

/// `domain` is ours; it is also the host named in Warning headers. `messageLife` is the longest time that anything is kept for a user.
/// `devices` says whom a stored message waits for. `acceptedTypes` are the content types that users may send, as `type/subtype` or
/// `type/*`; an empty list means all. `pushParallel` bounds the devices that are pushed to at the same time.
/// `deferral` says whether this server performs the Deferred Messaging Function, `mediaPath` whether its participating functions put themselves
/// into the path of MSRP (OMA AD SIMPLE IM sections 5.3.2.1.3 and 5.3.2.3.2). `sessions` is about
/// session mode, `anonymity` says whether senders may hide who they are.
public record ImSettings(
    String domain,
    Duration messageLife,
    AwaitedDevices devices,
    Rewrite rewrite,
    List<String> acceptedTypes,
    int pushParallel,
    Duration traceRetention,
    Duration chargingRetention,
    boolean deferral,
    boolean mediaPath,
    SessionSettings sessions,
    Anonymity anonymity) {

  /// Which devices of a user a message is kept for while they do not have it.
  public enum AwaitedDevices {
    /// Every device the Core remembers, also one that is gone for now: each gets every message.
    KNOWN,
    /// Only those that were registered when the message came; where none was, the first one that comes.
    REGISTERED
  }

  /// Whether a message may come without its sender's identity.
  public enum Anonymity {
    /// As in RCS.
    NEVER,
    /// Where a rule of the recipient for anonymous requests allows it; in pager mode only.
    BY_RULES
  }

  /// What happens to the CPIM wrapper on its way out.
  public enum Rewrite {
    /// Written so that every known client reads it.
    CANONICAL,
    /// Left as it arrived.
    VERBATIM
  }

  public ImSettings {
    acceptedTypes = List.copyOf(acceptedTypes);
  }

  /// With the defaults for sessions.
  public ImSettings(String domain, Duration messageLife, AwaitedDevices devices, Rewrite rewrite, List<String> acceptedTypes, int pushParallel,
      Duration traceRetention, Duration chargingRetention, boolean deferral, boolean mediaPath) {
    this(domain, messageLife, devices, rewrite, acceptedTypes, pushParallel, traceRetention, chargingRetention, deferral, mediaPath,
        SessionSettings.DEFAULT, Anonymity.NEVER);
  }

  /// The defaults for a domain: 30 days, known devices, canonical, all types.
  public static ImSettings of(String domain) {
    return new ImSettings(
        domain, Duration.ofDays(30), AwaitedDevices.KNOWN, Rewrite.CANONICAL, List.of(), 4096, Duration.ofDays(7), Duration.ofDays(90), true,
        true);
  }

  public ImSettings withMessageLife(Duration life) {
    return new ImSettings(domain, life, devices, rewrite, acceptedTypes, pushParallel, traceRetention, chargingRetention,
        deferral, mediaPath, sessions, anonymity);
  }

  public ImSettings withDevices(AwaitedDevices to) {
    return new ImSettings(domain, messageLife, to, rewrite, acceptedTypes, pushParallel, traceRetention, chargingRetention,
        deferral, mediaPath, sessions, anonymity);
  }

  public ImSettings withRewrite(Rewrite to) {
    return new ImSettings(domain, messageLife, devices, to, acceptedTypes, pushParallel, traceRetention, chargingRetention,
        deferral, mediaPath, sessions, anonymity);
  }

  public ImSettings withDeferral(boolean to) {
    return new ImSettings(domain, messageLife, devices, rewrite, acceptedTypes, pushParallel, traceRetention, chargingRetention,
        to, mediaPath, sessions, anonymity);
  }

  public ImSettings withMediaPath(boolean to) {
    return new ImSettings(domain, messageLife, devices, rewrite, acceptedTypes, pushParallel, traceRetention, chargingRetention,
        deferral, to, sessions, anonymity);
  }

  public ImSettings withAcceptedTypes(List<String> to) {
    return new ImSettings(domain, messageLife, devices, rewrite, to, pushParallel, traceRetention, chargingRetention,
        deferral, mediaPath, sessions, anonymity);
  }

  public ImSettings withSessions(SessionSettings to) {
    return new ImSettings(domain, messageLife, devices, rewrite, acceptedTypes, pushParallel, traceRetention, chargingRetention,
        deferral, mediaPath, to, anonymity);
  }

  public ImSettings withAnonymity(Anonymity to) {
    return new ImSettings(domain, messageLife, devices, rewrite, acceptedTypes, pushParallel, traceRetention, chargingRetention,
        deferral, mediaPath, sessions, to);
  }
}
