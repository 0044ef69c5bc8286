// Whose certificate we show, whose we trust.
package tucket.transport.net;

import java.nio.file.Path;
import java.util.Optional;

/// @param identity our certificate, shown as a server and, where asked, as a client; without one no TLS port can be opened.
/// @param trust whose certificates count.
/// @param clientAuth whether those who connect to us must show one.
/// @param engine which TLS implementation.
public record TlsSettings(Optional<Identity> identity, Trust trust, ClientAuth clientAuth, Engine engine) {
  /// No certificate of our own, the JDK's authorities trusted.
  public static final TlsSettings CLIENT = new TlsSettings(Optional.empty(), new SystemTrust(), ClientAuth.NONE, Engine.NATIVE);

  /// @param certificateChain PEM, our certificate first, then those of the authorities between it and the root.
  /// @param privateKey PEM, PKCS #8 ("BEGIN PRIVATE KEY"), not encrypted.
  public record Identity(Path certificateChain, Path privateKey) {}

  public sealed interface Trust permits SystemTrust, Authorities, Anyone {}

  /// The authorities that the JDK trusts.
  public record SystemTrust() implements Trust {}

  /// The authorities in a PEM file, and no others.
  public record Authorities(Path pem) implements Trust {}

  /// Any certificate, unchecked: for a laboratory. Nobody's name is proven then.
  public record Anyone() implements Trust {}

  public enum ClientAuth {
    NONE,
    WANTED,
    NEEDED
  }

  public enum Engine {
    /// BoringSSL where this machine can load it, the JDK's otherwise.
    NATIVE,
    JDK
  }

  public static TlsSettings server(Identity identity) {
    return new TlsSettings(Optional.of(identity), new SystemTrust(), ClientAuth.NONE, Engine.NATIVE);
  }

  public TlsSettings withTrust(Trust newTrust) {
    return new TlsSettings(identity, newTrust, clientAuth, engine);
  }

  public TlsSettings withClientAuth(ClientAuth auth) {
    return new TlsSettings(identity, trust, auth, engine);
  }

  public TlsSettings withEngine(Engine newEngine) {
    return new TlsSettings(identity, trust, clientAuth, newEngine);
  }
}
