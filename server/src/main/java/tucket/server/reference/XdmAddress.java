// Where an XDM document lies.
package tucket.server.reference;

import tucket.protocol.sip.AddressOfRecord;

/// The document selector of RFC 4825 section 6.2 in canonical form, so that two spellings of one document are equal.
///
/// @param auid the application usage, such as `resource-lists`
/// @param xui the user as the text of an [AddressOfRecord]; empty text in the global tree
/// @param document the name, `index` for most usages
public record XdmAddress(String auid, String xui, String document) {
  /// A document in the user's home directory.
  public static XdmAddress of(String auid, AddressOfRecord user, String document) {
    return new XdmAddress(auid, user.value(), document);
  }

  /// A document of the global tree.
  public static XdmAddress global(String auid, String document) {
    return new XdmAddress(auid, "", document);
  }

  public boolean isGlobal() {
    return xui.isEmpty();
  }

  /// `resource-lists/users/sip:anna@im.example/index`, nothing escaped; for logs.
  @Override
  public String toString() {
    return isGlobal() ? auid + "/global/" + document : auid + "/users/" + xui + "/" + document;
  }
}
