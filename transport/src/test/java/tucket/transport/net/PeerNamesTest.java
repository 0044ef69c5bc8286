// Which names of a certificate count for SIP.
package tucket.transport.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerNamesTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private static PeerNames names(String common, GeneralName... alternatives) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500Name("O=Test, CN=" + common);
    var builder =
        new JcaX509v3CertificateBuilder(
            name, BigInteger.ONE, Date.from(Instant.EPOCH), Date.from(Instant.EPOCH.plusSeconds(1)), name, pair.getPublic());
    if (alternatives.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
    }
    X509CertificateHolder holder = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
    return PeerNames.of(new JcaX509CertificateConverter().getCertificate(holder));
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  private static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  @Test
  void aSipUriMakesDnsNamesMeaningless() throws Exception {
    PeerNames names = names("cn.example", uri("SIP:A.example;transport=tls"), dns("b.example"));
    assertThat(names.domains()).containsExactly("a.example");
    assertThat(names.match("a.EXAMPLE", LOOPBACK)).isTrue();
    assertThat(names.match("b.example", LOOPBACK)).isFalse();
    assertThat(names.match("cn.example", LOOPBACK)).isFalse();
  }

  @Test
  void urisOfUsersAndOfOtherSchemesDoNotCount() throws Exception {
    PeerNames names = names("cn.example", uri("sip:alice@a.example"), uri("sips:s.example"), uri("https://w.example"), dns("b.example"));
    assertThat(names.domains()).containsExactly("b.example");
  }

  @Test
  void wildcardsAndSuffixesDoNotMatch() throws Exception {
    PeerNames names = names("cn.example", dns("*.example.com"), dns("example.org"));
    assertThat(names.match("foo.example.com", LOOPBACK)).isFalse();
    assertThat(names.match("foo.example.org", LOOPBACK)).isFalse();
    assertThat(names.match("example.org", LOOPBACK)).isTrue();
  }

  @Test
  void theCommonNameCountsOnlyWithoutAlternatives() throws Exception {
    assertThat(names("old.example").match("old.example", LOOPBACK)).isTrue();
    assertThat(names("old.example", new GeneralName(GeneralName.iPAddress, "192.0.2.1")).domains()).isEmpty();
  }

  @Test
  void anAddressMatchesOnlyWhereAnAddressIsWanted() throws Exception {
    GeneralName v4 = new GeneralName(GeneralName.iPAddress, "127.0.0.1");
    GeneralName v6 = new GeneralName(GeneralName.iPAddress, "::1");
    PeerNames names = names("a.example", v4, v6);
    assertThat(names.match("", LOOPBACK)).isTrue();
    assertThat(names.match("127.0.0.1", LOOPBACK)).isTrue();
    assertThat(names.match("[::1]", InetAddress.ofLiteral("::1"))).isTrue();
    assertThat(names.match("", InetAddress.ofLiteral("127.0.0.2"))).isFalse();
    assertThat(names.match("b.example", LOOPBACK)).isFalse();
  }

  @Test
  void aSelfMadeCertificateIsSoundForOthers(@TempDir Path folder) throws Exception {
    TlsSettings.Identity identity = SelfSigned.make(folder, List.of("a.example", "b.example"), Duration.ofDays(30));
    X509Certificate certificate;
    try (var in = Files.newInputStream(identity.certificateChain())) {
      certificate = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    certificate.checkValidity();
    certificate.verify(certificate.getPublicKey());
    X509CertificateHolder holder = new X509CertificateHolder(certificate.getEncoded());
    assertThat(holder.isSignatureValid(new JcaContentVerifierProviderBuilder().build(certificate.getPublicKey()))).isTrue();
    assertThat(certificate.getBasicConstraints()).isNotNegative();
    PeerNames names = PeerNames.of(certificate);
    assertThat(names.domains()).containsExactly("a.example", "b.example", "localhost");
    assertThat(names.match("", LOOPBACK)).isTrue();
    assertThat(Files.getPosixFilePermissions(identity.privateKey())).hasSize(2);
  }
}
