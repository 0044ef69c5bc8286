// One application usage: what its documents must be and who may see them.
package tucket.server.xdms.usage;

import java.util.List;
import java.util.Optional;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;

/// RFC 4825 section 5. A usage is a class; all are listed in [Usages]. Implementations are immutable and thread-safe.
public interface ApplicationUsage {
  /// The application unique id.
  String auid();

  /// The MIME type of its documents.
  String type();

  /// The default document namespace.
  String namespace();

  /// The name that a document of a user must have; empty for any.
  default Optional<String> onlyName() {
    return Optional.empty();
  }

  /// Whether documents may be in that tree at all; where not, writing is a 405.
  default boolean isWritable(XdmAddress address) {
    return !address.isGlobal();
  }

  /// RFC 4825 section 5.7: one's own documents, and the global ones.
  default boolean mayRead(Asker who, XdmAddress what) {
    return who.trusted() || what.isGlobal() || who.owns(what.xui());
  }

  /// RFC 4825 section 5.7: one's own documents; the global ones only trusted servers.
  default boolean mayWrite(Asker who, XdmAddress what) {
    return who.trusted() || who.owns(what.xui());
  }

  /// What is wrong with a document by the schema and the constraints of the usage; empty where nothing is.
  Optional<XcapError> judge(XmlTree document, XdmAddress address);

  /// The same of a document that was right before it was edited: what is new in its text, or where something was taken out, lies from `from` to before
  /// `to`. A usage that knows that the rest is still right need not look at it again.
  default Optional<XcapError> judgeEdited(XmlTree document, XdmAddress address, int from, int to) {
    return judge(document, address);
  }

  /// Whether its documents may have [#claims] at all.
  default boolean givesUris() {
    return false;
  }

  /// The URIs that the document gives to something and that must be unique in the domain, with the selector of each.
  default List<Claim> claims(XmlTree document) {
    return List.of();
  }

  /// A URI that nobody else may give.
  ///
  /// @param field where it stands, as an `exists` of a conflict report has it
  record Claim(String uri, String field) {}
}
