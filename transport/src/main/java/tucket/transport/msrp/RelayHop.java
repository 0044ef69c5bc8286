// A relay's way to the next hop.
package tucket.transport.msrp;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.MsrpUri;
import tucket.transport.Endpoint;
import tucket.transport.Unavailable;

/// Connects at the first request and keeps what comes until then, up to a bound. Thread-safe.
final class RelayHop {
  private static final int MOST_WAITING = 256 * 1024;

  private final List<Waiting> waiting = new ArrayList<>();
  private final Optional<MsrpConnection> given;
  private @Nullable MsrpConnection connection;
  private long bytes;
  private int failure;

  /// `failed` hears the status where it can't be sent.
  private record Waiting(byte[] frame, java.util.function.IntConsumer failed) {}

  private RelayHop(Optional<MsrpConnection> given) {
    this.given = given;
    this.connection = given.orElse(null);
  }

  /// One that exists: the client's.
  static RelayHop standing(MsrpConnection client) {
    return new RelayHop(Optional.of(client));
  }

  /// One that there can't be: all that is sent fails with that status.
  static RelayHop none(int status) {
    RelayHop hop = new RelayHop(Optional.empty());
    hop.fail(status);
    return hop;
  }

  static RelayHop to(MsrpRelay relay, MsrpUri next) {
    RelayHop hop = new RelayHop(Optional.empty());
    relay.stack.world().threads().start("msrp relay", () -> hop.connect(relay.stack, next));
    return hop;
  }

  private void connect(MsrpStack stack, MsrpUri next) {
    try {
      String host = next.host().replaceAll("[\\[\\]]", "");
      Endpoint to = MsrpStack.endpoint(host, next.portOrDefault(), next.secure());
      if (!stack.mayReach(to)) {
        fail(MsrpStatus.FORBIDDEN);
        return;
      }
      MsrpConnection made = stack.connect(to);
      boolean ourselves = made.flow.certificate().isPresent()
          && stack.world().network().certificate().filter(own -> Arrays.equals(own, made.flow.certificate().get())).isPresent();
      if (next.secure() && !ourselves && !made.flow.provesHost(host)) {
        made.refuse(Optional.empty(), "No trusted authority vouches for the certificate of " + host);
        fail(MsrpStatus.FORBIDDEN);
        return;
      }
      connected(made);
    } catch (Unavailable unreachable) {
      fail(MsrpStatus.NO_RECIPIENT);
    }
  }

  private void connected(MsrpConnection made) {
    List<Waiting> first;
    synchronized (this) {
      if (failure != 0) { // its path ended meanwhile
        made.flow.close();
        return;
      }
      connection = made;
      first = List.copyOf(waiting);
      waiting.clear();
      first.forEach(w -> made.flow.send(w.frame)); // within the lock, so that nothing overtakes them
    }
  }

  private void fail(int status) {
    List<Waiting> lost;
    synchronized (this) {
      failure = status;
      lost = List.copyOf(waiting);
      waiting.clear();
    }
    lost.forEach(w -> w.failed.accept(status));
  }

  /// Sends a frame; `failed` hears the status where that can't be done.
  void send(byte[] frame, java.util.function.IntConsumer failed) {
    int status;
    synchronized (this) {
      if (connection == null && failure == 0 && bytes + frame.length <= MOST_WAITING) {
        bytes += frame.length;
        waiting.add(new Waiting(frame, failed));
        return;
      }
      boolean sent = connection != null && connection.flow.send(frame);
      status = sent ? 0 : connection != null ? MsrpStatus.NO_SESSION : failure != 0 ? failure : MsrpStatus.STOP_SENDING;
    }
    if (status != 0) {
      failed.accept(status);
    }
  }

  /// Whether nothing can be sent over it any more.
  synchronized boolean isOver() {
    return failure != 0 || connection != null && !connection.flow.isOpen();
  }

  /// Closes what it has opened itself.
  synchronized void close() {
    if (given.isEmpty() && connection != null) {
      connection.flow.close();
    }
    failure = MsrpStatus.NO_SESSION;
  }

  /// Whether nobody but this machine or link could mean that address.
  static boolean isInner(InetAddress address) {
    return address.isLoopbackAddress() || address.isLinkLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress();
  }
}
