// Offer and answer of message media, as terminals and their gateways really do it.
package tucket.protocol.sdp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.protocol.fuzz.SdpCorpus.AG_OFFER;
import static tucket.protocol.fuzz.SdpCorpus.FILE_OFFER;
import static tucket.protocol.fuzz.SdpCorpus.TERMINAL;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.msrp.MsrpUri;

class OfferAnswerTest {
  private static final Origin ORIGIN = new Origin("-", "7", "7", Connection.of("198.51.100.1"));

  static MessageMedia ours() {
    return MessageMedia.of(Connection.of("198.51.100.1"), 2855, List.of(MsrpUri.of(false, "198.51.100.1", 2855, "mine")), Setup.ACTPASS);
  }

  private static MessageOffer offer(String sdp) {
    return MessageOffer.in(SessionDescriptionTest.parse(sdp)).orElseThrow();
  }

  private static MessageMedia answered(MessageOffer offer, boolean preferPassive) {
    SessionDescription answer = SessionDescription.parse(offer.answer(ORIGIN, ours(), preferPassive).write());
    return MessageMedia.of(answer, answer.media().get(offer.index()));
  }

  private static String with(String setup) {
    return TERMINAL.replace("a=setup:actpass\r\n", setup);
  }

  @Test
  void theSetupAnswerIsTheTableOfTheTerminals() {
    Map<String, Setup> table = Map.of("a=setup:actpass\r\n", Setup.ACTIVE, "a=setup:active\r\n", Setup.PASSIVE, "a=setup:passive\r\n",
        Setup.ACTIVE,
        "", Setup.PASSIVE, "a=setup:holdconn\r\n", Setup.PASSIVE, "a=setup:nonsense\r\n", Setup.PASSIVE);
    table.forEach((offered, expected) -> assertThat(answered(offer(with(offered)), false).setup()).as(offered).contains(expected));
    assertThat(answered(offer(with("a=setup:actpass\r\n")), true).setup()).contains(Setup.PASSIVE);
    assertThat(answered(offer(with("a=setup:passive\r\n")), true).setup()).contains(Setup.ACTIVE);
  }

  @Test
  void setupAndDirectionAreAlwaysWritten() {
    MessageMedia without = new MessageMedia(Connection.of("h"), 1, false, List.of(), List.of(), Optional.empty(), ours().path(),
        OptionalLong.empty(), Direction.SENDONLY, Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty(),
        List.of());
    assertThat(new String(MessageOffer.of(ORIGIN, without).write(), UTF_8)).contains("\r\na=setup:actpass\r\n")
        .contains("\r\na=sendonly\r\n");
    assertThat(offer(with("").replace("a=sendrecv\r\n", "")).answer(ORIGIN, ours(), true).toString()).contains("\r\na=setup:passive\r\n")
        .contains("\r\na=sendrecv\r\n");
  }

  @Test
  void attributesAreWrittenInTheOrderOfTheTerminals() {
    MessageMedia full = ours().withFile(FileSelector.parse("size:7"), "id1").withFingerprint(new Fingerprint("sha-256", "AA"))
        .withMaxSize(5);
    assertThat(full.media().attributes()).extracting(Attribute::name).containsExactly("accept-types", "accept-wrapped-types",
        "file-transfer-id",
        "file-selector", "setup", "path", "fingerprint", "sendrecv", "max-size");
  }

  @Test
  void maxsizeCountsAsMaxSize() {
    assertThat(offer(FILE_OFFER).media().maxSize()).hasValue(20_000);
    assertThat(offer(FILE_OFFER.replace("maxsize", "max-size")).media().maxSize()).hasValue(20_000);
    assertThat(offer(FILE_OFFER.replace("20000", "lots")).media().maxSize()).isEmpty();
  }

  @Test
  void aFileOfferIsUnderstood() {
    MessageMedia media = offer(FILE_OFFER).media();
    assertThat(media.fileSelector().orElseThrow().size()).hasValue(4092);
    assertThat(media.fileTransferId()).contains("Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE");
    assertThat(media.fileDisposition()).contains("attachment");
    assertThat(answered(offer(FILE_OFFER), true).direction()).isEqualTo(Direction.RECVONLY);
  }

