// What the operator sets for sessions.
package tucket.server.im.settings;

import java.time.Duration;

/// `ringing` is how long a device may ring before the session counts as not answered, `grace` how long a `delivered` notification may lag
/// behind the refusal of the INVITE that carried the message, `linger` how long a push session stays open behind its last message.
/// `messageBytes` is the largest message over MSRP.
public record SessionSettings(Duration ringing, Duration grace, Duration linger, int messageBytes) {
  public static final SessionSettings DEFAULT =
      new SessionSettings(Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofSeconds(10), 1024 * 1024);
}
