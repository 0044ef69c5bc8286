// Certificates and keys as loaded, to be exchanged while the server runs.
package tucket.transport.net;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import tucket.transport.Unavailable;

/// Reads the files of a [TlsSettings] and keeps what TLS needs. Thread-safe. A reload is for handshakes that begin after it; connections
/// that are open keep what they have. A reload that fails changes nothing.
public final class TlsMaterial {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
  private static final Duration OWN_LIFE = Duration.ofDays(365);
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN"; // the JDK's word

  private final TlsSettings settings;
  private volatile Loaded loaded;
  private volatile @Nullable ForAny forAny;

  private record Loaded(Optional<SslContext> server, SslContext client, Optional<ServerKey.Pair> pair, List<Long> stamps) {}

  /// For connections whose peers are judged later: either side shows `certificate` (DER) and asks for one.
  record ForAny(ServerKey.Pair pair, SslContext server, SslContext client, byte[] certificate) {}

  private TlsMaterial(TlsSettings settings) {
    this.settings = settings;
    this.loaded = read();
  }

  /// Reads the files; throws [Unavailable] naming the file and the remedy.
  public static TlsMaterial load(TlsSettings settings) {
    return new TlsMaterial(settings);
  }

  /// Reads the files again, whether they have changed or not; throws [Unavailable] and keeps the old ones where they are no good.
  public synchronized void reload() {
    loaded = read();
  }

  /// Reads the files again if one has another time of modification than when it was read; returns whether it did.
  public synchronized boolean reloadIfChanged() {
    if (stamps().equals(loaded.stamps)) {
      return false;
    }
    loaded = read();
    return true;
  }

  public TlsSettings settings() {
    return settings;
  }

  /// The TLS implementation in use, for the log.
  public String engine() {
    return provider() == SslProvider.JDK ? "JDK" : OpenSsl.versionString();
  }

  Optional<SslContext> server() {
    return loaded.server;
  }

  SslContext client() {
    return loaded.client;
  }

