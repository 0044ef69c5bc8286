// What is known of one message or notification on its way to one user.
package tucket.app.simulate;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tucket.protocol.cpim.Disposition;

/// The ledger's page about it; a system message has a page for each of its recipients. Devices are known by their instance.
final class Letter {
  /// Who makes it.
  enum Kind {
    MESSAGE,
    NOTIFICATION,
    SYSTEM,
    /// A notification that the server makes when a message expires.
    SERVER
  }

  final Kind kind;
  final String id;
  final String from;
  final String lane;
  final String to;
  final int number;
  final String dateTime;
  final List<Disposition> wanted;
  final String content;
  /// The message that a notification is about.
  final String about;

  /// The devices that have it, in that order.
  final Set<String> shown = new LinkedHashSet<>();
  /// The devices that refused it for good.
  final Set<String> refused = new LinkedHashSet<>();
  /// How often in all each device has answered 500.
  final Map<String, Integer> errors = new LinkedHashMap<>();
  /// The devices whose acknowledgement is durable.
  final Set<String> settled = new LinkedHashSet<>();
  boolean acknowledged;
  boolean stored;
  boolean expired;
  /// Whether it waited while its recipient had his pager messages kept.
  boolean kept;
  /// When its deletion by its recipient became durable; 0 where it has not.
  long deletedAt;
  /// When it became durable in the queue.
  long storedAt;
  boolean given;
  /// Whether its sender has tried it in a session.
  boolean inSession;
  /// When its sender last tried, in nanoseconds of the simulation.
  long triedAt;
  /// When the acknowledgement of each device became durable.
  final Map<String, Long> settledAt = new LinkedHashMap<>();
  /// The devices that it was stored for.
  final Set<String> awaited = new LinkedHashSet<>();

  Letter(Kind kind, String id, String from, String lane, String to, int number, String dateTime, List<Disposition> wanted, String content,
      String about) {
    this.kind = kind;
    this.id = id;
    this.from = from;
    this.lane = lane;
    this.to = to;
    this.number = number;
    this.dateTime = dateTime;
    this.wanted = List.copyOf(wanted);
    this.content = content;
    this.about = about;
  }

  boolean isNotification() {
    return kind == Kind.NOTIFICATION || kind == Kind.SERVER;
  }

  @Override
  public String toString() {
    return kind + " " + id + " from " + from + " to " + to + (number > 0 ? " no. " + number : "");
  }
}
