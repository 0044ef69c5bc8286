// What the load generator is to do.
package tucket.app.load;

import java.time.Duration;
import tucket.transport.Endpoint;

/// The users are `prefix000000`, `prefix000001` ... The first `senders` of them send and have one device; the others receive and have
/// `devices`. Of the receivers the last `offline` percent are not registered while messages are sent, and get that share of them.
///
/// @param target the server
/// @param domain of the users' addresses
/// @param prefix of the users' names
/// @param password of each user, `{user}` stands for the name; only used where the server asks for it
/// @param users how many there are, senders included
/// @param senders how many send
/// @param devices of a receiver
/// @param window how many messages are in flight at most
/// @param rate messages a second; 0 sends the next one as soon as one is answered
/// @param offline percent of the messages that go to receivers who are not there
/// @param size of a message's CPIM body in bytes
/// @param notifies whether receivers answer with a delivered notification (RFC 5438)
/// @param connections TCP and TLS connections, or UDP sockets, that the devices share
/// @param patience how long a request is waited for, and how long at the end what was acknowledged may take to arrive
public record LoadPlan(
    Endpoint target,
    String domain,
    String prefix,
    String password,
    int users,
    int senders,
    int devices,
    int window,
    double rate,
    int offline,
    int size,
    boolean notifies,
    int connections,
    Duration patience) {
  /// The smallest body that has room for the CPIM headers.
  public static final int SMALLEST = 500;

  public LoadPlan {
    check(users >= 2 && users <= 1_000_000, "users must be 2 to 1000000");
    check(senders >= 1 && senders < users, "there must be a sender and a receiver");
    check(devices >= 1 && devices <= 16, "devices must be 1 to 16");
    check(window >= 1 && window <= 100_000, "window must be 1 to 100000");
    check(rate >= 0 && rate <= 10_000_000, "rate must be 0 to 10000000");
    check(offline >= 0 && offline <= 100, "offline must be 0 to 100 percent");
    check(size >= SMALLEST && size <= 60_000, "size must be " + SMALLEST + " to 60000 bytes");
    check(connections >= 1 && connections <= 60_000, "connections must be 1 to 60000");
    check(prefix.matches("[a-z][a-z0-9]{0,15}"), "the prefix must be a lower-case letter, then letters and digits, 16 at most");
  }

  private static void check(boolean good, String otherwise) {
    if (!good) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /// A plan against `target`: 40 users of whom 20 send, 32 in flight, 1100 bytes, everybody there.
  public static LoadPlan of(Endpoint target, String domain) {
    return new LoadPlan(target, domain, "load", "{user}-lab", 40, 20, 1, 32, 0, 0, 1100, false, 16, Duration.ofSeconds(10));
  }

  public LoadPlan withTarget(Endpoint server) {
    return new LoadPlan(
        server, domain, prefix, password, users, senders, devices, window, rate, offline, size, notifies, connections, patience);
  }

  public LoadPlan withUsers(int all, int sending) {
    return new LoadPlan(
        target, domain, prefix, password, all, sending, devices, window, rate, offline, size, notifies, connections, patience);
  }

  public LoadPlan withDevices(int count) {
    return new LoadPlan(
        target, domain, prefix, password, users, senders, count, window, rate, offline, size, notifies, connections, patience);
  }

  /// `messagesASecond` 0: as fast as the window lets it.
  public LoadPlan withPace(int inFlight, double messagesASecond) {
    return new LoadPlan(
        target, domain, prefix, password, users, senders, devices, inFlight, messagesASecond, offline, size, notifies, connections,
        patience);
  }

  public LoadPlan withOffline(int percent) {
    return new LoadPlan(
        target, domain, prefix, password, users, senders, devices, window, rate, percent, size, notifies, connections, patience);
  }

  public LoadPlan withNotifications(boolean on) {
    return new LoadPlan(
        target, domain, prefix, password, users, senders, devices, window, rate, offline, size, on, connections, patience);
  }

  public LoadPlan withConnections(int count) {
    return new LoadPlan(
        target, domain, prefix, password, users, senders, devices, window, rate, offline, size, notifies, count, patience);
  }

  public LoadPlan withNames(String newPrefix, String newPassword) {
    return new LoadPlan(
        target, domain, newPrefix, newPassword, users, senders, devices, window, rate, offline, size, notifies, connections, patience);
  }

  public LoadPlan withSize(int bytes) {
    return new LoadPlan(
        target, domain, prefix, password, users, senders, devices, window, rate, offline, bytes, notifies, connections, patience);
  }

  public LoadPlan withPatience(Duration time) {
    return new LoadPlan(
        target, domain, prefix, password, users, senders, devices, window, rate, offline, size, notifies, connections, time);
  }

  /// The first users after the senders; the others are away.
  int onlineReceivers() {
    int receivers = users - senders;
    if (offline == 0 || offline == 100) {
      return offline == 0 ? receivers : 0;
    }
    return Math.clamp(receivers - (long) receivers * offline / 100, 1, Math.max(1, receivers - 1));
  }

  int offlineReceivers() {
    return users - senders - onlineReceivers();
  }

  /// The name of a user.
  public String user(int index) {
    return prefix + String.format("%06d", index);
  }

  /// The password of a user.
  public String password(int index) {
    return password.replace("{user}", user(index));
  }

  int devicesOf(int user) {
    return user < senders ? 1 : devices;
  }
}
