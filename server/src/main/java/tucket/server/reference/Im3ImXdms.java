// Reference point IM-3: IM Server to IM XDMS.
package tucket.server.reference;

import java.util.Optional;

/// The documents of the IM service itself: conversation history and deferred messages (OMA AD SIMPLE IM section 5.5.3).
public interface Im3ImXdms extends Xdms {
  /// Writes a whole document in the server's own name, and returns it with its entity tag.
  ///
  /// @param ifMatch the tag the document must have now; empty for whatever there is. Where it has another one nothing is written and the answer
  ///     is empty (RFC 4825 section 7.11).
  /// Throws [tucket.protocol.Malformed] where the usage does not take the content, [tucket.transport.Unavailable] where the XDMS can't be asked.
  Optional<XdmDocument> put(XdmAddress address, byte[] content, Optional<String> ifMatch);

  /// Removes a document; false where there is none.
  boolean remove(XdmAddress address);
}
