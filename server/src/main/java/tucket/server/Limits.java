// Every bound of the server in one file.
package tucket.server;

import java.time.Duration;

/// What the server holds at most. A full one answers 503 with Retry-After (SIP), stops reading (TCP), and never grows. All of them can be
/// set under `limits` in the configuration.
///
/// @param messageBytes the largest body of a MESSAGE, as it arrives
/// @param inflatedBytes the largest body after its content encoding is undone
/// @param queueMessagesPerUser deferred messages and notifications of one user
/// @param queueBytesPerUser their bytes
/// @param devicesPerUser devices of one user that are registered at the same time
/// @param devicesRememberedPerUser lasting devices of one user that are known, registered or not
/// @param registrationsTotal users with a live registration in memory
/// @param subscriptionsTotal event subscriptions of everybody
/// @param subscriptionsPerUser event subscriptions of one subscriber
/// @param aliasesPerUser further identities of one user
/// @param requestsInFlightPerUser requests of one sender that are being handled
/// @param requestsPerSecondPerUser requests that one sender may send a second over time, twice that after a pause; 0 for any number
/// @param requestsInFlightTotal requests of everybody that are being handled
/// @param failuresRemembered pairs of user and address whose wrong passwords are counted
/// @param traceEventsInMemory trace events that are kept in memory
/// @param requestTimeout how long a request may take until its final response; a SIP client gives up after 32 s (RFC 3261 timer F)
/// @param pushTimeout how long a device may be silent before it counts as unreachable
/// @param settle how long the other devices of a user are waited for once one of them has a message
/// @param registrationMin the shortest registration (423 below it)
/// @param registrationMax the longest registration (what is asked beyond it is cut)
/// @param subscriptionMin the shortest subscription (423 below it)
/// @param subscriptionMax the longest subscription
/// @param deviceRemembered how long a lasting device is remembered after its last registration ended
public record Limits(
    int messageBytes,
    int inflatedBytes,
    int queueMessagesPerUser,
    long queueBytesPerUser,
    int devicesPerUser,
    int devicesRememberedPerUser,
    int registrationsTotal,
    int subscriptionsTotal,
    int subscriptionsPerUser,
    int aliasesPerUser,
    int requestsInFlightPerUser,
    int requestsPerSecondPerUser,
    int requestsInFlightTotal,
    int failuresRemembered,
    int traceEventsInMemory,
    Duration requestTimeout,
    Duration pushTimeout,
    Duration settle,
    Duration registrationMin,
    Duration registrationMax,
    Duration subscriptionMin,
    Duration subscriptionMax,
    Duration deviceRemembered) {

  /// Publications of one user in one event package; one more is answered 503.
  public static final int PUBLICATIONS_PER_USER = 20;
  /// Publications of everybody.
  public static final int PUBLICATIONS_TOTAL = 400_000;
  /// The largest body of a PUBLISH, also after its encoding is undone.
  public static final int PUBLICATION_BYTES = 64 * 1024;
  /// Names in all compiled rules that are kept in memory; beyond it all are forgotten and compiled again as they are needed.
  public static final int RULE_NAMES_IN_MEMORY = 4_000_000;
  /// Users that one list leads to, with all lists that it refers to.
  public static final int LIST_ENTRIES = 50_000;
  /// Recipients of one MESSAGE to a list; more are answered 486.
  public static final int RECIPIENTS_PER_MESSAGE = 200;

  public static final Limits DEFAULT =
      new Limits(
          64 * 1024,
          1024 * 1024,
          10_000,
          64L * 1024 * 1024,
          10,
          10,
          200_000,
          200_000,
          50,
          20,
          64,
          2_000,
          20_000,
          100_000,
          200_000,
          Duration.ofSeconds(28),
          Duration.ofSeconds(12),
          Duration.ofMillis(500),
          Duration.ofSeconds(60),
          Duration.ofDays(7),
          Duration.ofSeconds(60),
          Duration.ofDays(1),
          Duration.ofDays(30));
}
