// Whether the TLS certificate is one that peers will take, and for how long.
package tucket.app.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tucket.app.config.Config;
import tucket.transport.Clock;

/// What RFC 5922 wants of a SIP domain's certificate, and what goes wrong with files in practice.
final class CertificateCheck implements Check {
  private static final Duration SOON = Duration.ofDays(30);
  private static final int LEAST_RSA_BITS = 2048;
  private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final String RENEW = "renew it and put the new files in its place and run `./tucket reload`";

  private final Clock clock;

  CertificateCheck(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String area() {
    return "certificates";
  }

  @Override
  public void look(Config config, Findings to) {
    Config.Tls tls = config.sip().tls();
    boolean listens = config.sip().listen().stream().anyMatch(e -> e.protocol().secure());
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      own(config, tls.certificate().get(), tls.key().get(), to);
    } else if (tls.lab()) {
      to.warning(
          "the lab certificate is in use: nobody but this machine trusts it",
          "before others connect, set sip.tls.certificate and sip.tls.key, and sip.tls.lab = false");
    } else if (listens) {
      to.problem("a tls listener has no certificate", "set sip.tls.certificate and sip.tls.key");
    } else {
      to.ok("none is configured, and no tls listener wants one");
    }
    tls.trust().ifPresent(pem -> trusted(pem, to));
  }

  private void own(Config config, Path chainFile, Path keyFile, Findings to) {
    List<X509Certificate> chain;
    try {
      chain = certificates(chainFile);
    } catch (IOException | GeneralSecurityException bad) {
      to.problem("can't read the certificate " + chainFile + ": " + bad.getMessage(), "give sip.tls.certificate a PEM file: our certificate, then its issuers");
      return;
    }
    if (chain.isEmpty()) {
      to.problem(chainFile + " holds no certificate", "give sip.tls.certificate a PEM file: our certificate, then its issuers");
      return;
    }
    X509Certificate own = chain.getFirst();
    key(own, keyFile, to);
    validity("the certificate " + chainFile, own, to);
    chain(chain, chainFile, to);
    names(config, own, to);
    strength(own, to);
  }

