// What subscribers to documents are told, in the three modes of RFC 5875.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.xdms.XdmLab.JOE;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.Uri;
import tucket.protocol.xcap.XcapDiff;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XmlPatch;
import tucket.protocol.xcap.XmlTree;
import tucket.server.event.Narration;
import tucket.server.xdms.usage.Asker;

class XcapDiffEventsTest {
  private static final String TYPE = "application/resource-lists+xml";
  private static final String OWN = "resource-lists/users/" + JOE + "/index";
  private static final AddressOfRecord USER = new AddressOfRecord(JOE);

  private final XdmLab lab = new XdmLab(true);
  private final XcapDiffEvents events = new XcapDiffEvents("xcap-diff", Duration.ZERO, lab.xdms, Asker::of, (name, what) -> {});

  @AfterEach
  void close() {
    lab.close();
  }

  private static SipRequest subscribe(String parameters, String... selectors) {
    return SipRequest.of("SUBSCRIBE", Uri.parse(JOE)).edit().with(Header.EVENT, "xcap-diff" + parameters).request()
        .withBody(MediaType.RESOURCE_LISTS, XcapDiff.wanted(List.of(selectors)));
  }

  private static String lists(String inside) {
    return "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"friends\"><display-name>People from school</display-name>" + inside
        + "</list></resource-lists>";
  }

  private String write(String inside) {
    return tag(XdmLab.etag(lab.put(JOE, OWN, TYPE, lists(inside))));
  }

  private String add(String who) {
    return tag(XdmLab.etag(lab.put(JOE, OWN + "/~~/resource-lists/list%5b1%5d/entry%5b@uri=%22" + who + "%22%5d", XcapEdit.ELEMENT,
        "<entry uri=\"" + who + "\"/>")));
  }

  private static String tag(String quoted) {
    return quoted.replace("\"", "");
  }

  private static List<XcapDiff.Document> documents(byte[] body) {
    return XcapDiff.parse(body).changes().stream().map(c -> (XcapDiff.Document) c).toList();
  }

  @Test
  void everyStepIsToldWithItsPatchWhereThatIsWanted() {
    String first = write("");
    Narration told = events.begin(subscribe(";diff-processing=xcap-patching", OWN), USER, USER);
    assertThat(documents(told.next(0))).containsExactly(new XcapDiff.Document(OWN, Optional.empty(), Optional.of(first)));
    String second = add("sip:a@example.com");
    String third = add("sip:b@example.com");
    List<XcapDiff.Document> steps = documents(told.next(1));
    assertThat(steps).extracting(XcapDiff.Document::before).containsExactly(Optional.of(first), Optional.of(second));
    assertThat(steps).extracting(XcapDiff.Document::after).containsExactly(Optional.of(second), Optional.of(third));
    XmlTree now = XmlTree.parse(lists(""));
    for (XcapDiff.Document step : steps) {
      now = XmlPatch.applied(step.patches().orElseThrow(), now);
    }
    assertThat(now.text()).isEqualTo(XdmLab.text(lab.get(JOE, OWN)));
    assertThat(documents(told.next(2))).isEmpty();
  }

  @Test
  void stepsAreToldAsOneWhereTheyMayBe() {
    String first = write("");
    Narration told = events.begin(subscribe(";diff-processing=aggregate", OWN), USER, USER);
    told.next(0);
    add("sip:a@example.com");
    String third = add("sip:b@example.com");
    XcapDiff.Document step = documents(told.next(1)).getFirst();
    assertThat(step.before()).contains(first);
    assertThat(step.after()).contains(third);
    assertThat(step.patches().orElseThrow()).hasSize(1);
    assertThat(XmlPatch.applied(step.patches().orElseThrow(), XmlTree.parse(lists(""))).text()).isEqualTo(XdmLab.text(lab.get(JOE, OWN)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ";diff-processing=no-patching", ";diff-processing=some-day"})
  void nothingIsPatchedForThoseWhoDoNotAskForIt(String parameters) {
    String first = write("");
    Narration told = events.begin(subscribe(parameters, OWN), USER, USER);
    told.next(0);
    add("sip:a@example.com");
    String third = add("sip:b@example.com");
    assertThat(documents(told.next(1))).containsExactly(new XcapDiff.Document(OWN, Optional.of(first), Optional.of(third)));
  }

  @Test
  void anotherTagOfTheSameContentIsNoPatch() {
    String first = write("");
    Narration told = events.begin(subscribe(";diff-processing=aggregate", OWN), USER, USER);
    told.next(0);
    String second = write("");
    assertThat(second).isNotEqualTo(first);
    byte[] body = told.next(1);
    assertThat(new String(body, StandardCharsets.UTF_8)).contains("<d:body-not-changed/>");
    assertThat(documents(body)).containsExactly(new XcapDiff.Document(OWN, Optional.of(first), Optional.of(second), Optional.of(List.of())));
  }

  @Test
  void aDocumentThatComesAndGoesIsToldStepByStep() {
    Narration told = events.begin(subscribe(";diff-processing=xcap-patching", "resource-lists/users/" + JOE + "/"), USER, USER);
    assertThat(documents(told.next(0))).isEmpty();
    String first = write("");
    String second = add("sip:a@example.com");
    List<XcapDiff.Document> steps = documents(told.next(1));
    assertThat(steps).hasSize(2);
    assertThat(steps.getFirst()).isEqualTo(new XcapDiff.Document(OWN, Optional.empty(), Optional.of(first)));
    assertThat(steps.getLast().patches()).isPresent();
    lab.delete(JOE, OWN);
    String third = write("");
    assertThat(documents(told.next(2))).containsExactly(
        new XcapDiff.Document(OWN, Optional.of(second), Optional.empty()), new XcapDiff.Document(OWN, Optional.empty(), Optional.of(third)));
  }

  @Test
  void patchesThatWouldBeTooLongAreLeftOut() {
    write("");
    Narration told = events.begin(subscribe(";diff-processing=aggregate", OWN), USER, USER);
    told.next(0);
    write("<entry uri=\"sip:x@example.com\"><display-name>" + "x".repeat(40_000) + "</display-name></entry>");
    assertThat(documents(told.next(1)).getFirst().patches()).isEmpty();
    add("sip:a@example.com");
    assertThat(documents(told.next(2)).getFirst().patches()).as("later ones are told again").isPresent();
  }

  @Test
  void moreStepsThanAreRememberedAreToldAsOne() {
    String first = write("");
    Narration told = events.begin(subscribe(";diff-processing=xcap-patching", OWN), USER, USER);
    told.next(0);
    String last = "";
    for (int i = 0; i < 130; i++) {
      last = add("sip:a" + i + "@example.com");
    }
    assertThat(documents(told.next(1))).hasSize(1).first().satisfies(step -> {
      assertThat(step.before()).contains(first);
    });
    String next = add("sip:z@example.com");
    XcapDiff.Document step = documents(told.next(2)).getFirst();
    assertThat(step.before()).contains(last);
    assertThat(step.after()).contains(next);
    assertThat(step.patches().orElseThrow()).as("and then step by step again").hasSize(1);
  }

  @Test
  void aRefreshTellsAllAnewAndMayChooseAnotherMode() {
    String first = write("");
    Narration told = events.begin(subscribe("", OWN), USER, USER);
    told.next(0);
    told.asked(subscribe(";diff-processing=aggregate", OWN));
    assertThat(documents(told.next(1))).containsExactly(new XcapDiff.Document(OWN, Optional.empty(), Optional.of(first)));
    add("sip:a@example.com");
    assertThat(documents(told.next(2)).getFirst().patches()).isPresent();
  }
}
