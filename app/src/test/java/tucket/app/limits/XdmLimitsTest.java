// How many documents a user may have, and how large.
package tucket.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.app.assembly.LabUsers;
import tucket.client.Account;
import tucket.client.Refused;
import tucket.client.xcap.XdmClient;
import tucket.protocol.document.ResourceLists;
import tucket.transport.net.SecureChance;

class XdmLimitsTest {
  private Optional<LimitsLab> lab = Optional.empty();
  private Optional<XdmClient> client = Optional.empty();

  private XdmClient alice(String setting) {
    LimitsLab server = new LimitsLab("xdms.listen=\"127.0.0.1:0\"", setting);
    lab = Optional.of(server);
    InetSocketAddress at = server.server.xcap().orElseThrow();
    XdmClient made = new XdmClient(new Account(LimitsLab.address("alice"), "alice", LabUsers.passwordOf("alice").orElseThrow()),
        URI.create("http://127.0.0.1:" + at.getPort() + "/xcap"), Optional.empty(), new SecureChance());
    client = Optional.of(made);
    return made;
  }

  @AfterEach
  void close() {
    client.ifPresent(XdmClient::close);
    lab.ifPresent(LimitsLab::close);
  }

  /// Writes a list document of about so many bytes.
  private static void put(XdmClient user, String document, int bytes) {
    String list = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"friends\"><display-name>" + "x".repeat(bytes)
        + "</display-name></list></resource-lists>";
    assertThat(user.put(user.own("resource-lists", document), ResourceLists.TYPE.toString(), list.getBytes(StandardCharsets.UTF_8), Optional.empty()))
        .isNotEmpty();
  }

  private static void refused(XdmClient user, String document, int bytes) {
    assertThatThrownBy(() -> put(user, document, bytes)).isInstanceOfSatisfying(Refused.class, r -> assertThat(r.status()).isIn(409, 413));
  }

  @Shows("limits.xdm-document")
  @Test
  void aDocumentHasSoManyBytes() {
    XdmClient alice = alice("limits.xdm-document=2KiB");
    put(alice, "small", 1000);
    refused(alice, "large", 3000);
    put(alice, "another", 1000);
  }

  @Shows("limits.xdm-documents-of-one-user")
  @Test
  void aUserHasSoManyDocuments() {
    XdmClient alice = alice("limits.xdm-documents-of-one-user=2");
    put(alice, "one", 10);
    put(alice, "two", 10);
    refused(alice, "three", 10);
    put(alice, "two", 20);
    assertThat(alice.delete(alice.own("resource-lists", "one"))).isTrue();
    put(alice, "three", 10);
  }

  @Shows("limits.xdm-of-one-user")
  @Test
  void theDocumentsOfAUserHaveSoManyBytes() {
    XdmClient alice = alice("limits.xdm-of-one-user=4KiB");
    put(alice, "one", 2000);
    refused(alice, "two", 2500);
    put(alice, "two", 500);
  }
}
