// What all people of one crash test share.
package tucket.app.torture;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tucket.client.Account;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;

/// `sessions`: messages go in sessions, and the devices are RCS-e terminals. `life` counts the starts of all servers. `steady` is set for the end: everybody
/// is there and behaves. Thread-safe.
final class Stage {
  static final String DOMAIN = "torture.example";
  /// No longer than a device of the test may be silent: a request that got no answer is sent again.
  static final Duration PATIENCE = Duration.ofSeconds(5);

  final World world;
  final Ledger ledger = new Ledger();
  final boolean sessions;
  final AtomicInteger life = new AtomicInteger();
  private final List<Home> homes;
  private final AtomicInteger busy = new AtomicInteger();
  private volatile boolean steady;
  private volatile boolean over;

  Stage(World world, List<Home> homes, boolean sessions) {
    this.world = world;
    this.homes = List.copyOf(homes);
    this.sessions = sessions;
  }

  /// Where that person is at home: of two domains, each has every other letter of the alphabet.
  Home home(String person) {
    return homes.get(person.charAt(0) % homes.size());
  }

  SipUri address(String person) {
    return home(person).address(person);
  }

  Account account(String person) {
    return new Account(address(person), person, password(person));
  }

  static String password(String person) {
    return person + "-secret";
  }

  /// Where a terminal of that person is reached.
  static SipUri contact(String person, Endpoint local) {
    SipUri contact = SipUri.of(person, local.host()).withHostPort(local.host(), local.port());
    return local.protocol() == Protocol.TCP ? contact.withParam("transport", "tcp") : contact;
  }

  String dateTime() {
    return world.clock().now().toString();
  }

  void pause(long millis) {
    world.clock().sleep(Duration.ofMillis(millis));
  }

  boolean isSteady() {
    return steady;
  }

  void steady() {
    steady = true;
  }

  boolean isOver() {
    return over;
  }

  void over() {
    over = true;
  }

  /// Starts a thread of somebody's that must have come to its end before the books are closed.
  void start(String name, Runnable body) {
    busy.incrementAndGet();
    world.threads().start(name, () -> {
      try {
        body.run();
      } finally {
        busy.decrementAndGet();
      }
    });
  }

  /// How many such threads run.
  int busy() {
    return busy.get();
  }
}
