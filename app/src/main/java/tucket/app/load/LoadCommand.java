// tucket load: load on a server, and whether it kept its word.
package tucket.app.load;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tucket.app.command.AdminOptions;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.command.Output;
import tucket.transport.Protocol;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

@Command(
    name = "load",
    description = {
      "Play many users against a server: register, send messages, take what comes, and check that nothing is lost, doubled or out of order.",
      "Any server will do that is a registrar and relays MESSAGE. Only loopback and private addresses are loaded."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all was acknowledged and arrived once and in order", "1:something was refused, lost, doubled or out of order",
      "2:the command line is wrong", "3:the server can't be reached"},
    footer = {
      "%nExamples:",
      "  tucket load --make-users                              20000 messages by UDP to the server of the configuration",
      "  tucket load --transport tcp --seconds 30 --window 64  as many as it takes, half a minute long",
      "  tucket load --rate 2000 --seconds 60 --notify         at a steady pace, with delivered notifications",
      "  tucket load --offline 50 --users 2000 --senders 50    every other message to somebody who is away, and comes back at the end",
      "  tucket load --target udp:127.0.0.1:5070 --domain im.example   against another server, such as Kamailio"
    })
public final class LoadCommand implements Callable<Integer> {
  @Option(
      names = "--target",
      paramLabel = "[udp:|tcp:|tls:]HOST[:PORT]",
      description = "The server (default: the configuration's first listener).")
  private @Nullable String target;

  @Option(names = "--transport", paramLabel = "udp|tcp|tls", description = "How to speak to it, where --target does not say.")
  private @Nullable String transport;

  @Option(names = "--domain", paramLabel = "DOMAIN", description = "Of the users' addresses (default: the configuration's).")
  private @Nullable String domain;

  @Option(names = "--users", paramLabel = "N", defaultValue = "40", description = "How many users, senders included (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(names = "--senders", paramLabel = "N", defaultValue = "0", description = "How many of them send (default: half of them).")
  private int senders;

  @Option(names = "--devices", paramLabel = "N", defaultValue = "1", description = "Devices of each receiver (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "16",
      description = "Connections, or UDP sockets, that they share (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(names = "--window", paramLabel = "N", defaultValue = "32", description = "Messages in flight at most (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Messages a second; 0: as fast as the window lets them (default).")
  private double rate;

  @Option(names = "--messages", paramLabel = "N", description = "How many messages (default: 20000, or as many as --seconds lets).")
  private @Nullable Long messages;

  @Option(names = "--seconds", paramLabel = "N", description = "How long to send.")
  private @Nullable Integer seconds;

  @Option(
      names = "--offline",
      paramLabel = "PERCENT",
      defaultValue = "0",
      description = "Messages to users who are away (default: ${DEFAULT-VALUE}).")
  private int offline;

  @Option(names = "--no-collect", description = "Those who were away stay away; what waits for them is left.")
  private boolean noCollect;

  @Option(names = "--size", paramLabel = "BYTES", defaultValue = "1100", description = "Of a message's CPIM body (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(names = "--notify", description = "Receivers answer with delivered notifications.")
  private boolean notify;

  @Option(
      names = "--prefix",
      paramLabel = "NAME",
      defaultValue = "load",
      description = "The users are NAME000000 and so on (default: ${DEFAULT-VALUE}).")
  private String prefix = "load";

  @Option(
      names = "--password",
      paramLabel = "TEXT",
      defaultValue = "{user}-lab",
      description = "Their passwords; {user} is the name (default: ${DEFAULT-VALUE}).")
  private String password = "{user}-lab";

  @Option(names = "--make-users", description = "First make them on our server, by its admin API.")
  private boolean makeUsers;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait for an answer, and at the end for what is missing.")
  private int patience;

  @Option(names = "--quiet", description = "No progress display.")
  private boolean quiet;

  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private Output out = new Output();

  @Spec private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

  @Override
  public Integer call() {
    LoadPlan plan = plan();
    if (makeUsers) {
      admin.with(a -> UserMaker.make(a, plan));
    }
    boolean tls = plan.target().protocol() == Protocol.TLS;
    TlsSettings trust = tls ? TlsSettings.CLIENT.withTrust(new TlsSettings.Anyone()) : TlsSettings.CLIENT;
    try (SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(trust));
        Load load = new Load(world.world(), plan)) {
      return play(world, load, plan);
    }
  }

  private int play(SystemWorld world, Load load, LoadPlan plan) {
    AtomicBoolean over = new AtomicBoolean();
    if (!quiet && !out.json()) {
      world.world().threads().start("progress", () -> new ProgressLine(spec.commandLine().getErr(), world.world().clock(), load).show(over));
    }
    try {
      load.connect();
      long devicesThere = load.register();
      long most = messages != null ? messages : seconds != null ? Long.MAX_VALUE : 20_000;
      load.run(most, seconds == null ? Duration.ofDays(1) : Duration.ofSeconds(seconds));
      load.settle();
      boolean collect = plan.offline() > 0 && !noCollect;
      Load.@Nullable Pushed pushed = collect ? load.collect() : null;
      over.set(true);
      return report(load.result(), devicesThere, pushed);
    } finally {
      over.set(true);
    }
  }

  private LoadPlan plan() {
    try {
      TargetOption at = new TargetOption(target, transport, admin.config());
      return LoadPlan.of(at.endpoint(), domain == null ? at.domain() : domain)
          .withUsers(users, senders == 0 ? Math.max(1, users / 2) : senders)
          .withDevices(devices)
          .withConnections(connections)
          .withPace(window, rate)
          .withOffline(offline)
          .withSize(size)
          .withNotifications(notify)
          .withNames(prefix, password)
          .withPatience(Duration.ofSeconds(patience));
    } catch (IllegalArgumentException wrong) {
      throw new Failure(Exit.USAGE, String.valueOf(wrong.getMessage()));
    }
  }

  private int report(LoadResult result, long devicesThere, Load.@Nullable Pushed pushed) {
    Map<String, Object> fields = new LinkedHashMap<>(result.fields());
    fields.put("devices", devicesThere);
    if (pushed != null) {
      fields.put("pushed", pushed.messages());
      fields.put("pushRate", pushed.rate());
    }
    fields.put("good", result.isGood());
    out.object(fields);
    LatencyHistogram time = result.latency();
    out.line("devices registered   %d", devicesThere);
    out.line("messages sent        %d, answered %s", result.sent(), result.statuses());
    out.line("acknowledged         %d in %.2f s: %.0f a second", result.acknowledged(), result.nanos() / 1e9, result.rate());
    out.line(
        "latency              p50 %s  p90 %s  p99 %s  p99.9 %s  most %s", ms(time.at(0.5)), ms(time.at(0.9)), ms(time.at(0.99)),
        ms(time.at(0.999)), ms(time.most()));
    if (pushed != null) {
      out.line("pushed afterwards    %d: %.0f a second", pushed.messages(), pushed.rate());
    }
    out.line("arrived              %d (%d retransmissions)", result.arrived(), result.repeated());
    if (notify) {
      out.line(
          "notifications        %d sent, %d arrived, %d lost, %d doubled", result.notificationsSent(), result.notificationsArrived(),
          result.notificationsLost(), result.notificationsDoubled());
    }
    out.line(
        "lost %d, doubled %d, out of order %d, still waiting %d, connections cut %d", result.lost(), result.doubled(), result.disordered(),
        result.waiting(), result.cut());
    return result.isGood() ? Exit.OK : Exit.FAILED;
  }

  private static String ms(long nanos) {
    return String.format("%.2f ms", nanos / 1e6);
  }
}