  private void key(X509Certificate own, Path file, Findings to) {
    try {
      PrivateKey key = privateKey(file);
      to.ok("the certificate and its key can be read");
      if (!fits(key, own)) {
        to.problem(file + " is not the key of the certificate", "set sip.tls.key to the key that the certificate was asked for with");
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException bad) {
      to.problem("can't use the key " + file + ": " + bad.getMessage(), "make it PKCS #8: `openssl pkcs8 -topk8 -nocrypt -in old.key -out new.key`");
      return;
    }
    try {
      Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
      if (rights.contains(PosixFilePermission.OTHERS_READ)) {
        to.problem("everybody on this machine can read the key " + file, "`chmod o= " + file + "`");
      }
    } catch (IOException | UnsupportedOperationException unknown) {
      to.ok("who may read the key can't be told on this file system");
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    Matcher pem = KEY.matcher(Files.readString(file));
    if (!pem.find()) {
      throw new GeneralSecurityException("it holds no unencrypted PKCS #8 key");
    }
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (GeneralSecurityException another) {
        continue;
      }
    }
    throw new GeneralSecurityException("it is neither EC nor RSA nor EdDSA");
  }

  /// Signs with the one and verifies with the other.
  private static boolean fits(PrivateKey key, X509Certificate certificate) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "EdDSA";
        };
    byte[] text = "tucket".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    try {
      Signature sign = Signature.getInstance(algorithm);
      sign.initSign(key);
      sign.update(text);
      byte[] signature = sign.sign();
      sign.initVerify(certificate.getPublicKey());
      sign.update(text);
      return sign.verify(signature);
    } catch (GeneralSecurityException another) {
      return false;
    }
  }

  private void validity(String which, X509Certificate certificate, Findings to) {
    Instant now = clock.now();
    Instant end = certificate.getNotAfter().toInstant();
    long days = Duration.between(now, end).toDays();
    if (now.isAfter(end)) {
      to.problem(which + " has expired on " + end, RENEW);
    } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
      to.problem(which + " is valid only from " + certificate.getNotBefore().toInstant() + " on", "check this machine's clock, or wait");
    } else {
      to.warningIf(end.isBefore(now.plus(SOON)), which + " expires in " + days + " days", RENEW);
    }
  }

  private void chain(List<X509Certificate> chain, Path file, Findings to) {
    for (int i = 0; i + 1 < chain.size(); i++) {
      if (!issued(chain.get(i), chain.get(i + 1))) {
        to.problem(
            "certificate " + (i + 2) + " in " + file + " is not the issuer of the one before it",
            "order the file: our certificate, its issuer, that one's issuer; leave out others");
        return;
      }
    }
    X509Certificate last = chain.getLast();
    if (issued(last, last)) {
      to.warning(
          chain.size() == 1 ? file + " is signed by itself: nobody trusts it who has not been given it" : "its authority is a private one",
          "get one from an authority that your peers trust, or give them the root certificate (sip.tls.trust at another Tucket)");
      return;
    }
    try {
      validate(chain);
      to.ok("the chain leads to an authority that Java trusts");
    } catch (GeneralSecurityException | IOException unknown) {
      to.warning(
          "the chain in " + file + " does not lead to an authority that Java trusts (" + last.getIssuerX500Principal() + ")",
          "append the missing issuers' certificates to the file (`cat own.crt issuer.crt > chain.crt`)");
    }
  }

  private static boolean issued(X509Certificate certificate, X509Certificate by) {
    try {
      certificate.verify(by.getPublicKey());
      return certificate.getIssuerX500Principal().equals(by.getSubjectX500Principal());
    } catch (GeneralSecurityException no) {
      return false;
    }
  }

  private void validate(List<X509Certificate> chain) throws GeneralSecurityException, IOException {
    Path authorities = Path.of(System.getProperty("java.home", ""), "lib", "security", "cacerts");
    PKIXParameters parameters = new PKIXParameters(KeyStore.getInstance(authorities.toFile(), (char[]) null));
    parameters.setRevocationEnabled(false);
    parameters.setDate(java.util.Date.from(clock.now()));
    CertPathValidator.getInstance("PKIX").validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
  }

  // RFC 5922 section 7.1: sip: URIs, where there are none DNS names; whole, without wildcards (section 7.2).
  private static void names(Config config, X509Certificate own, Findings to) {
    Set<String> uris = new TreeSet<>();
    Set<String> hosts = new TreeSet<>();
    Set<String> other = new TreeSet<>();
    try {
      for (List<?> name : Optional.ofNullable(own.getSubjectAlternativeNames()).orElse(List.of())) {
        String text = String.valueOf(name.get(1)).toLowerCase(Locale.ROOT);
        if (name.get(0).equals(6) && text.startsWith("sip:")) {
          uris.add(text.substring(4));
        } else {
          (name.get(0).equals(2) ? hosts : other).add(text);
        }
      }
    } catch (GeneralSecurityException unreadable) {
      other.add("unreadable");
    }
    Set<String> proven = uris.isEmpty() ? hosts : uris;
    List<String> wanted = new ArrayList<>(List.of(config.domain()));
    wanted.addAll(config.aliases());
    List<String> missing = wanted.stream().filter(d -> !proven.contains(d) && !other.contains(d)).toList();
    if (missing.isEmpty()) {
      to.ok("it names " + String.join(", ", wanted));
      return;
    }
    String has = proven.isEmpty() ? "no name" : String.join(", ", proven);
    to.problem(
        "it does not name " + String.join(", ", missing) + "; it has " + has + " (SIP knows no wildcards, RFC 5922)",
        "get one whose subjectAltName has DNS:" + String.join(", DNS:", missing) + " (or URI:sip:" + missing.getFirst() + ")");
  }

  private static void strength(X509Certificate own, Findings to) {
    String signed = own.getSigAlgName().toUpperCase(Locale.ROOT);
    if (signed.startsWith("SHA1") || signed.startsWith("MD5")) {
      to.warning("it is signed with " + own.getSigAlgName() + ", which many peers refuse", "get one that is signed with SHA-256");
    }
    if (own.getPublicKey() instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
      to.warning("its RSA key has " + rsa.getModulus().bitLength() + " bits", "get one with an EC P-256 or RSA 2048 key");
    }
    try {
      List<String> uses = own.getExtendedKeyUsage();
      if (uses != null && !uses.contains("1.3.6.1.5.5.7.3.1") && !uses.contains("2.5.29.37.0")) {
        to.problem("it may not be used by a server (extendedKeyUsage)", "get one with serverAuth, and clientAuth for peers that ask");
      }
    } catch (GeneralSecurityException unreadable) {
      to.warning("its extendedKeyUsage can't be read", "get a new one");
    }
  }

  private void trusted(Path pem, Findings to) {
    try {
      List<X509Certificate> all = certificates(pem);
      if (all.isEmpty()) {
        to.problem(pem + " holds no certificate", "give sip.tls.trust a PEM file of authorities");
      }
      Instant now = clock.now();
      all.stream()
          .filter(c -> now.isAfter(c.getNotAfter().toInstant()))
          .forEach(c -> to.warning("the trusted authority " + c.getSubjectX500Principal() + " has expired", "take it out of " + pem + " or renew it"));
      to.ok(all.size() + " authorities are trusted from " + pem);
    } catch (IOException | GeneralSecurityException bad) {
      to.problem("can't read " + pem + ": " + bad.getMessage(), "give sip.tls.trust a PEM file of authorities");
    }
  }

  private static List<X509Certificate> certificates(Path pem) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream().map(X509Certificate.class::cast).toList();
    }
  }
}
