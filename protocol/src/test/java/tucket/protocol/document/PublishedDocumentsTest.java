// Service settings and presence as clients publish them.
package tucket.protocol.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.Malformed;
import tucket.protocol.document.ServiceSettingsDocument.Entity;
import tucket.protocol.document.ServiceSettingsDocument.History;

class PublishedDocumentsTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void settingsAreReadInTheFormOfPocWithTheElementsOfIm() {
    Entity e = ServiceSettingsDocument.parse(bytes("""
        <poc-settings xmlns="urn:oma:params:xml:ns:poc:poc-settings" xmlns:im="urn:oma:xml:im:service-settings"><entity id="dev1">
        <isb-settings><incoming-session-barring active="true"/></isb-settings><am-settings><answer-mode>manual</answer-mode></am-settings>
        <im:service-id>org.openmobilealliance:IM</im:service-id><im:active>true</im:active>
        <im:deferred-settings><im:offline-delivery>false</im:offline-delivery></im:deferred-settings>
        <im:vis-settings><im:vis-status>invisible</im:vis-status></im:vis-settings>
        <im:hist-settings><im:hist-activation type="session-mode"/><im:hist-activation type="pager-large-mode"/></im:hist-settings>
        </entity></poc-settings>""")).entities().getFirst();
    assertThat(e).isEqualTo(new Entity("dev1", Optional.of(true), Optional.of(true), Optional.of(false), Optional.empty(), Optional.of(false),
        Optional.of(Set.of(History.SESSION_MODE, History.PAGER_LARGE_MODE))));
  }

  @Test
  void settingsAreReadInTheirBareForm() {
    Entity e = ServiceSettingsDocument.parse(bytes("<im-settings xmlns='urn:oma:xml:im:service-settings'><active>0</active></im-settings>")).entities()
        .getFirst();
    assertThat(e).isEqualTo(Entity.of("").withActive(false));
  }

  @Test
  void theSettingsOfAnotherServiceAreNotOurs() {
    Entity e = ServiceSettingsDocument.parse(bytes("""
        <poc-settings xmlns:im="urn:oma:xml:im:service-settings"><entity id="d"><im:service-id>org.openmobilealliance:PoC</im:service-id>
        <im:active>false</im:active></entity></poc-settings>""")).entities().getFirst();
    assertThat(e).isEqualTo(Entity.of("d"));
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    ServiceSettingsDocument document = new ServiceSettingsDocument(List.of(
        Entity.of("urn:uuid:1").withActive(true).withIncomingBarring(false).withOfflineDelivery(true).withStorePagerMessages(true).withVisible(false)
            .withHistory(Set.of(History.PAGER_LARGE_MODE)),
        Entity.of("<&\">")));
    assertThat(ServiceSettingsDocument.parse(document.write())).isEqualTo(document);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<poc-settings><entity id='a'><isb-settings><incoming-session-barring/></isb-settings></entity></poc-settings>",
      "<im-settings><active>perhaps</active></im-settings>", "<im-settings><vis-settings><vis-status>blue</vis-status></vis-settings></im-settings>",
      "<im-settings><hist-settings><hist-activation type='x'/></hist-settings></im-settings>", "<other/>", "<poc-settings>", ""})
  void whatIsNoSettingIsMalformed(String xml) {
    assertThatThrownBy(() -> ServiceSettingsDocument.parse(bytes(xml))).isInstanceOf(Malformed.class);
  }

  private static PresenceDocument presence(String tuples) {
    return PresenceDocument.parse(bytes("<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:d='urn:ietf:params:xml:ns:pidf:data-model' "
        + "xmlns:op='urn:oma:xml:prs:pidf:oma-pres' entity='sip:b@x'>" + tuples + "</presence>"));
  }

  private static String tuple(String id, String basic, String service) {
    String description = service.isEmpty() ? "" : "<op:service-description><op:service-id>" + service + "</op:service-id></op:service-description>";
    return "<tuple id='" + id + "'><status><basic>" + basic + "</basic></status>" + description + "</tuple>";
  }

  @Test
  void aUserIsOpenForMessagesWhereOneOfHisTuplesSaysSo() {
    assertThat(presence("").isOpenForIm()).isEmpty();
    assertThat(presence(tuple("a", "open", "org.openmobilealliance:PoC-session")).isOpenForIm()).isEmpty();
    assertThat(presence(tuple("a", "closed", "org.openmobilealliance:IM-pager-mode")).isOpenForIm()).contains(false);
    assertThat(presence(tuple("a", "closed", "org.openmobilealliance:IM")
        + tuple("b", "open", "org.openmobilealliance:IM-session")).isOpenForIm()).contains(true);
    assertThat(presence(tuple("a", "closed", "")).isOpenForIm()).contains(false);
    assertThat(presence("<tuple id='x'><status/></tuple>").isOpenForIm()).isEmpty();
  }

  @Test
  void severalPublicationsMakeOneDocumentThatLosesNothing() {
    PresenceDocument one = presence("<tuple id='t'><status><basic>open</basic><x:act xmlns:x='urn:x' x:kind='1 &lt; 2'>busy</x:act></status></tuple>"
        + "<note xml:lang='de'>da</note>");
    PresenceDocument other = presence(tuple("t", "closed", "") + "<d:person id='p'><d:note>hi &amp; bye</d:note></d:person>");
    byte[] composed = PresenceDocument.compose("sip:b@x",
        List.of(new PresenceDocument.ServiceTuple("im", PresenceDocument.IM_PAGER, "1.0", true, "sip:b@x")), List.of(one, other), Optional::of);
    PresenceDocument all = PresenceDocument.parse(composed);

    assertThat(all.elements().stream().map(e -> e.name() + " " + e.attribute("id").orElse(""))).containsExactly("tuple im", "tuple t", "tuple t-2", "note ",
        "person p");
    XmlElement act = all.elements().get(1).child("status").orElseThrow().child("act").orElseThrow();
    assertThat(act.namespace()).isEqualTo("urn:x");
    assertThat(act.attributes()).containsExactly(new XmlElement.Attribute("urn:x", "kind", "1 < 2"));
    assertThat(act.text()).isEqualTo("busy");
    assertThat(all.elements().get(4).namespace()).isEqualTo("urn:ietf:params:xml:ns:pidf:data-model");
    assertThat(all.elements().get(4).textOf("note")).contains("hi & bye");
    assertThat(all.isOpenForIm()).contains(true);
    assertThat(PresenceDocument.parse(PresenceDocument.compose("sip:b@x", List.of(), List.of(one), e -> Optional.empty())).elements()).isEmpty();
  }
}
