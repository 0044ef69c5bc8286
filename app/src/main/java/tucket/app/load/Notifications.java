// The delivered notifications that receivers send back.
package tucket.app.load;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One for each message and device (RFC 5438 section 7.2.1.1), so many at a time. Guarded by the load.
final class Notifications {
  private static final int WINDOW = 1024;
  private static final int RETRIES = 5;

  private final Load load;
  private final Layout layout;
  private final LoadPlan plan;
  private final Ledger ledger;
  private final Map<Key, Exchange> open = new HashMap<>();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private long acknowledged;
  private long refused;
  private long lastArrival;

  private record Key(int lane, int sequence, int device) {}

  private record Waiting(Key about, int from, int to) {}

  Notifications(Load load, Layout layout, LoadPlan plan) {
    this.load = load;
    this.layout = layout;
    this.plan = plan;
    this.ledger = new Ledger(plan.window(), plan.devices(), plan.senders());
  }

  /// Tells the sender of a message that it has arrived at a device.
  void send(int lane, int sequence, int device, int from, int to, long now) {
    Waiting next = new Waiting(new Key(lane, sequence, device), from, to);
    if (open.size() >= WINDOW) {
      queue.add(next);
    } else {
      send(next, now);
    }
  }

  private void send(Waiting next, long now) {
    Exchange exchange = new Exchange(load.wireOf(next.from, next.about.device), next.about.lane);
    exchange.sequence = next.about.sequence;
    exchange.device = next.about.device;
    exchange.from = next.from;
    exchange.to = next.to;
    exchange.since = now;
    open.put(next.about, exchange);
    transmit(exchange, now);
  }

  private void transmit(Exchange exchange, long now) {
    Template template = exchange.wire.notification(layout);
    byte[] data = template.fill(exchange.index, exchange.sequence, exchange.from, exchange.to, exchange.device, exchange.attempt);
    exchange.send(load.proved(template, data, exchange.from, exchange.to), now);
  }

  void answered(int lane, int sequence, int device, int attempt, int status, byte[] in, int from, int to, long now) {
    Key key = new Key(lane, sequence, device);
    Exchange exchange = open.get(key);
    if (exchange == null || exchange.attempt != attempt) {
      return;
    }
    if (load.challenged(status, exchange, in, from, to)) {
      transmit(exchange, now);
      return;
    }
    if (status == 503 && exchange.attempt < RETRIES) {
      exchange.open = false; // the next tick sends it again
      return;
    }
    end(key, status, now);
  }

  private void end(Key key, int status, long now) {
    open.remove(key);
    if (status / 100 == 2) {
      acknowledged++;
      ledger.acknowledged(key.lane, key.sequence);
    } else {
      refused++;
    }
    Waiting next = queue.poll();
    if (next != null) {
      send(next, now);
    }
  }

  void tick(long now, long patience) {
    for (Map.Entry<Key, Exchange> entry : List.copyOf(open.entrySet())) {
      Exchange exchange = entry.getValue();
      if (now - exchange.since > patience) {
        end(entry.getKey(), 0, now);
      } else if (!exchange.open) {
        exchange.attempt++;
        transmit(exchange, now);
      } else {
        exchange.repeat(now);
      }
    }
  }

  /// A notification reaches the one device of its sender.
  void arrived(int lane, int sequence, int device, int branch) {
    if (ledger.arrived(lane, sequence, 0, device, branch) == Ledger.Mark.NEW) {
      lastArrival = load.now();
    }
  }

  boolean isDone() {
    return open.isEmpty() && queue.isEmpty();
  }

  boolean isMissing() {
    return ledger.count() < acknowledged;
  }

  long lastArrival() {
    return lastArrival;
  }

  long acknowledged() {
    return acknowledged;
  }

  long refused() {
    return refused;
  }

  long count() {
    return ledger.count();
  }

  long lost() {
    return Math.max(0, acknowledged - ledger.count());
  }

  long doubled() {
    return ledger.doubled();
  }
}