  /// For servers that do not run on our sockets (HTTP): the JDK's TLS with our certificate, which a reload exchanges for handshakes to
  /// come. The trusted authorities stay those of now. Throws [Unavailable] where there is no certificate.
  public SSLContext serverContext() {
    if (loaded.pair.isEmpty()) {
      throw new Unavailable("TLS wants a certificate: name one and its key, or make one for the lab.");
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new ServerKey(() -> loaded.pair.orElseThrow())}, trustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException bad) {
      throw new Unavailable("TLS can't be set up: " + Failures.detail(bad) + ".", bad);
    }
  }

  /// For clients that do not run on our sockets (HTTP): the JDK's TLS with our certificate, where there is one, and our trust.
  public SSLContext clientContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] own = loaded.pair.isEmpty() ? null : new KeyManager[] {new ServerKey(() -> loaded.pair.orElseThrow())};
      context.init(own, trustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException bad) {
      throw new Unavailable("TLS can't be set up: " + Failures.detail(bad) + ".", bad);
    }
  }

  /// Made at first use, and again when another certificate was loaded. Who has none configured gets one signed by itself: it counts by its
  /// fingerprint (RFC 8122).
  ForAny forAny() {
    ForAny known = forAny;
    Optional<ServerKey.Pair> configured = loaded.pair;
    if (known != null && configured.map(known.pair::equals).orElse(true)) {
      return known;
    }
    synchronized (this) {
      ForAny made = forAny(configured.orElseGet(() -> SelfSigned.pair(List.of(), OWN_LIFE)));
      forAny = made;
      return made;
    }
  }

  private ForAny forAny(ServerKey.Pair pair) {
    try {
      X509Certificate[] chain = pair.chain().toArray(X509Certificate[]::new);
      SslContextBuilder server = SslContextBuilder.forServer(pair.key(), chain).clientAuth(ClientAuth.OPTIONAL);
      SslContextBuilder client = SslContextBuilder.forClient().keyManager(pair.key(), chain).endpointIdentificationAlgorithm("");
      return new ForAny(pair, builtForAny(server), builtForAny(client), chain[0].getEncoded());
    } catch (SSLException | CertificateEncodingException bad) {
      throw new Unavailable("TLS for media can't be set up: " + Failures.detail(bad) + ".", bad);
    }
  }

  private SslContext builtForAny(SslContextBuilder builder) throws SSLException {
    return builder.trustManager(InsecureTrustManagerFactory.INSTANCE).sslProvider(provider()).protocols(VERSIONS).build();
  }

  /// Whether a trusted authority vouches for that chain, which a server showed to us or, where not `ofServer`, a client.
  boolean trusts(List<X509Certificate> chain, boolean ofServer) {
    X509Certificate[] shown = chain.toArray(X509Certificate[]::new);
    try {
      for (TrustManager manager : trustManagersOrSystem()) {
        if (manager instanceof X509TrustManager x509) {
          if (ofServer) {
            x509.checkServerTrusted(shown, ANY_KEY_EXCHANGE);
          } else {
            x509.checkClientTrusted(shown, ANY_KEY_EXCHANGE);
          }
          return true;
        }
      }
      return false;
    } catch (GeneralSecurityException | IOException | IllegalArgumentException untrusted) {
      return false;
    }
  }

  private TrustManager[] trustManagersOrSystem() throws GeneralSecurityException, IOException {
    TrustManager[] configured = trustManagers();
    if (configured != null) {
      return configured;
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return factory.getTrustManagers();
  }

  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
    return switch (settings.trust()) {
      case TlsSettings.SystemTrust() -> null;
      case TlsSettings.Anyone() -> InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
      case TlsSettings.Authorities(Path pem) -> {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
          int number = 0;
          for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
            store.setCertificateEntry("authority-" + number++, authority);
          }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        yield factory.getTrustManagers();
      }
    };
  }

  boolean trustsAnyone() {
    return settings.trust() instanceof TlsSettings.Anyone;
  }

  private SslProvider provider() {
    return settings.engine() == TlsSettings.Engine.NATIVE && OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  private Loaded read() {
    // Before the files are read, so that a change while they are read is seen by the next look.
    List<Long> stamps = stamps();
    try {
      SslContextBuilder client = SslContextBuilder.forClient();
      // Names are checked by PeerNames, as SIP wants it; the HTTPS rules would refuse sip: URIs and allow wildcards.
      client.endpointIdentificationAlgorithm("");
      Optional<SslContext> server = Optional.empty();
      if (settings.identity().isPresent()) {
        File chain = readable(settings.identity().get().certificateChain());
        File key = readable(settings.identity().get().privateKey());
        client.keyManager(chain, key);
        server = Optional.of(built(SslContextBuilder.forServer(chain, key).clientAuth(auth())));
      }
      return new Loaded(server, built(client), settings.identity().map(ServerKey.Pair::read), stamps);
    } catch (SSLException | IllegalArgumentException bad) {
      throw new Unavailable(
          "The TLS certificate or key can't be used: "
              + Failures.detail(bad)
              + ". Wanted are PEM files: the certificate chain, and its private key in PKCS #8 without a password"
              + " (`openssl pkcs8 -topk8 -nocrypt -in old.key -out new.key` makes one)"
              + settings.identity().map(own -> "; see " + own.certificateChain() + " and " + own.privateKey()).orElse("")
              + ".",
          bad);
    }
  }

  private SslContext built(SslContextBuilder builder) throws SSLException {
    switch (settings.trust()) {
      case TlsSettings.SystemTrust() -> {}
      case TlsSettings.Authorities(Path pem) -> builder.trustManager(readable(pem));
      case TlsSettings.Anyone() -> builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    }
    return builder.sslProvider(provider()).protocols(VERSIONS).build();
  }

  private ClientAuth auth() {
    return switch (settings.clientAuth()) {
      case NONE -> ClientAuth.NONE;
      case WANTED -> ClientAuth.OPTIONAL;
      case NEEDED -> ClientAuth.REQUIRE;
    };
  }

  private static File readable(Path path) {
    if (!Files.isReadable(path)) {
      throw new Unavailable("Can't read " + path + ": give the path of a PEM file that this process may read.");
    }
    return path.toFile();
  }

  private List<Long> stamps() {
    List<Path> files = new ArrayList<>();
    settings.identity().ifPresent(own -> files.addAll(List.of(own.certificateChain(), own.privateKey())));
    if (settings.trust() instanceof TlsSettings.Authorities(Path pem)) {
      files.add(pem);
    }
    return files.stream().map(TlsMaterial::stamp).toList();
  }

  private static Long stamp(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis() * 31 + Files.size(file);
    } catch (IOException absent) {
      return -1L;
    }
  }
}
