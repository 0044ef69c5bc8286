// Reference point IM-4: IM Server to the Shared XDMSs.
package tucket.server.reference;

import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;

/// Lists, groups, access rules and user profiles (OMA AD SIMPLE IM section 5.5.4).
public interface Im4SharedXdms extends Xdms {
  /// The users whose profile has this display name, whatever its case and outer blanks, in no promised order; at most `most` of them. It looks
  /// at the profiles of this domain only. Throws [tucket.transport.Unavailable] where the XDMS can't be asked.
  List<Found> named(String displayName, int most);

  /// The document that gives this URI to a list or a group: one of the groups, or the `index` of rls-services of some user. It is one of the global tree
  /// where the XDMS does not tell whose it is. What the URI stands for is to be read from the document. Throws [tucket.transport.Unavailable]
  /// where the XDMS can't be asked.
  Optional<XdmAddress> giving(AddressOfRecord uri);

  /// A user as a search finds him.
  ///
  /// @param displayName as the profile has it
  record Found(AddressOfRecord user, String displayName) {}
}
