// One run: users and faults drawn from a seed act on the server, then everything is healed and judged.
package tucket.app.simulate;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import tucket.transport.Protocol;
import tucket.transport.simulated.EventLog;
import tucket.transport.simulated.SimulatedNetwork;
import tucket.transport.simulated.Simulator;
import tucket.transport.simulated.Weather;

/// For one thread, which simulates. Two runs with the same seed and number of steps are the same.
public final class Simulation {
  private static final Duration DRAIN = Duration.ofHours(3);

  /// In which the last session ends, of those that their phones have forgotten too: MSRP waits five minutes.
  private static final Duration REST = Duration.ofMinutes(13);

  private final Simulator simulator;
  private final SimulatedNetwork network;
  private final Ledger ledger;
  private final Random random;
  private final Plan plan;
  private final Site site;
  private final List<String> users = new ArrayList<>();
  private final List<Phone> phones = new ArrayList<>();
  private final Set<String> branches = new LinkedHashSet<>();
  private final Map<String, String> lastChunks = new LinkedHashMap<>();
  private final Map<String, Phone> byAddress = new LinkedHashMap<>();
  private final int steps;
  private int nextAddress = 1;

  /// What a run came to. `foreignWakeups` over zero means that something outside the simulation had a hand in it, last that thread.
  public record Result(long hash, long steps, int foreignWakeups, String foreignThread, Optional<Broken> broken, Map<String, Integer> figures, EventLog log) {}

  /// `steps` is the number of things that users, operators and fate do.
  public Simulation(long seed, int steps, Sabotage sabotage) {
    this(seed, steps, sabotage, OptionalInt.empty());
  }

  /// The same with so many of a hundred phones that have sessions, where it is given.
  public Simulation(long seed, int steps, Sabotage sabotage, OptionalInt sessions) {
    this.steps = steps;
    simulator = new Simulator(seed);
    network = new SimulatedNetwork(simulator);
    ledger = new Ledger(simulator);
    random = simulator.random();
    plan = Plan.of(random, sessions);
    site = new Site(simulator, network, ledger, plan, sabotage);
    network.tap(this::seen);
    List<String> names = List.of("alice", "bob", "carol", "dave");
    for (int i = 0; i < plan.users(); i++) {
      String user = site.user(names.get(i));
      users.add(user);
      int devices = 1 + random.nextInt(plan.devices());
      for (int d = 1; d <= devices; d++) {
        phone(user, names.get(i) + d);
      }
    }
  }

  private void phone(String user, String name) {
    Protocol protocol = random.nextInt(3) == 0 ? Protocol.TCP : Protocol.UDP;
    InetAddress address = freshAddress();
    Phone phone = new Phone(simulator, site, ledger, network.machine(name, address), new Phone.Make(user, name, protocol, random.nextBoolean(), calls()));
    phone.life(Duration.ofSeconds(60 + random.nextInt(1200)));
    phones.add(phone);
    byAddress.put(address.getHostAddress(), phone);
  }

  private Phone.Calls calls() {
    int kind = random.nextInt(3);
    return random.nextInt(100) >= plan.sessions() ? Phone.Calls.NONE
        : List.of(Phone.Calls.ALSO, Phone.Calls.ONLY, Phone.Calls.REFUSES).get(kind);
  }

  private InetAddress freshAddress() {
    int n = nextAddress++;
    return InetAddress.ofLiteral("10.0." + (1 + n / 250) + "." + (1 + n % 250));
  }

  /// Runs to the end, or to the first broken law.
  public Result run() {
    network.weather(plan.weather(random));
    site.start();
    phones.forEach(p -> {
      if (random.nextInt(3) > 0) {
        p.start();
      }
    });
    Faults faults = new Faults(this);
    for (int i = 0; i < steps && ledger.broken().isEmpty(); i++) {
      faults.next();
      pass(gap());
    }
    if (ledger.broken().isEmpty()) {
      heal();
      judge();
    }
    return new Result(simulator.log().hash(), simulator.steps(), simulator.foreignWakeups(), simulator.foreignThread(), ledger.broken(),
        ledger.figures(), simulator.log());
  }

  private Duration gap() {
    return switch (random.nextInt(20)) {
      case 0 -> Duration.ofMinutes(random.nextInt(30));
      case 1, 2, 3 -> Duration.ofSeconds(random.nextInt(60));
      case 4, 5, 6, 7, 8 -> Duration.ofMillis(random.nextInt(3000));
      default -> Duration.ofMillis(random.nextInt(100));
    };
  }

  private void pass(Duration span) {
    boolean unused = simulator.run(span, () -> ledger.broken().isPresent());
    simulator.faults().stream().findFirst().ifPresent(f -> ledger.broken(Law.LIVES_ON, "", f));
  }

  /// Everything works again, and everybody comes back; then there is time for all to settle.
  private void heal() {
    simulator.note("all is well again");
    network.weather(Weather.CLEAR);
    site.disk().full(false);
    site.disk().slow(false);
    site.machine().dark(false);
    if (site.server().isEmpty()) {
      site.start();
    }
    users.forEach(u -> site.keep(u, false));
    for (Phone p : phones) {
      p.machine().dark(false);
      p.mood(Phone.Mood.WELL);
      p.register(true);
      if (p.machine().process().isEmpty()) {
        p.start();
      }
    }
    boolean calm = simulator.run(DRAIN, () -> ledger.broken().isPresent() || isCalm());
    if (!calm) {
      phones.stream().filter(p -> p.unsent() > 0).findFirst().ifPresentOrElse(
          p -> ledger.broken(Law.SETTLES, "", p.name() + " can't get rid of " + p.unsent() + " letters"),
          () -> phones.stream().filter(p -> !p.isRegistered()).findFirst()
              .ifPresent(p -> ledger.broken(Law.SETTLES, "", p.name() + " can't register")));
    }
    pass(plan.sessions() == 0 ? Duration.ofMinutes(3) : REST);
  }

