// Common policy: conditions, combining, precedence, lists; and references to lists.
package tucket.protocol.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;

class RulesetTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static Ruleset parse(String rules) {
    return Ruleset.parse(("<cr:ruleset xmlns:cr=\"urn:ietf:params:xml:ns:common-policy\" xmlns:ocp=\"urn:oma:xml:xdm:common-policy\" "
        + "xmlns:oxe=\"urn:oma:xml:xdm:extensions\">" + rules + "</cr:ruleset>").getBytes(StandardCharsets.UTF_8));
  }

  private static String rule(String id, String conditions) {
    return "<cr:rule id=\"" + id + "\"><cr:conditions>" + conditions + "</cr:conditions><cr:actions/></cr:rule>";
  }

  private static List<String> fitting(String rules, String who, boolean anonymous) {
    return fitting(rules, who, anonymous, NOW);
  }

  private static List<String> fitting(String rules, String who, boolean anonymous, Instant now) {
    Map<String, List<String>> lists = Map.of("friends", List.of("sip:list@example.com", "tel:+49-123-456", "no address at all <"));
    CompiledRuleset.Knowledge knowledge = new CompiledRuleset.Knowledge(a -> lists.getOrDefault(a, List.of()),
        user -> user.value().equals("sip:bob@example.com") ? List.of(user, AddressOfRecord.of("tel:+4930123")) : List.of(user));
    return CompiledRuleset.of(parse(rules), Ruleset.Rule::id, knowledge)
        .effects(new CompiledRuleset.Asker(AddressOfRecord.of(who), anonymous, "pager-mode-message", "org.openmobilealliance.im", now));
  }

  @Test
  void aUserIsMetByHisNameHisDomainAndHisFurtherIdentities() {
    String rules = rule("one", "<cr:identity><cr:one id=\"sip:bob@example.com\"/></cr:identity>")
        + rule("domain", "<cr:identity><cr:many domain=\"other.example\"><cr:except id=\"sip:eve@other.example\"/></cr:many></cr:identity>");
    assertThat(fitting(rules, "sip:BOB@example.com", false)).isEmpty(); // the user part is case-sensitive
    assertThat(fitting(rules, "sip:bob@EXAMPLE.com;transport=tcp", false)).containsExactly("one");
    assertThat(fitting(rules, "tel:+4930123", false)).containsExactly("one");
    assertThat(fitting(rules, "sip:anna@other.example", false)).containsExactly("domain");
    assertThat(fitting(rules, "sip:eve@other.example", false)).isEmpty();
  }

  @Test
  void whoIsNamedGoesBeforeListsAndListsBeforeOthers() {
    String rules = rule("other", "<ocp:other-identity/>") + rule("all", "") + rule("many", "<cr:identity><cr:many/></cr:identity>")
        + rule("list", "<ocp:external-list><ocp:entry anc=\"friends\"/></ocp:external-list>")
        + rule("one", "<cr:identity><cr:one id=\"sip:bob@example.com\"/></cr:identity>")
        + rule("two", "<cr:identity><cr:one id=\"sip:bob@example.com\"/></cr:identity>");
    assertThat(fitting(rules, "sip:bob@example.com", false)).containsExactly("one", "two");
    assertThat(fitting(rules, "sip:list@example.com", false)).containsExactly("list");
    assertThat(fitting(rules, "tel:+49123456", false)).containsExactly("list");
    assertThat(fitting(rules, "sip:dave@example.com", false)).containsExactlyInAnyOrder("other", "all", "many");
  }

  @Test
  void anAnonymousUserMeetsRulesForAnonymousRequestsAndElseThoseForEverybody() {
    String all = rule("all", "");
    String named = rule("one", "<cr:identity><cr:one id=\"sip:bob@example.com\"/></cr:identity>");
    assertThat(fitting(all + named + rule("anonymous", "<ocp:anonymous-request/>"), "sip:bob@example.com", true)).containsExactly("anonymous");
    assertThat(fitting(all + named, "sip:bob@example.com", true)).containsExactly("all");
    assertThat(fitting(rule("anonymous", "<ocp:anonymous-request/>"), "sip:bob@example.com", false)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2026-11-22T11:59:59Z, false", "2026-11-22T12:00:00Z, true", "2026-11-22T12:59:59Z, true", "2026-11-22T13:00:00Z, false"})
  void aRuleIsInForceWithinItsTime(String now, boolean fits) {
    String rules = rule("v", "<cr:validity><cr:from>2026-11-22T12:00:00Z</cr:from><cr:until>2026-11-22T14:00:00+01:00</cr:until></cr:validity>");
    assertThat(fitting(rules, "sip:bob@example.com", false, Instant.parse(now))).hasSize(fits ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "<oxe:media-list><oxe:pager-mode-message/><oxe:video/></oxe:media-list>|true",
    "<oxe:media-list><oxe:message-session/></oxe:media-list>|false",
    "<oxe:media-list><oxe:all-media-except><oxe:video/></oxe:all-media-except></oxe:media-list>|true",
    "<oxe:media-list><oxe:all-media-except><oxe:pager-mode-message/></oxe:all-media-except></oxe:media-list>|false",
    "<oxe:service-list><oxe:service enabler=\"org.openmobilealliance:IM\"/></oxe:service-list>|true",
    "<oxe:service-list><oxe:service enabler=\"org.openmobilealliance.PoC\"/></oxe:service-list>|false",
    "<cr:sphere value=\"work\"/>|false",
    "<oxe:never-heard-of/>|false"})
  void aConditionThatDoesNotHoldOrIsNotKnownMakesARuleUnfit(String condition, boolean fits) {
    assertThat(fitting(rule("r", condition), "sip:bob@example.com", false)).hasSize(fits ? 1 : 0);
  }

  @Test
  void whatBreaksTheFormIsMalformedAndNothingElseEscapes() {
    assertThatThrownBy(() -> parse(rule("v", "<cr:validity><cr:from>2026-11-22T12:00:00Z</cr:from></cr:validity>"))).isInstanceOf(Malformed.class);
    byte[] good = ("<ruleset>" + rule("v", "<cr:identity><cr:many domain=\"a\"/></cr:identity>").replace("cr:", "") + "</ruleset>")
        .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      for (List<java.util.function.Consumer<byte[]>> readers : List.of(List.<java.util.function.Consumer<byte[]>>of(
          Ruleset::parse, PresenceDocument::parse, ServiceSettingsDocument::parse))) {
        readers.forEach(r -> {
          try {
            r.accept(bad);
          } catch (Malformed expected) {
            assertThat(expected.getMessage()).isNotBlank();
          }
        });
      }
    }
  }

  @Test
  void aListIsFoundByItsAnchor() {
    ResourceLists lists = ResourceLists.parse("""
        <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a/b"><entry uri="sip:1@x"/>
        <list name="inner"><entry uri="sip:2@x"/></list></list><list name="c"><entry uri="sip:3@x"/></list></resource-lists>"""
        .getBytes(StandardCharsets.UTF_8));
    String root = "http://xcap.example.com:8080/xcap/resource-lists/users/sip%3Abob%40example.com/index";
    assertThat(names(lists, root)).containsExactly("a/b", "c");
    assertThat(names(lists, root + "/~~/resource-lists/list%5B@name=%22c%22%5D")).containsExactly("c");
    assertThat(names(lists, root + "/~~/resource-lists/list[@name='a/b']/list[1]")).containsExactly("inner");
    assertThat(names(lists, root + "/~~/rl:resource-lists/rl:list[2]?xmlns(rl=urn:ietf:params:xml:ns:resource-lists)")).containsExactly("c");
    assertThat(names(lists, root + "/~~/resource-lists/list[3]")).isEmpty();
    assertThat(ListAnchor.parse(root).orElseThrow().user()).isEqualTo(AddressOfRecord.of("sip:bob@example.com"));
  }

  private static List<String> names(ResourceLists lists, String anchor) {
    return ListAnchor.parse(anchor).orElseThrow().in(lists).stream().map(l -> l.name().orElse("")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://x/", "/resource-lists/users/", "/resource-lists/users/sip:b@x", "/resource-lists/users/%%/index",
      "/resource-lists/users/sip:b@x/index/~~/resource-lists/entry", "/resource-lists/users/sip:b@x/index/~~/resource-lists/list[@name=\"x"})
  void whatIsNoReferenceToAListIsNone(String anchor) {
    assertThat(ListAnchor.parse(anchor)).isEmpty();
  }
}
