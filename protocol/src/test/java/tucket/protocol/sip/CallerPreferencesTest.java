// Matching of RFC 3840 capabilities with RFC 3841 preferences.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.Malformed;

class CallerPreferencesTest {
  private static SipRequest request(String method, String... headers) {
    return (SipRequest) SipMessageTest.read(method + " sip:user@example.com SIP/2.0\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
  }

  private static List<String> rank(SipRequest request, String... contacts) {
    List<NameAddr> addresses = java.util.Arrays.stream(contacts).map(NameAddr::parse).toList();
    return CallerPreferences.of(request).rank(addresses, Function.identity()).stream().map(c -> ((SipUri) c.uri()).user()).toList();
  }

  private static final String[] FIVE = {
    "sip:u1@h.example.com;audio;video;methods=\"INVITE,BYE\";q=0.2",
    "sip:u2@h.example.com;audio=\"FALSE\";methods=\"INVITE\";actor=\"msg-taker\";q=0.2",
    "sip:u3@h.example.com;audio;actor=\"msg-taker\";methods=\"INVITE\";video;q=0.3",
    "sip:u4@h.example.com;audio;methods=\"INVITE,OPTIONS\";q=0.2",
    "sip:u5@h.example.com;q=0.5"
  };

  private static final SipRequest ASKING =
      request(
          "INVITE",
          "Reject-Contact: *;actor=\"msg-taker\";video",
          "Accept-Contact: *;audio;require",
          "Accept-Contact: *;video;explicit",
          "Accept-Contact: *;methods=\"BYE\";class=\"business\";q=1.0");

  @Test
  void theExampleOfRfc3841Section725IsRankedAsItSays() {
    assertThat(rank(ASKING, FIVE)).containsExactly("u5", "u1", "u4");
  }

  @Test
  void theExampleOfRfc3841Section725IsScoredAsItSays() {
    CallerPreferences preferences = CallerPreferences.of(ASKING);
    assertThat(preferences.score(FeatureSet.of(NameAddr.parse(FIVE[0])))).isCloseTo(0.8333, within(0.001));
    assertThat(preferences.score(FeatureSet.of(NameAddr.parse(FIVE[1])))).isNegative();
    assertThat(preferences.score(FeatureSet.of(NameAddr.parse(FIVE[2])))).isNegative();
    assertThat(preferences.score(FeatureSet.of(NameAddr.parse(FIVE[3])))).isEqualTo(0.5);
    assertThat(preferences.score(FeatureSet.of(NameAddr.parse(FIVE[4])))).isEqualTo(1);
  }

  @Test
  void requireAndExplicitTogetherDropWhatIsNotDeclared() {
    SipRequest asking = request("MESSAGE", "a: *;+g.oma.sip-im;require;explicit");
    assertThat(rank(asking, "<sip:im@h>;+g.oma.sip-im", "<sip:phone@h>;audio", "<sip:plain@h>")).containsExactly("im", "plain");
    SipRequest milder = request("MESSAGE", "Accept-Contact: *;+g.oma.sip-im;require");
    assertThat(rank(milder, "<sip:phone@h>;audio", "<sip:im@h>;+g.oma.sip-im", "<sip:no@h>;+g.oma.sip-im=\"FALSE\""))
        .containsExactly("im", "phone");
  }

  @Test
  void implicitPreferencesPreferWhoKnowsTheMethodButNeverLeaveNobody() {
    String knows = "<sip:knows@h>;methods=\"MESSAGE,INVITE\"";
    String other = "<sip:other@h>;methods=\"INVITE\"";
    assertThat(rank(request("MESSAGE"), other, knows)).containsExactly("knows");
    assertThat(rank(request("MESSAGE"), other)).containsExactly("other");
    SipRequest subscribe = request("SUBSCRIBE", "Event: reg;x=y");
    assertThat(rank(subscribe, "<sip:p@h>;events=\"presence\"", "<sip:r@h>;events=\"reg,presence\"")).containsExactly("r");
  }

  @Test
  void explicitPreferencesMayLeaveNobody() {
    assertThat(rank(request("MESSAGE", "Accept-Contact: *;mobility=\"mobile\";require"), "<sip:a@h>;mobility=\"fixed\"")).isEmpty();
  }

  @Test
  void dispositionsAreTold() {
    CallerPreferences preferences = CallerPreferences.of(request("MESSAGE", "d: proxy, No-Fork, sequential"));
    assertThat(preferences.dispositions()).containsExactlyInAnyOrder("proxy", "no-fork", "sequential");
    assertThat(preferences.mayFork()).isFalse();
    assertThat(CallerPreferences.of(request("MESSAGE")).mayFork()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "audio | audio='TRUE' | true",
        "audio | audio='FALSE' | false",
        "audio | audio='!TRUE' | false",
        "audio | video | true",
        "class='business' | class='BUSINESS' | true",
        "class='business' | class='personal' | false",
        "class='!business' | class='personal' | true",
        "class='!business' | class='business' | false",
        "class='!business' | class='business,personal' | true",
        "class='!business' | class='!personal' | true",
        "description='<A b>' | description='<A b>' | true",
        "description='<A b>' | description='<a b>' | false",
        "description='<a,b>' | description='<a>' | false",
        "priority='#>=20' | priority='#=20' | true",
        "priority='#>=20' | priority='#<=19' | false",
        "priority='#1:5' | priority='#4:9' | true",
        "priority='#1:5' | priority='#-4:0.5' | false",
        "priority='!#1:5' | priority='#2:3' | false",
        "priority='!#1:5' | priority='#2:6' | true",
        "priority='#5' | priority='#5' | malformed",
        "priority='#=1e9' | priority='#5' | malformed"
      })
  void featuresMeetByTheirKind(String left, String right, String expected) {
    Function<String, FeatureSet> parse = p -> FeatureSet.of(NameAddr.parse("<sip:a@b>;" + p.strip().replace('\'', '"')));
    if (expected.equals("malformed")) {
      assertThatThrownBy(() -> parse.apply(left)).isInstanceOf(Malformed.class);
    } else {
      assertThat(parse.apply(left).matches(parse.apply(right))).isEqualTo(Boolean.valueOf(expected));
      assertThat(parse.apply(right).matches(parse.apply(left))).isEqualTo(Boolean.valueOf(expected));
    }
  }

  @Test
  void onlyFeatureParametersCount() {
    FeatureSet features =
        FeatureSet.of(
            NameAddr.parse("<sip:a@b>;audio;mobility=\"fixed\";"
                + "+sip.message=\"TRUE\";other-param=66372;q=0.1;+sip.instance=\"<urn:uuid:1>\""));
    assertThat(features.tags()).containsExactlyInAnyOrder("audio", "mobility", "sip.message", "sip.instance");
    assertThat(features.has("+SIP.message")).isTrue();
    assertThat(features.isTrue("audio")).isTrue();
    assertThat(features.isTrue("video")).isFalse();
    assertThat(features.has("mobility", "FIXED")).isTrue();
    assertThat(features.text("+sip.instance")).contains("urn:uuid:1");
  }

  @ParameterizedTest
  @CsvSource({"1, 1000", "0, 0", "0.5, 500", "0.25, 250", "0.333, 333", "1.000, 1000", ".7, 700", "1.5, 1000", "x, 1000", "0.1234, 1000",
      "-1, 1000", "., 1000", "1., 1000", "0., 0"})
  void qIsReadInThousandths(String q, int thousandths) {
    assertThat(CallerPreferences.q(NameAddr.parse("<sip:a@b>;q=" + q))).isEqualTo(thousandths);
    assertThat(CallerPreferences.q(NameAddr.parse("<sip:a@b>"))).isEqualTo(1000);
  }
}
