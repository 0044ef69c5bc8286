// A server's certificate and key for the JDK's TLS, to be exchanged while it runs.
package tucket.transport.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Asks for the pair anew in every handshake.
final class ServerKey extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";
  private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private final Supplier<Pair> current;

  ServerKey(Supplier<Pair> current) {
    this.current = current;
  }

  /// A certificate chain and the private key of its first certificate.
  record Pair(List<X509Certificate> chain, PrivateKey key) {
    /// Reads PEM files; throws [IllegalArgumentException] where they hold something else.
    static Pair read(TlsSettings.Identity identity) {
      try (InputStream in = Files.newInputStream(identity.certificateChain())) {
        List<X509Certificate> chain =
            CertificateFactory.getInstance("X.509").generateCertificates(in).stream().map(X509Certificate.class::cast).toList();
        Matcher key = KEY.matcher(Files.readString(identity.privateKey()));
        if (chain.isEmpty() || !key.find()) {
          throw new IllegalArgumentException("no certificate, or no unencrypted PKCS #8 key");
        }
        return new Pair(chain, key(Base64.getMimeDecoder().decode(key.group(1))));
      } catch (IOException | GeneralSecurityException bad) {
        throw new IllegalArgumentException(Failures.detail(bad), bad);
      }
    }

    private static PrivateKey key(byte[] encoded) throws GeneralSecurityException {
      for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (InvalidKeySpecException another) {
          continue;
        }
      }
      throw new IllegalArgumentException("the private key is neither EC nor RSA nor EdDSA");
    }
  }

  @Override
  public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return current.get().key.getAlgorithm().equals(keyType) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return chooseServerAlias(keyType, issuers, null);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = chooseServerAlias(keyType, issuers, null);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current.get().chain.toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current.get().key;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return List.of(keyType).contains(current.get().key.getAlgorithm()) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return chooseClientAlias(keyType, issuers, null);
  }
}