  @Test
  void nobodyConnectsToTheUnspecifiedAddressOrToPortNine() {
    MessageMedia ag = offer(AG_OFFER).media();
    assertThat(ag.isReachable()).isFalse();
    assertThat(ag.target()).isEmpty();
    assertThat(answered(offer(AG_OFFER), false).setup()).contains(Setup.PASSIVE);
    MessageMedia nine = offer(with("a=setup:passive\r\n").replace("20000", "9")).media();
    assertThat(nine.target()).isEmpty();
    assertThat(nine.role()).contains(Setup.ACTIVE);
  }

  @Test
  void theConnectionLineIsConnectedToRatherThanThePath() {
    MessageMedia behindGateway = offer(with("").replace("c=IN IP4 10.0.0.1", "c=IN IP4 203.0.113.5")).media();
    assertThat(behindGateway.target()).contains(new MessageMedia.Target("203.0.113.5", 20000));
    MessageMedia pathOnly = offer(with("").replace("c=IN IP4 10.0.0.1", "c=IN IP4 0.0.0.0").replace("msrp://10.0.0.1",
        "msrp://[2001:db8::7]")).media();
    assertThat(pathOnly.target()).contains(new MessageMedia.Target("2001:db8::7", 20000));
  }

  @Test
  void anAnswerWithSwappedPortsMeansWhatItsPortSays() {
    MessageOffer offered = MessageOffer.of(ORIGIN, ours());
    String passiveNine = with("a=setup:passive\r\n").replace("20000", "9");
    assertThat(offered.accepted(SessionDescriptionTest.parse(passiveNine)).orElseThrow().weConnect()).isFalse();
    assertThat(offered.accepted(SessionDescriptionTest.parse(with("a=setup:active\r\n"))).orElseThrow().weConnect()).isFalse();
    assertThat(offered.accepted(SessionDescriptionTest.parse(with("a=setup:passive\r\n"))).orElseThrow().weConnect()).isTrue();
  }

  @Test
  void anAnswerWithoutSetupLeavesTheOffererActive() {
    MessageOffer offered = MessageOffer.of(ORIGIN, ours());
    assertThat(offered.accepted(SessionDescriptionTest.parse(with(""))).orElseThrow().weConnect()).isTrue();
  }

  @Test
  void otherStreamsAreRefusedWithPortZero() {
    String two = TERMINAL.replace("m=message", "m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\nm=message")
        + "m=message 7 TCP/MSRP *\r\na=path:msrp://h:7/t;tcp\r\n";
    MessageOffer offered = offer(two);
    assertThat(offered.index()).isEqualTo(1);
    SessionDescription answer = offered.answer(ORIGIN, ours(), true);
    assertThat(answer.media()).extracting(Media::port).containsExactly(0, 2855, 0);
    assertThat(answer.toString()).contains("m=audio 0 RTP/AVP 0 8\r\nm=message 2855 TCP/MSRP *\r\n");
    assertThat(offered.refusal(ORIGIN).media()).allMatch(Media::isRejected);
  }

  @Test
  void anOfferWithoutMessageMediaGivesNone() {
    assertThat(MessageOffer.in(SessionDescriptionTest.parse("v=0\r\nm=audio 1 RTP/AVP 0\r\nm=message 0 TCP/MSRP *\r\n"))).isEmpty();
    assertThatThrownBy(() -> offer("v=0\r\nm=message 1 TCP/MSRP *\r\n")).isInstanceOf(Malformed.class).hasMessageContaining("path");
  }

  @Test
  void aRefusedOrUnfittingAnswerIsToldApart() {
    MessageOffer offered = MessageOffer.of(ORIGIN, ours());
    assertThat(offered.accepted(SessionDescriptionTest.parse("v=0\r\nm=message 0 TCP/MSRP *\r\n"))).isEmpty();
    assertThatThrownBy(() -> offered.accepted(SessionDescriptionTest.parse("v=0\r\n"))).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> offered.accepted(SessionDescriptionTest.parse("v=0\r\nm=audio 1 RTP/AVP 0\r\n")))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void acceptTypesHonourStarsAndWrapping() {
    MessageMedia ag = offer(AG_OFFER).media();
    assertThat(ag.accepts(MediaType.TEXT_PLAIN)).isTrue();
    assertThat(ag.accepts(MediaType.IMDN)).isFalse();
    assertThat(ag.acceptsWrapped(MediaType.IMDN)).isTrue();
    MessageOffer terminal = offer(with(""));
    assertThat(terminal.accepts(MediaType.TEXT_PLAIN)).isTrue();
    assertThat(terminal.accepts(MediaType.of("image", "png"))).isFalse();
  }

