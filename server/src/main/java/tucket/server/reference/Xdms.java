// What the IM Server asks of an XDMS, be it the IM XDMS or a shared one.
package tucket.server.reference;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Documents and their changes, the common half of IM-3 and IM-4 (OMA AD SIMPLE IM sections 5.5.3 and 5.5.4). Embedded, a read is a read of the
/// store; apart, it is XCAP with the server's own identity, kept for as long as a subscription to the document's changes lives.
/// Thread-safe. Calls may block.
public interface Xdms {
  /// The document, empty where there is none. Embedded it is the one of the last PUT that was answered; remote, the one of the last change that
  /// was notified. Throws [tucket.transport.Unavailable] where the XDMS can't be asked.
  Optional<XdmDocument> document(XdmAddress address);

  /// Calls `changed` after a document that fits was written or removed: embedded, before the writer has its answer; remote, before the NOTIFY is
  /// answered. `changed` must be quick, must not throw and may read. A remote XDMS tells only of documents that were asked for
  /// here, whether they exist or not: so begin to watch, then read.
  Watch watch(Predicate<XdmAddress> which, Consumer<XdmAddress> changed);

  /// Ends the watching when it is closed.
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
