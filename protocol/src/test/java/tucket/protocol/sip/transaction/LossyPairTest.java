// Client and server machine against each other over a network that loses, doubles and delays.
package tucket.protocol.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

class LossyPairTest {
  private static final long MS = 1_000_000;

  private record Event(long at, long order, Runnable what) {}

  /// One transaction from its first datagram to the end of both machines, in simulated time.
  private static final class Run {
    final Random random;
    final double loss;
    final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    final SipRequest request;
    final int status;
    final ClientMachine client;
    final Side clientSide = new Side(true);
    final Side serverSide = new Side(false);
    @Nullable ServerMachine server;
    long now;
    long order;
    int requestsHandled;
    int finals;
    int clientEnds;
    int serverEnds;
    int acks;
    boolean timedOut;

    Run(String method, int status, long seed, double loss) {
      this.random = new Random(seed);
      this.loss = loss;
      this.status = status;
      this.request = Messages.request(method);
      this.client = method.equals("INVITE")
          ? new InviteClientTransaction(request, false, Timers.DEFAULT)
          : new NonInviteClientTransaction(request, false, Timers.DEFAULT);
    }

    void at(long delay, Runnable what) {
      events.add(new Event(now + delay, order++, what));
    }

    void run() {
      client.start(0, clientSide);
      int steps = 0;
      for (Event next = events.poll(); next != null; next = events.poll()) {
        now = next.at;
        next.what.run();
        assertThat(++steps).as("steps").isLessThan(10_000);
      }
    }

    void toServer(SipRequest arrived) {
      assertThat(TransactionKey.of(arrived)).isEqualTo(TransactionKey.of(request));
      ServerMachine running = server;
      if (running != null) {
        running.receive(arrived, now, serverSide);
      } else if (!arrived.method().equals("ACK")) {
        ServerMachine made = request.method().equals("INVITE")
            ? new InviteServerTransaction(arrived, false, Timers.DEFAULT)
            : new NonInviteServerTransaction(arrived, false, Timers.DEFAULT);
        server = made;
        requestsHandled++;
        made.start(now, serverSide);
        at(random.nextInt(6_000) * MS, () -> made.respond(Messages.response(arrived, status), now, serverSide));
      }
    }

    /// The network in one direction, and the timers of one machine.
    final class Side implements Output {
      final boolean isClient;
      final Map<TimerName, Long> timers = new EnumMap<>(TimerName.class);
      @Nullable SipMessage last;
      boolean over;

      Side(boolean isClient) {
        this.isClient = isClient;
      }

      @Override
      public void transmit(SipMessage message) {
        last = message;
        retransmit();
      }

      @Override
      public void retransmit() {
        SipMessage message = Objects.requireNonNull(last);
        int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < 0.2 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
          at(random.nextInt(300) * MS, () -> {
            if (isClient) {
              toServer((SipRequest) message);
            } else if (!clientSide.over) {
              client.receive((SipResponse) message, now, clientSide);
            }
          });
        }
      }

      @Override
      public void deliver(SipMessage message) {
        if (message instanceof SipResponse response && response.isFinal()) {
          finals++;
        } else if (message instanceof SipRequest delivered && delivered.method().equals("ACK")) {
          acks++;
        }
      }

      @Override
      public void schedule(TimerName timer, long atNanos) {
        timers.put(timer, atNanos);
        at(atNanos - now, () -> {
          if (!over && timers.remove(timer, atNanos)) {
            if (isClient) {
              client.fire(timer, now, this);
            } else {
              Objects.requireNonNull(server).fire(timer, now, this);
            }
          }
        });
      }

      @Override
      public void cancel(TimerName timer) {
        timers.remove(timer);
      }

      @Override
      public void ended(Ending why) {
        over = true;
        if (isClient) {
          clientEnds++;
          timedOut = why == Ending.TIMEOUT;
        } else {
          serverEnds++;
        }
      }
    }
  }

  private static void check(Run run) {
    run.run();
    // an INVITE that has rung stays in Proceeding where its final response never arrives: that bound is the transaction user's
    boolean rings = run.client.state() == State.PROCEEDING && run.request.method().equals("INVITE");
    assertThat(run.clientEnds).as("the client machine ends once").isEqualTo(rings ? 0 : 1);
    assertThat(run.requestsHandled).as("the request is handled at most once").isLessThanOrEqualTo(1);
    assertThat(run.serverEnds).as("the server machine ends once").isEqualTo(run.requestsHandled);
    assertThat(run.timedOut).as("a final response or a timeout").isEqualTo(run.finals == 0 && !rings);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2, 0.5, 0.9, 1})
  void aMessageIsHandledOnceAndAnsweredOnceOrTimesOut(double loss) {
    int answered = 0;
    for (long seed = 0; seed < 200; seed++) {
      Run run = new Run("MESSAGE", 202, seed, loss);
      check(run);
      assertThat(run.finals).isLessThanOrEqualTo(1);
      answered += run.finals;
    }
    assertThat(answered).isGreaterThanOrEqualTo(loss < 0.3 ? 200 : loss < 0.6 ? 190 : 0);
    if (loss == 1) {
      assertThat(answered).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2, 0.5, 0.9})
  void anInvitesFailureArrivesOnceAndItsAckEndsTheServer(double loss) {
    for (long seed = 0; seed < 200; seed++) {
      Run run = new Run("INVITE", 486, seed, loss);
      check(run);
      assertThat(run.finals).isLessThanOrEqualTo(1);
      assertThat(run.acks).as("the ACK of a failure is the machine's").isZero();
      if (loss == 0) {
        assertThat(run.finals).isEqualTo(1);
        assertThat(Objects.requireNonNull(run.server).state()).isEqualTo(State.TERMINATED);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2})
  void anInvitesSuccessArrivesAtLeastOnceWhereItIsNotLost(double loss) {
    for (long seed = 0; seed < 200; seed++) {
      Run run = new Run("INVITE", 200, seed, loss);
      run.run();
      assertThat(run.clientEnds).isLessThanOrEqualTo(1);
      if (loss == 0) {
        assertThat(run.finals).isGreaterThanOrEqualTo(1);
        assertThat(run.clientEnds).isEqualTo(1);
      }
      assertThat(run.serverEnds).isEqualTo(run.requestsHandled);
    }
  }
}