  @Test
  void directionsMeetInTheMiddle() {
    assertThat(Direction.SENDRECV.answer(Direction.SENDRECV)).isEqualTo(Direction.SENDRECV);
    assertThat(Direction.SENDONLY.answer(Direction.SENDRECV)).isEqualTo(Direction.RECVONLY);
    assertThat(Direction.RECVONLY.answer(Direction.SENDRECV)).isEqualTo(Direction.SENDONLY);
    assertThat(Direction.SENDONLY.answer(Direction.SENDONLY)).isEqualTo(Direction.INACTIVE);
    assertThat(Direction.SENDONLY.reversed()).isEqualTo(Direction.RECVONLY);
  }

  @Test
  void cemaAsksForANewOfferOnlyWhereWeOfferedIt() {
    MessageMedia withCema = new MessageMedia(ours().connection(), 2855, false, List.of("*"), List.of(), Optional.of(Setup.ACTPASS), ours()
        .path(), OptionalLong.empty(), Direction.SENDRECV, Optional.empty(), true, Optional.empty(), Optional.empty(),
        Optional.empty(), List.of());
    String gateway = with("a=setup:active\r\n").replace("c=IN IP4 10.0.0.1", "c=IN IP4 203.0.113.5");
    assertThat(MessageOffer.of(ORIGIN, withCema).accepted(SessionDescriptionTest.parse(gateway)).orElseThrow().needsOfferWithoutCema())
        .isTrue();
    assertThat(MessageOffer.of(ORIGIN, ours()).accepted(SessionDescriptionTest.parse(gateway)).orElseThrow().needsOfferWithoutCema())
        .isFalse();
    assertThat(MessageOffer.of(ORIGIN, withCema).accepted(SessionDescriptionTest.parse(gateway + "a=msrp-cema\r\n")).orElseThrow()
        .needsOfferWithoutCema()).isFalse();
  }

  @Test
  void unknownAttributesOfAStreamAreKept() {
    MessageMedia media = offer(FILE_OFFER + "a=chatroom:nickname private-messages\r\n").media();
    assertThat(media.others()).containsExactly(Attribute.of("chatroom", "nickname private-messages"));
    assertThat(media.media().attribute("chatroom")).contains("nickname private-messages");
  }

  // RFC 8122 section 5
  @Test
  void ofSeveralFingerprintsTheBestThatIsKnownCounts() {
    byte[] certificate = "a certificate".getBytes(UTF_8);
    Fingerprint sha1 = Fingerprint.of("sha-1", certificate);
    Fingerprint sha256 = Fingerprint.of(Fingerprint.SHA_256, certificate);
    String lines = "a=fingerprint:MD5 AA:BB\r\na=fingerprint:" + sha1 + "\r\na=fingerprint:SHA-256 " + sha256.value() + "\r\n";
    assertThat(offer(with(lines)).media().fingerprint()).contains(sha256);
    assertThat(sha256.matches(certificate)).isTrue();
    assertThat(sha256.matches("another".getBytes(UTF_8))).isFalse();
    assertThat(sha1.toString()).matches("sha-1 [0-9A-F]{2}(:[0-9A-F]{2}){19}");
  }

  @Test
  void aFingerprintThatProvesNothingDoesNotPassForNone() {
    assertThat(offer(with("a=fingerprint:nonsense\r\n")).media().fingerprint()).isPresent().get()
        .matches(f -> !f.isKnown() && !f.matches(new byte[0]));
    assertThat(offer(with("a=fingerprint:md5 AA:BB\r\n")).media().fingerprint()).isPresent().get().matches(f -> !f.matches(new byte[0]));
    String ofSession = TERMINAL.replace("m=", "a=fingerprint:md5 AA:BB\r\nm=");
    assertThat(offer(ofSession).media().fingerprint()).isPresent();
  }

  // RFC 6714 section 4.3
  @Test
  void cemaIsAgreedToWhereItIsOfferedAndOnlyThere() {
    assertThat(answered(offer(with("a=setup:actpass\r\na=msrp-cema\r\n")), true).cema()).isTrue();
    assertThat(answered(offer(with("a=setup:actpass\r\n")), true).cema()).isFalse();
  }
}
