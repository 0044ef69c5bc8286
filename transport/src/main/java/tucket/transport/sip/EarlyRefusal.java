// Says no to requests that nobody has time to read.
package tucket.transport.sip;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tucket.protocol.sip.RequestOutline;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.TransactionKey;
import tucket.transport.Flow;

/// The stateless 503 of [Reception] for a request that would begin something while there is [Pressure], made from the bytes alone. A refusal that
/// costs as much as a third of what is refused would leave no time for those who are served when twice as much comes as can be done. Whatever is
/// not of the plain form goes on to be read, as do repeats of what was taken before. Thread-safe.
final class EarlyRefusal {
  private static final byte[] LINE = ascii("SIP/2.0 " + Status.SERVICE_UNAVAILABLE + " " + Status.reason(Status.SERVICE_UNAVAILABLE) + "\r\n");

  private final Transactions transactions;
  private final Flows flows;
  private final Tally tally;
  private final byte[] more;

  EarlyRefusal(Transactions transactions, Flows flows, Tally tally, int retryAfter) {
    this.transactions = transactions;
    this.flows = flows;
    this.tally = tally;
    this.more = ascii("Retry-After: " + retryAfter + "\r\nContent-Length: 0\r\n\r\n"); // RFC 3261 section 21.5.4
  }

  /// Whether `data[from, end)` is a new request that has been refused now.
  boolean refuses(Flow flow, byte[] data, int from, int end) {
    RequestOutline outline = RequestOutline.of(data, from, end);
    if (outline == null || transactions.isKnown(TransactionKey.of(outline))) {
      return false;
    }
    tally.requestsReceived.increment();
    boolean told = outline.asksRport() || !Flows.isAddress(outline.host(), flow);
    Optional<String> received = told ? Optional.of(flow.remote().getAddress().getHostAddress()) : Optional.empty();
    byte[] response = outline.response(LINE, received, flow.remote().getPort(), Reception.statelessTag(outline.branch()), more);
    tally.refused.increment();
    tally.responsesSent.increment();
    flows.back(flow, outline.asksRport(), outline.port()).send(response);
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
