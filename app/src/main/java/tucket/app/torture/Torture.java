// One crash test from its first start to its judgement.
package tucket.app.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// Rounds: a server is killed at a random moment (now and then while it starts), sometimes leaves a torn write behind, and starts again on
/// the same folder and ports; writers and phones live on, and so does the server of the other domain where there are two.
/// At the end everybody is there and everything has to arrive. Blocks; once only.
final class Torture implements AutoCloseable {
  private static final Duration REGISTERED = Duration.ofSeconds(90);
  private static final int WRITERS = 4;
  private static final List<String> PEOPLE = List.of("anna", "bert", "cleo", "dora", "emil", "fred");
  private static final long BALLAST_BLOCK = 64 << 10;

  /// `data` is the server's folder, `logs` where its output goes. `fullDisk` also fills the file system of `data`, which has
  /// to be a small one of its own, and frees it again. `sessions`: messages go in sessions (INVITE and MSRP) instead of by MESSAGE. `domains`: 1 or 2,
  /// each with a server of its own.
  record Plan(int rounds, Duration round, Duration drain, long seed, Path data, Path logs, boolean fullDisk, boolean sessions, int domains) {}

  private final Plan plan;
  private final BiConsumer<String, Map<String, ?>> news;
  private final SplittableRandom random;
  private final SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  private final World world = system.world();
  private final Stage stage;
  private final List<Phone> phones = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final List<Home> homes;
  private int kills;

  /// `news` hears what happens: a sentence, and the same for a program.
  Torture(Plan plan, BiConsumer<String, Map<String, ?>> news) {
    this.plan = plan;
    this.news = news;
    random = new SplittableRandom(plan.seed());
    FreePorts ports = new FreePorts(world.network(), random.split());
    homes = Homes.of(plan, ports);
    stage = new Stage(world, homes, plan.sessions());
    people(ports);
  }

  private void people(FreePorts ports) {
    Map<String, Phone> firsts = new HashMap<>();
    for (String person : PEOPLE) {
      boolean two = PEOPLE.indexOf(person) % 2 == 1 && !plan.sessions(); // a session is with one device
      Phone phone = new Phone(stage, person, person + "-1", ports.take(Protocol.UDP), random.split());
      phones.add(phone);
      firsts.put(person, phone);
      if (two) {
        phones.add(new Phone(stage, person, person + "-2", ports.take(Protocol.TCP), random.split()));
      }
    }
    for (String person : PEOPLE.subList(0, WRITERS)) {
      boolean udp = PEOPLE.indexOf(person) % 2 == 0;
      List<String> others = PEOPLE.stream().filter(p -> !p.equals(person)).toList();
      Endpoint local = ports.take(udp ? Protocol.UDP : Protocol.TCP);
      Phone shows = Objects.requireNonNull(firsts.get(person));
      Talks.Takes incoming = cpim -> shows.heard(cpim, "in a session of its own");
      writers.add(new Writer(stage, person, local, stage.home(person).at(local.protocol()), others, random.split(), refusals, retries, incoming));
    }
  }

  /// What went wrong, and how often the server was killed; `refusals` are 503 of the server's own, `drained` says whether everything had come
  /// to its end when the books were closed.
  record Result(Findings findings, int kills, long refusals, long retries, boolean drained) {
    /// The findings, and that there was something to find.
    boolean passed() {
      return findings.clean() && drained && findings.messages() > 0;
    }
  }

  Result run() {
    makeUsers();
    homes.forEach(home -> home.start(world, stage.life));
    phones.forEach(Phone::start);
    awaitRegistrations();
    writers.forEach(Writer::start);
    for (int round = 1; round <= plan.rounds(); round++) {
      load(round);
      kill(round);
    }
    boolean drained = drain();
    Findings findings = stage.ledger.findings();
    for (Home home : homes) {
      if (!home.stop()) {
        tell("the server did not stop when it was told to", Map.of("event", "stop", "inTime", false));
      }
    }
    return new Result(findings, kills, refusals.sum(), retries.sum(), drained);
  }

  private void tell(String text, Map<String, ?> fields) {
    news.accept(text, fields);
  }

  private void makeUsers() {
    homes.forEach(home -> home.makeUsers(PEOPLE.stream().filter(p -> stage.home(p) == home).toList()));
  }

