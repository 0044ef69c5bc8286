// MSRP: messages relayed beside Kamailio, stored, and pushed; what an idle session costs.
package tucket.app.load.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.load.LoadPlan;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Session;
import tucket.client.Sessions;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.msrp.MsrpSettings;

/// Sessions are made by INVITE as any client makes them; then only MSRP is measured. The peer's MSRP is driven by the same MSRP stack.
final class MsrpBench {
  private static final int PAIRS = 8;
  private static final int AWAY = 128;
  private static final int IN_FLIGHT = 64;
  private static final int STORING = 1024;
  private static final int IDLE = 50_000;
  private static final int SHARED = 50;
  private static final int PUSHED = 1000;
  private static final int TEXT = 700;
  private static final List<String> RCSE =
      List.of("+g.oma.sip-im", "+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcse.im\"");

  private MsrpBench() {}

  private static LoadPlan users(int count) {
    return LoadPlan.of(TucketServer.NOWHERE, TucketServer.DOMAIN).withUsers(count, 1);
  }

  private static TucketServer start(Bench bench, Path folder, int users, String... settings) {
    Path configuration = TucketServer.configure(folder, settings);
    TucketServer.makeUsers(bench.world(), configuration, users(users));
    return TucketServer.start(bench.world().clock(), folder, configuration);
  }

  private static ImClient client(Bench bench, TucketServer server, int user, List<String> features) {
    LoadPlan plan = users(AWAY);
    SipUri address = SipUri.of(plan.user(user), TucketServer.DOMAIN);
    Endpoint at = server.at(Protocol.TCP);
    Endpoint local = new Endpoint(Protocol.TCP, new InetSocketAddress(at.address().getAddress(), 0));
    ClientSettings settings = ClientSettings.of(new Account(address, address.user(), plan.password(user)), at).withLocal(local)
        .withFeatures(features).withConfirm(false).withPatience(Duration.ofSeconds(60));
    return new ImClient(bench.world(), settings);
  }

  private static Uri address(int user) {
    return SipUri.of(users(2).user(user), TucketServer.DOMAIN);
  }

  private static Outgoing message(boolean asking) {
    Outgoing text = Outgoing.text("x".repeat(TEXT));
    return asking ? text.asking(Disposition.POSITIVE_DELIVERY, Disposition.DISPLAY) : text;
  }

  // ---- relay

