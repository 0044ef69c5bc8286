// tucket rehearse: does for some seconds what a server does most, so that the start cache knows what will be hot.
package tucket.app.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tucket.app.assembly.Assembly;
import tucket.app.command.Output;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Outgoing;
import tucket.client.Session;
import tucket.client.Sessions;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// The demo, then messages and notifications over UDP and TCP, more of them than can be done, messages that are stored and pushed, and messages in
/// sessions. The launcher runs it when it makes the AOT cache: what Java notes of a method there (JEP 515) it need not find out again in a server that
/// has just been started.
@Command(
    name = "rehearse",
    hidden = true,
    description = "Do for some seconds what a server does most; the launcher makes its cache for a fast start of it.",
    footer = {"%nExamples:", "  tucket rehearse", "  tucket rehearse --messages 1000"})
public final class RehearseCommand implements Callable<Integer> {
  private static final String DOMAIN = "rehearsal.example";
  private static final int USERS = 16;
  private static final int IN_FLIGHT = 16;
  private static final int CROWD = 2_000;
  private static final Duration MOST = Duration.ofSeconds(20);

  @Option(names = "--messages", paramLabel = "N", defaultValue = "8000", description = "Messages of each sort (default: ${DEFAULT-VALUE}).")
  private long messages = 8_000;

  @Mixin private Output out = new Output();
  @Spec private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

  @Override
  public Integer call() {
    int told = Objects.requireNonNull(spec.commandLine().getParent().getSubcommands().get("demo")).execute();
    Path data = temporary();
    try (Assembly server = Assembly.start(ConfigFile.read(Optional.empty(), settings(data)));
        SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT))) {
      LoadPlan plan = LoadPlan.of(server.listening().getFirst(), DOMAIN).withUsers(USERS, USERS / 2).withPace(IN_FLIGHT, 0).withConnections(4);
      UserMaker.make(server.administration(), plan);
      for (Endpoint at : server.listening()) {
        play(system.world(), plan.withTarget(at).withNotifications(true));
        crowd(system.world(), plan.withTarget(at).withPace(CROWD, 0));
        LoadPlan away = plan.withTarget(at).withOffline(100).withNames(at.protocol().name().toLowerCase(Locale.ROOT), "{user}-lab");
        UserMaker.make(server.administration(), away);
        play(system.world(), away);
      }
      talk(system.world(), server, plan);
    } finally {
      remove(data);
    }
    return told;
  }

  private void play(World world, LoadPlan plan) {
    try (Load load = new Load(world, plan)) {
      load.connect();
      load.register();
      load.run(messages, MOST);
      load.settle();
      long pushed = plan.offline() > 0 ? load.collect().messages() : 0;
      out.line("%s: %s, pushed %d", plan.target(), load.result().statuses(), pushed);
    }
  }

  /// More at once than can be done in time: who is overloaded has no time to compile what refuses.
  private void crowd(World world, LoadPlan plan) {
    try (Load load = new Load(world, plan)) {
      load.connect();
      load.register();
      load.run(messages * 4, MOST);
      out.line("a crowd over %s: %s", plan.target(), load.result().statuses());
    }
  }

  /// Messages from one to the other in a session.
  private void talk(World world, Assembly server, LoadPlan plan) {
    Endpoint at = server.listening().stream().filter(e -> e.protocol() == Protocol.TCP).findFirst().orElseThrow();
    try (ImClient callee = client(world, at, plan, 1); ImClient caller = client(world, at, plan, 0)) {
      callee.sessions().listen(new Sessions.Listener() {});
      callee.register();
      caller.register();
      Session session = caller.sessions().invite(SipUri.of(plan.user(1), DOMAIN), Optional.empty());
      Outgoing text = Outgoing.text("A message of the rehearsal.").asking(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY);
      Semaphore free = new Semaphore(IN_FLIGHT);
      AtomicLong taken = new AtomicLong();
      for (long i = 0; i < messages; i++) {
        free.acquireUninterruptibly();
        session.post(text).whenComplete((status, failure) -> {
          taken.addAndGet(failure == null && status == 200 ? 1 : 0);
          free.release();
        });
      }
      free.acquireUninterruptibly(IN_FLIGHT);
      out.line("in a session: {200=%d}", taken.get());
    }
  }

  private static ImClient client(World world, Endpoint at, LoadPlan plan, int user) {
    Endpoint local = new Endpoint(Protocol.TCP, new InetSocketAddress(at.address().getAddress(), 0));
    Account account = new Account(SipUri.of(plan.user(user), DOMAIN), plan.user(user), plan.password(user));
    return new ImClient(world, ClientSettings.of(account, at).withLocal(local).withFeatures(ClientSettings.IM_FEATURES).withConfirm(false));
  }

  private static List<String> settings(Path data) {
    return List.of(
        "domain=\"" + DOMAIN + "\"",
        "sip.listen=[\"udp:127.0.0.1:0\",\"tcp:127.0.0.1:0\"]",
        "msrp.listen=[\"tcp:127.0.0.1:0\"]",
        "http.listen=\"127.0.0.1:0\"",
        "xdms.listen=\"\"",
        "data=\"" + data.toString().replace("\\", "\\\\") + "\"",
        "limits.requests-a-second-of-one-user=0",
        "lab.users=false");
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("tucket-rehearsal");
    } catch (IOException e) {
      throw new UncheckedIOException("can't make a temporary folder", e);
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + folder, e);
    }
  }
}
