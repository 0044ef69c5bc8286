// Certificates that have expired, name others, do not fit their key, or are nobody's.
package tucket.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.doctor.Finding.Level;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.TlsSettings.Identity;

class CertificateCheckTest {
  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir Path folder = Path.of("");

  @Test
  void aFittingCertificateIsFineButForItsOwnSignature() {
    List<Finding> found = look(made("a", "im.tucket.example"), Duration.ZERO);
    assertThat(Patient.of(found, Level.PROBLEM)).isEmpty();
    assertThat(Patient.of(found, Level.WARNING)).singleElement().satisfies(f -> assertThat(f.what()).contains("signed by itself"));
    assertThat(found).extracting(Finding::what).anyMatch(w -> w.matches(".*expires in 36[34] days"));
  }

  @Test
  void anExpiredCertificateIsAProblem() {
    assertThat(problems(look(made("a", "im.tucket.example"), Duration.ofDays(366)))).singleElement().satisfies(w -> assertThat(w).contains("has expired"));
  }

  @Test
  void oneThatExpiresSoonIsWarnedOf() {
    List<Finding> found = look(made("a", "im.tucket.example"), Duration.ofDays(350));
    assertThat(Patient.of(found, Level.WARNING)).extracting(Finding::what).anyMatch(w -> w.matches(".*expires in 1[34] days"));
  }

  @Test
  void oneThatIsNotValidYetIsAProblem() {
    assertThat(problems(look(made("a", "im.tucket.example"), Duration.ofDays(-3)))).singleElement().satisfies(w -> assertThat(w).contains("valid only from"));
  }

  @Test
  void oneThatNamesAnotherDomainIsAProblemThatSaysWhichNameIsMissing() {
    List<Finding> found = look(made("a", "other.example"), Duration.ZERO);
    assertThat(problems(found)).singleElement().satisfies(w -> assertThat(w).contains("does not name im.tucket.example").contains("other.example"));
    assertThat(Patient.of(found, Level.PROBLEM).getFirst().remedy()).contains("DNS:im.tucket.example");
  }

  @Test
  void theKeyOfAnotherCertificateIsAProblem() {
    Identity one = made("a", "im.tucket.example");
    Identity two = made("b", "im.tucket.example");
    List<Finding> found = look(new Identity(one.certificateChain(), two.privateKey()), Duration.ZERO);
    assertThat(problems(found)).singleElement().satisfies(w -> assertThat(w).contains("is not the key"));
  }

  @Test
  void aKeyInAnotherFormatIsAProblem() throws IOException {
    Identity one = made("a", "im.tucket.example");
    Files.writeString(one.privateKey(), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    List<Finding> found = look(one, Duration.ZERO);
    assertThat(Patient.of(found, Level.PROBLEM)).singleElement().satisfies(f -> assertThat(f.remedy()).contains("openssl pkcs8 -topk8"));
  }

  @Test
  void aChainInDisorderIsAProblem() throws IOException {
    Identity one = made("a", "im.tucket.example");
    Identity two = made("b", "another.example");
    Files.writeString(one.certificateChain(), Files.readString(one.certificateChain()) + Files.readString(two.certificateChain()));
    assertThat(problems(look(one, Duration.ZERO))).singleElement().satisfies(w -> assertThat(w).contains("is not the issuer"));
  }

  @Test
  void aFileWithoutACertificateIsAProblem() throws IOException {
    Identity one = made("a", "im.tucket.example");
    Files.writeString(one.certificateChain(), "nothing\n");
    assertThat(problems(look(one, Duration.ZERO))).hasSize(1);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aKeyThatEverybodyReadsIsAProblem() throws IOException {
    Identity one = made("a", "im.tucket.example");
    Files.setPosixFilePermissions(one.privateKey(), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(problems(look(one, Duration.ZERO))).singleElement().satisfies(w -> assertThat(w).contains("everybody"));
  }

  @Test
  void theLabCertificateIsWarnedOf() {
    List<Finding> found = Patient.look(new CertificateCheck(Patient.clock(Duration.ZERO, Duration.ZERO)), Patient.config(folder, "sip.tls.lab=true"));
    assertThat(found).extracting(Finding::level).containsExactly(Level.WARNING);
  }

  @Test
  void withoutTlsThereIsNothingToLookAt() {
    List<Finding> found = Patient.look(new CertificateCheck(Patient.clock(Duration.ZERO, Duration.ZERO)), Patient.config(folder));
    assertThat(found).extracting(Finding::level).containsExactly(Level.OK);
  }

  private Identity made(String where, String domain) {
    return SelfSigned.make(folder.resolve(where), List.of(domain), YEAR);
  }

  private List<Finding> look(Identity identity, Duration ahead) {
    String own = "sip.tls { certificate = \"" + identity.certificateChain() + "\", key = \"" + identity.privateKey() + "\" }";
    return Patient.look(new CertificateCheck(Patient.clock(ahead, Duration.ZERO)), Patient.config(folder, "domain=im.tucket.example", own));
  }

  private static List<String> problems(List<Finding> found) {
    return Patient.of(found, Level.PROBLEM).stream().map(Finding::what).toList();
  }
}
