// How the XDMSs are set up.
package tucket.server.xdms;

import java.util.function.Supplier;

/// @param address tells the XCAP root as clients know it, `http://xcap.im.example:8081/xcap`, no slash at its end; its path must be known from the
///     beginning, its port only once requests come
/// @param documentBytes the largest document, as it is after an edit
/// @param documentsOfOneUser how many documents a user may have
/// @param bytesOfOneUser how large they may be together
/// @param cachedCharacters how much text of documents is kept parsed
/// @param searchResults the most that one search finds
public record XdmsSettings(
    Supplier<String> address, int documentBytes, int documentsOfOneUser, long bytesOfOneUser, long cachedCharacters, int searchResults) {
  public static XdmsSettings of(String root) {
    return new XdmsSettings(() -> root, 1 << 20, 100, 16L << 20, 16L << 20, 100);
  }

  /// The XCAP root.
  public String root() {
    return address.get();
  }

  /// The path of the root as it stands in requests, from its slash on: `/xcap`; empty text for none.
  public String path() {
    String root = root();
    int host = root.indexOf("://");
    int slash = host < 0 ? -1 : root.indexOf('/', host + 3);
    return slash < 0 ? "" : root.substring(slash);
  }
}