  static void relay(Bench bench, Report report) {
    List<ImClient> clients = new ArrayList<>();
    try (TucketServer ours = start(bench, bench.sub("msrp"), 2 * PAIRS)) {
      List<MsrpLoad.Sender> senders = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        ImClient callee = client(bench, ours, 2 * i + 1, ClientSettings.IM_FEATURES);
        clients.add(callee);
        callee.sessions().listen(new Sessions.Listener() {});
        callee.register();
        ImClient caller = client(bench, ours, 2 * i, ClientSettings.IM_FEATURES);
        clients.add(caller);
        caller.register();
        Session session = caller.sessions().invite(address(2 * i + 1), Optional.empty());
        Outgoing message = message(true);
        senders.add(done -> session.post(message).thenAccept(done::accept));
      }
      List<MsrpLoad> sides = new ArrayList<>(List.of(new MsrpLoad(bench, ours, senders)));
      if (!Kamailio.isHere()) {
        bench.say("Kamailio is not here, so ours runs alone: %s", Kamailio.REMEDY);
        contest(bench, report, sides);
        return;
      }
      try (Kamailio peer = Kamailio.msrp(bench.world().network(), bench.world().clock(), bench.sub("kamailio"));
          MsrpPairs pairs = new MsrpPairs(bench, peer.at(Protocol.TCP), PAIRS, TEXT + 400)) {
        sides.add(new MsrpLoad(bench, peer, pairs.senders()));
        contest(bench, report, sides);
        pairs.check();
      }
    } finally {
      clients.forEach(ImClient::close);
    }
  }

  private static void contest(Bench bench, Report report, List<MsrpLoad> sides) {
    String what = "msrp relay, " + IN_FLIGHT + " in flight";
    for (MsrpLoad side : sides) {
      bench.say("%s: %s warms up", what, side.subject().name());
      side.run(bench.warm(), IN_FLIGHT);
    }
    List<List<MsrpLoad.Round>> rounds = new ArrayList<>();
    sides.forEach(s -> rounds.add(new ArrayList<>()));
    for (int r = 1; r <= bench.rounds(); r++) {
      for (int s = 0; s < sides.size(); s++) {
        MsrpLoad.Round round = sides.get(s).run(bench.messages(), IN_FLIGHT);
        rounds.get(s).add(round);
        bench.say("%s, round %d: %s %s", what, r, sides.get(s).subject().name(), round);
      }
    }
    double peer = sides.size() > 1 ? MsrpLoad.Round.middle(rounds.get(1)).cpuMicros() : 0;
    for (int s = 0; s < sides.size(); s++) {
      MsrpLoad.Round middle = MsrpLoad.Round.middle(rounds.get(s));
      String ratio = s == 0 && peer > 0 ? String.format("; %.2f of the peer's CPU", middle.cpuMicros() / peer) : "";
      report.add(what, sides.get(s).subject().name(), middle + ratio);
    }
  }

  // ---- store

  /// To users who are away: each message is answered 200 after its commit.
  static void store(Bench bench, Report report) {
    try (TucketServer ours = start(bench, bench.sub("msrpstore"), AWAY, "limits.queue-messages = 10000000", "limits.queue = 100GiB");
        ImClient caller = client(bench, ours, 0, ClientSettings.IM_FEATURES)) {
      caller.register();
      List<MsrpLoad.Sender> senders = new ArrayList<>();
      for (int i = 1; i < AWAY; i++) {
        Session session = caller.sessions().invite(address(i), Optional.empty());
        Outgoing message = message(true);
        senders.add(done -> session.post(message).thenAccept(done::accept));
      }
      MsrpLoad load = new MsrpLoad(bench, ours, senders);
      String what = "msrp store, " + STORING + " in flight in " + (AWAY - 1) + " sessions";
      bench.say("%s: warms up", what);
      load.run(bench.warm(), STORING);
      List<MsrpLoad.Round> rounds = new ArrayList<>();
      for (int r = 1; r <= bench.rounds(); r++) {
        rounds.add(load.run(bench.messages(), STORING));
        bench.say("%s, round %d: %s", what, r, rounds.getLast());
      }
      report.add(what, ours.name(), MsrpLoad.Round.middle(rounds).toString());
    }
  }

  // ---- idle

  /// Each session is a dialog and an MSRP end of the server; several share a connection.
  static void idle(Bench bench, Report report) {
    int count = IDLE / bench.scale();
    Path folder = bench.sub("msrpidle");
    try (TucketServer ours = start(bench, folder, 2, "limits.sessions = " + (IDLE + 1000), "limits.session-idle-time = 1h");
        ImClient caller = client(bench, ours, 0, ClientSettings.IM_FEATURES)) {
      caller.sessions().configure(MsrpSettings.DEFAULT.withShare(SHARED)
          .withBounds(new MsrpSettings.Bounds(IDLE + 1000, 1 << 20, 256 * 1024, 32, 1000, 1000)));
      caller.register();
      caller.sessions().invite(address(1), Optional.empty());
      long before = ours.liveHeap(folder);
      long resident = ours.residentKib();
      Semaphore turn = new Semaphore(64);
      CountDownLatch left = new CountDownLatch(count);
      AtomicInteger failed = new AtomicInteger();
      for (int i = 0; i < count; i++) {
        turn.acquireUninterruptibly();
        bench.world().threads().start("invite", () -> {
          try {
            caller.sessions().invite(address(1), Optional.empty());
          } catch (RuntimeException e) {
            failed.incrementAndGet();
          } finally {
            turn.release();
            left.countDown();
          }
        });
      }
      left.await();
      if (failed.get() > 0) {
        throw new Failure(Exit.FAILED, failed + " of " + count + " sessions were refused");
      }
      long heap = (ours.liveHeap(folder) - before) / count;
      String figure = String.format("%d sessions, %d a connection: %d bytes of objects each; resident %d bytes each", count, SHARED, heap,
          (ours.residentKib() - resident) * 1024 / count);
      bench.say("idle MSRP sessions: %s", figure);
      report.add("idle MSRP sessions", ours.name(), figure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- push

  /// A thousand messages that were stored in a session go to one RCS-e terminal in one store and forward session.
  static void push(Bench bench, Report report) {
    try (TucketServer ours = start(bench, bench.sub("msrppush"), 2);
        ImClient alice = client(bench, ours, 0, ClientSettings.IM_FEATURES);
        ImClient bob = client(bench, ours, 1, RCSE)) {
      alice.register();
      Arrived arrived = new Arrived(bench.world().clock());
      bob.sessions().listen(arrived);
      bob.register();
      List<String> rates = new ArrayList<>();
      for (int r = 0; r <= bench.rounds(); r++) {
        bob.unregister();
        Session session = alice.sessions().invite(address(1), Optional.empty());
        for (int i = 0; i < PUSHED; i++) {
          int status = session.send(Outgoing.text("m" + i)).status();
          if (status != 200) {
            throw new Failure(Exit.FAILED, "a message was not stored: " + status);
          }
        }
        session.end();
        arrived.expect(PUSHED);
        long since = bench.world().clock().nanos();
        bob.register();
        double seconds = (arrived.last() - since) / 1e9;
        String figure = String.format("%.2f s, %.0f a second%s", seconds, PUSHED / seconds, arrived.inOrder() ? "" : ", NOT in order");
        bench.say("push of %d stored messages to one device: %s%s", PUSHED, figure, r == 0 ? " (warming up)" : "");
        if (r > 0) {
          rates.add(figure);
        }
        bench.world().clock().sleep(Duration.ofSeconds(12)); // until the push session has ended
      }
      rates.sort(java.util.Comparator.naturalOrder());
      report.add("push of " + PUSHED + " in one session", ours.name(), rates.get(rates.size() / 2));
    }
  }

  /// What the terminal has.
  private static final class Arrived implements Sessions.Listener {
    private final tucket.transport.Clock clock;
    private final AtomicLong at = new AtomicLong();
    private volatile CountDownLatch left = new CountDownLatch(0);
    private volatile boolean ordered = true;
    private volatile int next;

    Arrived(tucket.transport.Clock clock) {
      this.clock = clock;
    }

    void expect(int count) {
      next = 0;
      ordered = true;
      left = new CountDownLatch(count);
    }

    @Override
    public synchronized void message(Session session, Incoming message) {
      ordered &= message.text().equals("m" + next);
      next++;
      at.set(clock.nanos());
      left.countDown();
    }

    long last() {
      try {
        if (!left.await(60, TimeUnit.SECONDS)) {
          throw new Failure(Exit.FAILED, "only " + next + " messages arrived");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return at.get();
    }

    boolean inOrder() {
      return ordered;
    }
  }
}
