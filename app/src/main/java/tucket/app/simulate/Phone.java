// A device of a user: registers, sends in order and again until it is answered, takes what comes, and reports it.
package tucket.app.simulate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.transport.Protocol;
import tucket.transport.simulated.Machine;
import tucket.transport.simulated.Simulator;

/// The program on it may be killed and started; what it has shown and what it has still to send it remembers. For the simulating thread and
/// the threads in the simulation.
final class Phone {
  /// How it answers what is handed to it.
  enum Mood {
    /// 200 at once.
    WELL,
    /// Shows it, and answers 200 after some seconds.
    SLOW,
    /// Says nothing.
    SILENT,
    /// Shows it and says nothing.
    MUTE,
    /// 480, 486 or 404.
    AWAY,
    /// 500 or 503.
    FAILING,
    /// 415 or 403 to some messages, for good.
    PICKY
  }

  /// What a reply in a session may be in place of a status: the connection is gone.
  static final int HANGS_UP = -1;

  /// What it does with sessions.
  enum Calls {
    /// It knows none.
    NONE,
    /// It has sessions and takes MESSAGE too; what waits is brought to it in sessions.
    ALSO,
    /// It has sessions and answers 403 to a message by MESSAGE, as RCS-e terminals do.
    ONLY,
    /// The same, but it does not tell by its registration.
    REFUSES
  }

  /// What brings a message.
  enum By {
    MESSAGE,
    INVITE,
    SEND
  }

  private final Simulator simulator;
  private final Site site;
  private final Ledger ledger;
  private final Machine machine;
  private final String user;
  private final String name;
  private final String instance;
  private final Protocol protocol;
  private final boolean outbound;
  private final Calls calls;
  private final Set<String> seen = new HashSet<>();
  private final Set<String> unwanted = new HashSet<>();
  private final Map<String, Deque<Letter>> outbox = new LinkedHashMap<>();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private Mood mood = Mood.WELL;
  private boolean wanted = true;
  private Duration life = Duration.ofMinutes(10);
  private @Nullable PhoneProgram program;

  /// What is fixed of a phone.
  record Make(String user, String name, Protocol protocol, boolean outbound, Calls calls) {}

  Phone(Simulator simulator, Site site, Ledger ledger, Machine machine, Make make) {
    this.simulator = simulator;
    this.site = site;
    this.ledger = ledger;
    this.machine = machine;
    this.user = make.user();
    this.name = make.name();
    this.protocol = make.protocol();
    this.outbound = make.outbound();
    this.calls = make.calls();
    this.instance = "urn:uuid:00000000-0000-4000-8000-" + String.format("%012x", name.hashCode() & 0xffffffffL);
  }

  String user() {
    return user;
  }

  String name() {
    return name;
  }

  String instance() {
    return instance;
  }

  Protocol protocol() {
    return protocol;
  }

  boolean outbound() {
    return outbound;
  }

  Calls calls() {
    return calls;
  }

  Machine machine() {
    return machine;
  }

  Site site() {
    return site;
  }

  Ledger ledger() {
    return ledger;
  }

  Random random() {
    return simulator.random();
  }

  void mood(Mood next) {
    mood = next;
    simulator.note(name + " is " + next);
  }

  /// Whether it wants to be registered.
  boolean wanted() {
    return wanted;
  }

  Duration life() {
    return life;
  }

  void life(Duration next) {
    life = next;
  }

  /// Whether it runs and is registered as far as it knows.
  boolean isRegistered() {
    return program != null && machine.process().isPresent() && program.isRegistered();
  }

  /// Starts its program, which registers where that is wanted.
  void start() {
    program = new PhoneProgram(this, machine.start());
    program.run();
    outbox.keySet().forEach(program::send);
  }

  void kill() {
    machine.kill(random().nextBoolean());
    program = null;
  }

  /// From now on it keeps itself registered, or does not.
  void register(boolean on) {
    wanted = on;
    if (program != null && machine.process().isPresent()) {
      program.registerNow();
    }
  }

  /// Asks for everything that waits, where it runs.
  void retrieve() {
    if (program != null && machine.process().isPresent()) {
      program.retrieve();
    }
  }

  /// Deletes what waits, these or all of it, where it runs.
  void delete(List<String> ids) {
    if (program != null && machine.process().isPresent()) {
      program.delete(ids);
    }
  }

  /// Its sessions, where it runs and has any.
  List<Talk> talks() {
    return program != null && machine.process().isPresent() ? program.talks() : List.of();
  }

  /// Writes a message; it is sent when the ones before it are answered.
  void write(String to, int size) {
    int number = numbers.merge(to, 1, Integer::sum);
    List<Disposition> wants = switch (random().nextInt(4)) {
      case 0 -> List.of();
      case 1 -> List.of(Disposition.POSITIVE_DELIVERY);
      case 2 -> List.of(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY);
      default -> List.of(Disposition.POSITIVE_DELIVERY, Disposition.NEGATIVE_DELIVERY, Disposition.DISPLAY);
    };
    String text = "no. " + number + " from " + name + " to " + to + " " + "x".repeat(size);
    post(new Letter(Letter.Kind.MESSAGE, "m-" + name + "-" + Long.toHexString(random().nextLong()), user, name, to, number, dateTime(), wants,
        text, ""));
  }

