// A simulated world with stacks and bare peers in it.
package tucket.transport.sip;

import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.dns.Resolver;
import tucket.transport.net.VirtualThreads;
import tucket.transport.testing.LoopbackNetwork;
import tucket.transport.testing.ManualClock;
import tucket.transport.testing.SeededChance;

/// Time stands still but for [#advance]; what crosses the network arrives at once on its event thread.
final class Scene implements AutoCloseable {
  static final Resolver NO_NAMES = uri -> {
    throw new Unavailable("no DNS here");
  };

  private static final long STEP = 50;

  final ManualClock clock = new ManualClock();
  final LoopbackNetwork network = new LoopbackNetwork();
  final World world = new World(clock, network, new SeededChance(1), new VirtualThreads());
  private final List<SipStack> stacks = new ArrayList<>();

  SipStack stack(SipStack.Handler handler) {
    return stack(SipSettings.DEFAULT, NO_NAMES, handler);
  }

  SipStack stack(SipSettings settings, Resolver resolver, SipStack.Handler handler) {
    SipStack stack = new SipStack(world, settings, resolver, handler);
    stacks.add(stack);
    return stack;
  }

  /// A stack that only sends, with a UDP socket.
  SipStack sender() {
    SipStack stack = stack(tx -> {});
    stack.listen(Requests.endpoint(Protocol.UDP, 0));
    return stack;
  }

  CompletableFuture<Outcome> send(SipStack from, SipRequest request, Target target, Duration within) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    world.threads().start("sender", () -> outcome.complete(from.send(request, target, Deadline.in(within, clock))));
    return outcome;
  }

  CompletableFuture<Outcome> send(SipStack from, SipRequest request, Endpoint to) {
    return send(from, request, new Target.To(to), Duration.ofSeconds(60));
  }

  static void until(Callable<Boolean> condition) {
    await().pollInterval(Duration.ofMillis(2)).atMost(Duration.ofSeconds(60)).until(condition);
  }

  static SipResponse answered(CompletableFuture<Outcome> outcome) {
    until(outcome::isDone);
    return ((Outcome.Answered) outcome.join()).response();
  }

  static Outcome ended(CompletableFuture<Outcome> outcome) {
    until(outcome::isDone);
    return outcome.join();
  }

  /// Moves time on in small steps, each of which lets the network come to rest.
  void advance(long millis) {
    network.settle();
    for (long left = millis; left > 0; left -= STEP) {
      clock.advance(Duration.ofMillis(Math.min(left, STEP)));
      network.settle();
    }
  }

  Peer peer() {
    return new Peer(Requests.endpoint(Protocol.UDP, 0));
  }

  /// A peer without a stack: remembers what arrives and sends what it is told.
  final class Peer implements FlowHandler {
    final List<SipMessage> received = new CopyOnWriteArrayList<>();
    final List<Flow> flows = new CopyOnWriteArrayList<>();
    final Network.Listener listener;
    private volatile Function<SipRequest, List<SipMessage>> answers = request -> List.of();

    Peer(Endpoint at) {
      listener = network.listen(at, this);
    }

    /// What each request is answered with.
    Peer answering(Function<SipRequest, List<SipMessage>> rule) {
      answers = rule;
      return this;
    }

    Endpoint at() {
      return listener.local();
    }

    @Override
    public void received(Flow flow, byte[] data) {
      flows.add(flow);
      SipMessage message = Requests.read(data);
      received.add(message);
      if (message instanceof SipRequest request) {
        answers.apply(request).forEach(answer -> flow.send(answer.encode()));
      }
    }

    void send(Endpoint to, byte[] data) {
      listener.flowTo(new InetSocketAddress(to.address().getAddress(), to.port())).send(data);
    }

    SipMessage await(int count) {
      until(() -> received.size() >= count);
      return received.get(count - 1);
    }

    SipResponse response(int count) {
      return (SipResponse) await(count);
    }

    SipRequest request(int count) {
      return (SipRequest) await(count);
    }
  }

  @Override
  public void close() {
    stacks.forEach(SipStack::close);
    network.close();
  }
}