  private boolean isCalm() {
    return phones.stream().allMatch(p -> p.unsent() == 0 && p.isRegistered()) && users.stream().allMatch(u -> stuck(u).isEmpty());
  }

  /// A letter that waits for a registered device which would take it.
  private Optional<String> stuck(String user) {
    for (var ready : site.watch().waiting(user)) {
      Letter letter = ledger.letter(ready.waiting().messageId(), user).orElse(null);
      for (Phone p : phones) {
        var state = ready.waiting().state();
        boolean settled = state.acknowledged().stream().anyMatch(d -> d.value().equals(p.instance()))
            || state.rejected().stream().anyMatch(d -> d.value().equals(p.instance()));
        boolean due = state.acknowledged().isEmpty() || state.awaited().isEmpty()
            || state.awaited().stream().anyMatch(a -> a.id().value().equals(p.instance()));
        if (p.user().equals(user) && !settled && due && p.isRegistered()) {
          return Optional.of((letter == null ? ready.waiting().messageId() : letter.id) + " for " + p.name());
        }
      }
    }
    return Optional.empty();
  }

  private void judge() {
    for (Letter letter : ledger.letters()) {
      boolean refused = phones.stream().filter(p -> p.user().equals(letter.to)).allMatch(p -> QueueWatch.isRefused(letter, p.instance()));
      boolean consumed = letter.isNotification() && !letter.refused.isEmpty();
      if (letter.acknowledged && letter.shown.isEmpty() && !letter.expired && letter.deletedAt == 0 && !refused && !consumed) {
        ledger.broken(Law.NOTHING_LOST, letter.id, letter + " was acknowledged and has not arrived");
      }
    }
    for (String user : users) {
      stuck(user).ifPresent(what -> ledger.broken(Law.NOT_STUCK, what.substring(0, what.indexOf(' ')), what + " waits though it is registered"));
    }
    site.server().ifPresent(s -> {
      if (s.counters().pending() > 0) {
        ledger.broken(Law.SETTLES, "", s.counters().pending() + " requests are still pending in the server");
      }
      List<String> media = network.connections(SimulatedServer.MSRP_PORT);
      if (s.sessions() + media.size() > 0) {
        ledger.broken(Law.SETTLES, "", s.sessions() + " dialogs and MSRP sessions of the server are left, and the connections " + media);
      }
    });
  }

  // ---- what the packets say

  private void seen(SimulatedNetwork.Packet packet) {
    String text = new String(packet.data(), StandardCharsets.UTF_8);
    boolean ours = packet.from().machine() == site.machine();
    boolean carries = text.startsWith("MESSAGE ") || text.startsWith("INVITE ");
    if (ours && text.startsWith("SIP/2.0 2") && field(text, "CSeq:").matches("[0-9]+ (MESSAGE|INVITE)")) {
      ledger.answered(field(text, "Call-ID:"));
    } else if (ours && carries && branches.add(field(text, "Via:"))) {
      pushed(packet, text);
    } else if (!ours && carries) {
      ledger.sent(field(text, "Call-ID:"));
    } else if (text.startsWith("MSRP ")) {
      chunk(packet, text, ours);
    }
  }

  private void pushed(SimulatedNetwork.Packet packet, String text) {
    Phone phone = byAddress.get(packet.destination().getAddress().getHostAddress());
    if (phone != null) {
      ledger.pushed(field(text, "imdn.Message-ID:"), phone.user(), phone.instance());
    }
  }

  /// A frame of MSRP, which is written at once. The last chunk of a message is the one whose answer counts.
  private void chunk(SimulatedNetwork.Packet packet, String text, boolean ours) {
    List<String> start = List.of(text.substring(0, text.indexOf('\r')).split(" "));
    String transaction = start.get(1);
    String message = field(text, "Message-ID:");
    if (!ours && start.get(2).equals("SEND")) {
      ledger.sent(message);
      if (text.stripTrailing().endsWith("-------" + transaction + "$")) {
        lastChunks.put(transaction, message);
      }
    } else if (ours && start.get(2).equals("SEND")) {
      pushed(packet, text);
    } else if (ours && start.get(2).equals("200")) {
      Optional.ofNullable(lastChunks.get(transaction)).ifPresent(ledger::answered);
    } else if (ours && start.get(2).equals("REPORT") && field(text, "Status:").endsWith(" 200")) {
      ledger.answered(message);
    }
  }

  private static String field(String text, String name) {
    int at = text.indexOf("\n" + name);
    int end = at < 0 ? -1 : text.indexOf('\r', at);
    return end < 0 ? "" : text.substring(at + 1 + name.length(), end).strip();
  }

  // ---- for Faults

  Random random() {
    return random;
  }

  Plan plan() {
    return plan;
  }

  Site site() {
    return site;
  }

  SimulatedNetwork network() {
    return network;
  }

  Simulator simulator() {
    return simulator;
  }

  Ledger ledger() {
    return ledger;
  }

  List<String> users() {
    return users;
  }

  Phone anyPhone() {
    return phones.get(random.nextInt(phones.size()));
  }

  void move(Phone phone) {
    InetAddress address = freshAddress();
    byAddress.put(address.getHostAddress(), phone);
    phone.machine().move(address);
  }
}