  private String dateTime() {
    return machine.wall().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private void post(Letter letter) {
    ledger.written(letter);
    // notifications do not wait for messages
    String lane = (letter.isNotification() ? "n " : "m ") + letter.to;
    outbox.computeIfAbsent(lane, l -> new ArrayDeque<>()).add(letter);
    if (program != null && machine.process().isPresent()) {
      program.send(lane);
    }
  }

  Deque<Letter> outbox(String lane) {
    return outbox.computeIfAbsent(lane, l -> new ArrayDeque<>());
  }

  /// How much it has not got rid of.
  int unsent() {
    return outbox.values().stream().mapToInt(Deque::size).sum();
  }

  // ---- what comes in

  /// What to answer, after how long; 0 is no answer at all.
  record Reply(int status, Duration after) {}

  /// A message has arrived.
  Reply arrived(CpimMessage cpim, String asserted, By by) {
    Reply reply = reply(cpim, asserted, by);
    ledger.note(name + " answers " + by + " " + cpim.messageId().orElse("?") + " by " + reply);
    return reply;
  }

  /// Somebody wants to talk and says nothing yet.
  Reply called() {
    return switch (mood) {
      case SILENT, MUTE -> new Reply(0, Duration.ZERO);
      case AWAY -> away(By.INVITE);
      case FAILING -> new Reply(random().nextBoolean() ? 500 : 503, Duration.ZERO);
      case WELL, SLOW, PICKY -> taken();
    };
  }

  private Reply away(By by) {
    List<Integer> statuses = by == By.SEND ? List.of(481, 408, HANGS_UP) : List.of(480, 486, 404);
    return new Reply(statuses.get(random().nextInt(3)), Duration.ofMillis(random().nextInt(300)));
  }

  private Reply failing(Letter letter, By by) {
    int status = random().nextBoolean() ? 500 : 503;
    if (by == By.SEND) {
      return new Reply(status == 500 ? 506 : HANGS_UP, Duration.ZERO);
    }
    if (status == 500) {
      letter.errors.merge(instance, 1, Integer::sum);
    }
    return new Reply(status, Duration.ZERO);
  }

  private Reply taken() {
    boolean late = mood == Mood.SLOW;
    return new Reply(mood == Mood.MUTE ? 0 : 200, late ? Duration.ofMillis(random().nextInt(16_000)) : Duration.ofMillis(random().nextInt(20)));
  }

  private Reply reply(CpimMessage cpim, String asserted, By by) {
    Letter letter = ledger.arrived(cpim, asserted, user, instance).orElse(null);
    if (letter == null) {
      return new Reply(200, Duration.ZERO);
    }
    Random random = random();
    switch (mood) {
      case SILENT -> {
        return new Reply(0, Duration.ZERO);
      }
      case AWAY -> {
        return away(by);
      }
      case FAILING -> {
        return failing(letter, by);
      }
      case PICKY -> {
        if (!letter.shown.contains(instance) && (unwanted.contains(letter.id) || random.nextInt(4) == 0)) {
          unwanted.add(letter.id);
          letter.refused.add(instance);
          return new Reply(random.nextBoolean() ? 415 : 403, Duration.ZERO);
        }
      }
      case WELL, SLOW, MUTE -> {}
    }
    if (by == By.MESSAGE && letter.kind == Letter.Kind.MESSAGE && (calls == Calls.ONLY || calls == Calls.REFUSES)) {
      return new Reply(403, Duration.ZERO);
    }
    show(letter);
    return taken();
  }

  private void show(Letter letter) {
    if (!seen.add(letter.from + " " + letter.id)) {
      ledger.count("known already");
      return;
    }
    ledger.shown(letter, instance);
    if (letter.kind != Letter.Kind.MESSAGE) {
      return;
    }
    if (letter.wanted.contains(Disposition.POSITIVE_DELIVERY)) {
      report(letter, Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED);
    }
    if (letter.wanted.contains(Disposition.DISPLAY) && random().nextBoolean()) {
      report(letter, Imdn.Kind.DISPLAY, Imdn.Status.DISPLAYED);
    }
  }

  private void report(Letter about, Imdn.Kind kind, Imdn.Status status) {
    Imdn imdn = Imdn.of(about.id, about.dateTime, kind, status).withRecipient(user, user);
    post(new Letter(Letter.Kind.NOTIFICATION, "n-" + name + "-" + Long.toHexString(random().nextLong()), user, name, about.from, 0, dateTime(),
        List.of(), new String(imdn.entity().body(), StandardCharsets.UTF_8), about.id));
  }

  /// The CPIM wrapper of what it sends.
  static byte[] wrapped(Letter letter) {
    var cpim = CpimMessage.builder().from(letter.from).to(letter.to).messageId(letter.id).dateTime(letter.dateTime);
    byte[] content = letter.content.getBytes(StandardCharsets.UTF_8);
    if (letter.isNotification()) {
      return cpim.content(Imdn.parse(content).entity()).build().write();
    }
    return cpim.request(letter.wanted.toArray(Disposition[]::new)).content(MediaType.TEXT_PLAIN, content).build().write();
  }
}
