// What a rule says of a message.
package tucket.server.im.policy;

/// A value, never an exception; it becomes a SIP status in one place.
public sealed interface Verdict {
  Verdict ALLOW = new Allow();

  /// It may go on.
  record Allow() implements Verdict {}

  /// It is not accepted. `reason` is the reason phrase; `warning` the text of the Warning header, which begins with the three digits that
  /// terminals act on, or is empty.
  record Refuse(int status, String reason, String warning) implements Verdict {}

  /// It is accepted for later: the deferred function keeps it, however reachable the user is.
  record Defer() implements Verdict {}

  /// It may go on, but is not to be kept: where it can't be delivered at once, it is refused.
  record AtOnce() implements Verdict {}
}
