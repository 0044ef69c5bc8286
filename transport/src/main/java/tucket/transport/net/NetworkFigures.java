// What the network has counted since it was opened.
package tucket.transport.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Thread-safe counters; cheap to bump from any loop.
public final class NetworkFigures {
  /// What is counted.
  public enum Figure {
    /// Connections that were accepted and opened (under TLS, after the handshake).
    ACCEPTED,
    /// Connections that we opened.
    CONNECTED,
    /// Connections that ended, whoever ended them.
    CLOSED,
    /// Accepted connections that were closed at once since there are too many.
    REFUSED,
    /// Connections cut since their outbox was full.
    CUT_OUTBOX,
    /// Connections cut since nothing left their outbox for too long.
    CUT_STALLED,
    /// Accepted connections cut since they sent no first byte.
    CUT_SILENT,
    /// Connections closed since they were idle.
    CUT_IDLE,
    /// TLS handshakes that failed or took too long, wrong host names among them.
    HANDSHAKES_FAILED,
    BYTES_IN,
    BYTES_OUT,
    DATAGRAMS_IN,
    DATAGRAMS_OUT,
    /// Datagrams that were not sent: too long, outbox full, or refused by the kernel.
    DATAGRAMS_DROPPED
  }

  private final LongAdder[] adders = new LongAdder[Figure.values().length];

  NetworkFigures() {
    for (int i = 0; i < adders.length; i++) {
      adders[i] = new LongAdder();
    }
  }

  public long of(Figure figure) {
    return adders[figure.ordinal()].sum();
  }

  /// All counters at about the same time.
  public Map<Figure, Long> all() {
    Map<Figure, Long> all = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      all.put(figure, of(figure));
    }
    return all;
  }

  /// Connections that are open now.
  public long open() {
    return of(Figure.ACCEPTED) + of(Figure.CONNECTED) - of(Figure.CLOSED);
  }

  void count(Figure figure) {
    adders[figure.ordinal()].increment();
  }

  void add(Figure figure, long amount) {
    adders[figure.ordinal()].add(amount);
  }
}
