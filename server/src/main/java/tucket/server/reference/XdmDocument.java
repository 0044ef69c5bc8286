// An XDM document as it is at one moment.
package tucket.server.reference;

import java.util.Arrays;

/// @param etag the entity tag without quotes; another document content has another one, so a parsed form may be kept under it
/// @param content the document, UTF-8 XML of at most the XDMS's limit; not to be changed
public record XdmDocument(XdmAddress address, String etag, byte[] content) {
  @Override
  public boolean equals(Object other) {
    return other instanceof XdmDocument(XdmAddress a, String e, byte[] c) && address.equals(a) && etag.equals(e) && Arrays.equals(content, c);
  }

  @Override
  public int hashCode() {
    return 31 * address.hashCode() + etag.hashCode();
  }

  @Override
  public String toString() {
    return address + " " + etag + " (" + content.length + " bytes)";
  }
}
