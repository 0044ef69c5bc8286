// What all connections of a network share.
package tucket.transport.net;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Objects;

/// Limits, counters, the connection slots, the loops' sweeps and the TLS material.
record StreamContext(NetworkLimits limits, NetworkFigures figures, Slots slots, Map<EventLoop, Sweep> sweeps, TlsMaterial tls, Loops loops) {
  Sweep sweepOf(EventLoop loop) {
    return Objects.requireNonNull(sweeps.get(loop), "a loop of another network");
  }
}
