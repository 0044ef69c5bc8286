// The stack's counters while they run.
package tucket.transport.sip;

import java.util.concurrent.atomic.LongAdder;

/// Cheap to add to from many threads; read by [SipStack#counters].
final class Tally {
  final LongAdder requestsReceived = new LongAdder();
  final LongAdder responsesReceived = new LongAdder();
  final LongAdder requestsSent = new LongAdder();
  final LongAdder responsesSent = new LongAdder();
  final LongAdder retransmitted = new LongAdder();
  final LongAdder repeated = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder stray = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder timeouts = new LongAdder();
  final LongAdder transportFailures = new LongAdder();
  final LongAdder handlerFailures = new LongAdder();

  SipCounters snapshot(long pending, long transactions, long connections) {
    return new SipCounters(requestsReceived.sum(), responsesReceived.sum(), requestsSent.sum(), responsesSent.sum(), retransmitted.sum(),
        repeated.sum(), malformed.sum(), stray.sum(), refused.sum(), timeouts.sum(), transportFailures.sum(), handlerFailures.sum(),
        pending, transactions, connections);
  }
}
