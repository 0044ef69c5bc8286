// A server without XDMSs.
package tucket.app.assembly;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;

/// Nobody has documents.
final class NoDocuments implements Im4SharedXdms {
  @Override
  public Optional<XdmDocument> document(XdmAddress address) {
    return Optional.empty();
  }

  @Override
  public Watch watch(Predicate<XdmAddress> which, Consumer<XdmAddress> changed) {
    return () -> {};
  }

  @Override
  public List<Found> named(String displayName, int most) {
    return List.of();
  }
}
