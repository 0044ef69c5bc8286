// Finds users by their display names.
package tucket.server.documents;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tucket.protocol.Malformed;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.reference.Im4SharedXdms;

/// OMA requirement S01, addressing by Display-Name: a name is looked for in the lists of who uses it, and where it is not there, in the profiles of
/// everybody (Shared Profile XDMS). Letter case and outer blanks do not matter. Thread-safe; calls block.
public final class Names {
  private static final int MOST = 10;

  private final Lists lists;
  private final Im4SharedXdms shared;
  private final UnaryOperator<AddressOfRecord> canonical;

  public Names(Im4SharedXdms shared, UnaryOperator<AddressOfRecord> canonical) {
    this.lists = new Lists(shared, canonical);
    this.shared = shared;
    this.canonical = canonical;
  }

  /// Those who go by that name, as far as `asking` knows: none, one, or several (at most 10), among whom nobody can choose for him. Throws
  /// [tucket.transport.Unavailable] where the XDMS can't be asked.
  public List<AddressOfRecord> find(AddressOfRecord asking, String displayName) {
    String wanted = folded(displayName);
    Set<AddressOfRecord> found = new LinkedHashSet<>();
    for (ResourceLists.Entry entry : lists.all(asking)) {
      if (entry.displayName().filter(n -> folded(n).equals(wanted)).isPresent()) {
        user(entry.uri()).ifPresent(found::add);
      }
    }
    if (found.isEmpty()) {
      shared.named(displayName.strip(), MOST).forEach(f -> found.add(f.user()));
    }
    return found.stream().limit(MOST).toList();
  }

  private Optional<AddressOfRecord> user(String uri) {
    try {
      return Optional.of(canonical.apply(AddressOfRecord.of(uri)));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private static String folded(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }
}
