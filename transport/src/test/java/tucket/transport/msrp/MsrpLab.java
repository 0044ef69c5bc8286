// What the tests of the MSRP stack stand on.
package tucket.transport.msrp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import tucket.protocol.msrp.MsrpUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.net.NettyNetwork;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SecureChance;
import tucket.transport.net.SystemClock;
import tucket.transport.net.VirtualThreads;

/// A stack that listens on loopback, and the owners of its sessions.
class MsrpLab {
  static final String THEIRS = "msrp://198.51.100.7:9/theirs;tcp";

  private final SystemClock clock = new SystemClock();
  private final NettyNetwork network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(2));
  final World world = new World(clock, network, new SecureChance(), new VirtualThreads());
  private final List<MsrpStack> stacks = new ArrayList<>();
  final Map<MsrpEnd, Ear> ears = new ConcurrentHashMap<>();
  final MsrpStack stack = stack(MsrpSettings.DEFAULT);

  @AfterEach
  void close() {
    stacks.forEach(MsrpStack::close);
    network.close();
    clock.close();
  }

  final MsrpStack stack(MsrpSettings settings) {
    return stack(settings, made -> {});
  }

  final MsrpStack stack(MsrpSettings settings, Consumer<MsrpStack> before) {
    MsrpStack made = new MsrpStack(world, settings);
    before.accept(made);
    made.listen(new Endpoint(Protocol.TCP, new InetSocketAddress("127.0.0.1", 0)));
    stacks.add(made);
    return made;
  }

  static MsrpEnd.Peer peer(MsrpStack of) {
    return new MsrpEnd.Peer("127.0.0.1", of.listening(false).orElseThrow().port(), false);
  }

  /// A session that waits for its peer to connect; its owner answers messages so, 0 not at all.
  final MsrpEnd passive(MsrpStack at, int verdict) {
    MsrpEnd end = at.open(false);
    ears.put(end, new Ear(end, verdict));
    end.start(MsrpUri.parsePath(THEIRS), Optional.empty(), ear(end));
    return end;
  }

  final Ear ear(MsrpEnd end) {
    return java.util.Objects.requireNonNull(ears.get(end));
  }

  /// A peer that has connected for that session.
  final ScriptedPeer terminal(MsrpEnd end) throws IOException {
    return terminal(stack, end);
  }

  final ScriptedPeer terminal(MsrpStack at, MsrpEnd end) throws IOException {
    return ScriptedPeer.connect(at.listening(false).orElseThrow(), THEIRS).to(end);
  }
}