  /// A message waits for the devices that the server knows: each has to have been there once before the first message.
  private void awaitRegistrations() {
    Deadline by = Deadline.in(REGISTERED, world.clock());
    while (!phones.stream().allMatch(Phone::wasRegistered)) {
      if (by.passed(world.clock())) {
        throw new Unavailable("the phones could not register: " + homes.getFirst().lastWords());
      }
      stage.pause(50);
    }
  }

  private void load(int round) {
    long least = plan.round().toMillis() / 4;
    long length = random.nextLong(least, Math.max(least + 1, plan.round().toMillis()));
    Deadline by = Deadline.in(Duration.ofMillis(length), world.clock());
    boolean full = plan.fullDisk() && round % 2 == 1;
    if (full) {
      stage.pause(length / 4);
      fill();
      stage.pause(length / 4);
      if (random.nextBoolean()) {
        free(); // else it is killed, and started, on a full disk
      }
    }
    while (!by.passed(world.clock())) {
      stage.pause(Math.clamp(by.left(world.clock()).toMillis(), 1, 500));
      homes.forEach(Home::check);
    }
  }

  private void kill(int round) {
    Home home = homes.get(homes.size() == 1 ? 0 : random.nextInt(homes.size()));
    home.kill();
    kills++;
    String extra = "";
    if (random.nextInt(3) == 0) {
      byte[] rest = new byte[random.nextInt(1, 200)];
      random.nextBytes(rest);
      extra = ServerProcess.tear(home.data(), rest) ? ", torn write left behind" : "";
    }
    if (round < plan.rounds() && random.nextInt(5) == 0) {
      killWhileStarting(home);
      extra += ", killed again while starting";
    }
    restart(home);
    Map<String, Object> fields = new java.util.LinkedHashMap<>(Map.of("event", "round", "round", round));
    fields.put("acknowledged", stage.ledger.size());
    fields.put("outstanding", stage.ledger.outstanding());
    String count = "acknowledged " + stage.ledger.size() + ", still to be shown " + stage.ledger.outstanding();
    tell("round " + round + " of " + plan.rounds() + ": " + count + extra, fields);
  }

  private void killWhileStarting(Home home) {
    ServerProcess early = home.launch(world, stage.life);
    stage.pause(random.nextLong(100, 1_500));
    early.kill();
    kills++;
  }

  /// On a full disk it may refuse to start, saying so; it then starts when there is space.
  private void restart(Home home) {
    try {
      home.start(world, stage.life);
    } catch (Unavailable e) {
      if (!Files.exists(ballast())) {
        throw e;
      }
      tell("with a full disk the server does not start: " + e.getMessage(), Map.of("event", "no-start", "why", String.valueOf(e.getMessage())));
      free();
      home.start(world, stage.life);
    }
    free();
  }

  private boolean drain() {
    free();
    stage.steady();
    writers.forEach(Writer::stop);
    tell("everybody is there; waiting for what is still to be shown", Map.of("event", "drain"));
    Deadline by = Deadline.in(plan.drain(), world.clock());
    long told = world.clock().nanos();
    boolean done = false;
    while (!done && !by.passed(world.clock())) {
      stage.pause(100);
      done = stage.busy() == phones.size() && phones.stream().allMatch(p -> p.unsaid() == 0) && stage.ledger.outstanding() == 0;
      if (world.clock().nanos() - told > Duration.ofSeconds(5).toNanos()) {
        told = world.clock().nanos();
        long shown = stage.ledger.outstanding();
        int said = phones.stream().mapToInt(Phone::unsaid).sum();
        tell("still to be shown " + shown + ", notifications still to be sent " + said, Map.of("event", "drain", "outstanding", shown, "unsaid", said));
      }
    }
    stage.pause(500); // what comes once too often comes now
    stage.over();
    Deadline end = Deadline.in(Duration.ofSeconds(20), world.clock());
    while (stage.busy() > 0 && !end.passed(world.clock())) {
      stage.pause(50);
    }
    return done;
  }

  // ---- the full disk

  private Path ballast() {
    return plan.data().resolve("ballast");
  }

  private void fill() {
    byte[] block = new byte[(int) BALLAST_BLOCK];
    try (var out = Files.newOutputStream(ballast())) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      tell("the disk is full", Map.of("event", "full"));
    }
  }

  private void free() {
    try {
      if (Files.deleteIfExists(ballast())) {
        tell("the disk has space again", Map.of("event", "space"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stage.over();
    homes.forEach(Home::close);
    system.close();
  }
}
