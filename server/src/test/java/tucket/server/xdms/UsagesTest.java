// What each application usage takes and what it refuses.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;
import static tucket.server.xdms.XdmLab.JOE;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.xcap.NodeSelector;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;
import tucket.server.xdms.usage.ApplicationUsage;
import tucket.server.xdms.usage.Usages;

class UsagesTest {
  private static final String RULES = "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:o=\"urn:oma:xml:xdm:common-policy\""
      + " xmlns:x=\"urn:oma:xml:xdm:extensions\" xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\">%s</ruleset>";

  private static Optional<XcapError> judge(String auid, String document) {
    return new Usages().of(auid).orElseThrow().judge(XmlTree.parse(document), new XdmAddress(auid, JOE, "index"));
  }

  /// A large document is not judged anew for one entry: what is left out must not change the judgement.
  ///
  /// @param paths where pieces go
  /// @param pieces selectors below the path, each with a body
  private record Edits(String auid, String start, String[] paths, String[][] pieces) {
    void areJudgedAsIfTheDocumentWereNew(int leastTaken, int leastDoubled) {
      ApplicationUsage usage = new Usages().of(auid).orElseThrow();
      XdmAddress address = new XdmAddress(auid, JOE, usage.onlyName().orElse("index"));
      XcapEdit edit = new XcapEdit(usage.namespace());
      SplittableRandom random = new SplittableRandom(4826);
      XmlTree tree = XmlTree.parse(start);
      assertThat(usage.judge(tree, address)).isEmpty();
      int taken = 0;
      int refused = 0;
      int doubled = 0;
      for (int i = 0; i < 3000; i++) {
        String[] piece = pieces[random.nextInt(pieces.length)];
        String path = paths[random.nextInt(paths.length)] + "/" + piece[0].formatted(1 + random.nextInt(5));
        NodeSelector selector = NodeSelector.parse(path, Map.of("x", "urn:x", "o", "urn:oma:xml:xdm:common-policy"));
        byte[] body = piece[1].formatted(random.nextInt(100)).getBytes(StandardCharsets.UTF_8);
        XcapEdit.Result result = random.nextInt(4) == 0 ? edit.delete(tree, selector) : edit.put(tree, selector, body);
        if (!(result instanceof XcapEdit.Result.Edited edited)) {
          continue;
        }
        XmlTree after = edited.tree();
        Optional<XcapError> whole = usage.judge(after, address);
        Optional<XcapError> incremental = usage.judgeEdited(after, address, edited.from(), edited.to());
        assertThat(incremental.isEmpty()).as(after.text()).isEqualTo(whole.isEmpty());
        if (whole.filter(e -> e.kind() == XcapError.Kind.UNIQUENESS_FAILURE).isPresent()) {
          assertThat(incremental).as(after.text()).isEqualTo(whole);
          doubled++;
        }
        tree = whole.isEmpty() ? after : tree;
        taken += whole.isEmpty() ? 1 : 0;
        refused += whole.isEmpty() ? 0 : 1;
      }
      assertThat(taken).isGreaterThanOrEqualTo(leastTaken);
      assertThat(refused).isGreaterThan(20);
      assertThat(doubled).isGreaterThanOrEqualTo(leastDoubled);
    }
  }

  @Test
  void anEditedListIsJudgedAsIfItWereNew() {
    String start = "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"0\"/> "
        + "<list name=\"1\"><list name=\"1\"/></list></resource-lists>";
    String[] paths = {"resource-lists/list[1]", "resource-lists/list[2]", "resource-lists/list[1]/list[1]", "resource-lists/list[2]/list[1]"};
    new Edits("resource-lists", start, paths, PIECES).areJudgedAsIfTheDocumentWereNew(200, 5);
    new Edits("org.openmobilealliance.group-usage-list", start, paths, PIECES).areJudgedAsIfTheDocumentWereNew(200, 5);
  }

  @Test
  void editedRulesAreJudgedAsIfTheyWereNew() {
    String identity = "<identity><one id=\"sip:a@b\"/></identity>";
    String start = RULES.formatted("<rule id=\"a\"><conditions>" + identity + "</conditions></rule><rule id=\"b\"><conditions><identity><many/></identity>"
        + "</conditions></rule>");
    String[] paths = {"ruleset/rule[1]/conditions/identity", "ruleset/rule[2]/conditions/identity", "ruleset/rule[2]/conditions/identity/many[1]"};
    String[][] pieces = {
        {"one[%d]", "<one id=\"sip:u%d@example.org\"/>"},
        {"*[%d]", "<one id=\"sip:u%d@example.org\"><x:y xmlns:x=\"urn:x\"/></one>"},
        {"one[%d]", "<one/>"},
        {"one[%d]/@id", "\"sip:u%d@example.org\""},
        {"*[%d]", "<many domain=\"d%d\"><except id=\"sip:a@b\"/></many>"},
        {"*[%d]", "<except id=\"sip:u%d@b\"/>"},
        {"*[%d]", "<x:y xmlns:x=\"urn:x\">%d</x:y>"},
    };
    new Edits("org.openmobilealliance.access-rules", start, paths, pieces).areJudgedAsIfTheDocumentWereNew(100, 0);
    String[][] names = {{"rule[%d]/@id", "\"r%d\""}, {"rule[%d]/@id", "\"a\""}, {"rule[%d]/@id", "\"%d\""}};
    new Edits("org.openmobilealliance.access-rules", start, new String[] {"ruleset"}, names).areJudgedAsIfTheDocumentWereNew(100, 0);
  }

  @Test
  void anEditedGroupIsJudgedAsIfItWereNew() {
    String start = "<group xmlns=\"urn:oma:xml:poc:list-service\"><list-service uri=\"sip:g@example.com\"><list><entry uri=\"sip:a@b\"/></list>"
        + "<invite-members>true</invite-members></list-service></group>";
    String[] paths = {"group/list-service[1]/list", "group/list-service[1]/list", "group/list-service[1]"};
    String[][] pieces = {
        {"entry[%d]", "<entry uri=\"sip:u%d@example.org\"/>"},
        {"*[%d]", "<entry uri=\"sip:u%d@example.org\"/>"},
        {"entry[%d]/@uri", "\"sip:u%d@example.org\""},
        {"entry[%d]", "<entry/>"},
        {"*[%d]", "<max-participant-count>%d</max-participant-count>"},
        {"*[%d]", "<x:y xmlns:x=\"urn:x\">%d</x:y>"},
    };
    new Edits("org.openmobilealliance.groups", start, paths, pieces).areJudgedAsIfTheDocumentWereNew(100, 0);
  }

  private static final String[][] PIECES = {
      {"entry[%d]", "<entry uri=\"sip:u%d@example.org\"><display-name>U</display-name></entry>"},
      {"*[%d]", "<entry uri=\"sip:u%d@example.org\"/>"},
      {"*[%d]", "<list name=\"l%d\"><entry uri=\"sip:a@example.org\"/></list>"},
      {"*[%d]", "<display-name>D%d</display-name>"},
      {"*[%d]", "<x:more xmlns:x=\"urn:x\">%d</x:more>"},
      {"entry[%d]", "<entry/>"},
      {"entry[%d]", "<entry uri=\"sip:u%d@example.org\"><nothing/></entry>"},
      {"entry[%d]/@uri", "\"sip:u%d@example.org\""},
      {"entry[%d]/@other", "\"%d\""},
      {"external[%d]", "<external anchor=\"http://example.org/%d\"/>"},
  };

  @Test
  void theExampleOfRfc4826IsTaken() {
    assertThat(judge("resource-lists", """
        <?xml version="1.0" encoding="UTF-8"?>
        <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
         <list name="friends">
          <entry uri="sip:bill@example.com"><display-name>Bill Doe</display-name></entry>
          <entry-ref ref="resource-lists/users/sip:bill@example.com/index/~~/resource-lists/list%5b@name=%22list1%22%5d/\
          entry%5b@uri=%22sip:petri@example.com%22%5d"/>
          <list name="close-friends">
           <display-name>Close Friends</display-name>
           <entry uri="sip:joe@example.com"><display-name>Joe Smith</display-name></entry>
           <entry uri="sip:nancy@example.com"><display-name>Nancy Gross</display-name></entry>
           <external anchor="http://xcap.example.org/resource-lists/users/sip:a@example.org/index/~~/resource-lists/list%5b@name=%22mkting%22%5d">
             <display-name>Marketing</display-name>
           </external>
          </list>
         </list>
        </resource-lists>""")).isEmpty();
    assertThat(judge("rls-services", """
        <?xml version="1.0" encoding="UTF-8"?>
        <rls-services xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists">
         <service uri="sip:mybuddies@example.com">
          <resource-list>http://xcap.example.com/xcap/resource-lists/users/sip:joe@example.com/index/~~/resource-lists/\
          list%5b@name=%22l1%22%5d</resource-list>
          <packages><package>presence</package></packages>
         </service>
         <service uri="sip:marketing@example.com">
           <list name="marketing"><rl:entry uri="sip:joe@example.com"/><rl:entry uri="sip:sudhir@example.com"/></list>
           <packages><package>presence</package></packages>
         </service>
        </rls-services>""")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      org.openmobilealliance.access-rules | <rule id="a"><conditions><identity><one id="sip:x@y"/></identity></conditions><actions>\
      <x:allow-reject-invite>true</x:allow-reject-invite></actions></rule> | ok
      org.openmobilealliance.access-rules | <rule id="a"><conditions><o:external-list><o:entry anc="http://x/y"/></o:external-list>\
      </conditions><actions><x:allow-offline-storage allow="false"/></actions></rule> | ok
      org.openmobilealliance.access-rules | <rule id="a"><conditions><o:anonymous-request/><o:other-identity/></conditions></rule> | ok
      org.openmobilealliance.access-rules | <rule id="a"><conditions><x:media-list><x:message-session/><x:pager-mode-message/>\
      </x:media-list></conditions></rule> | ok
      org.openmobilealliance.access-rules | <rule id="a"><conditions><x:service-list><x:service enabler="im"/></x:service-list></conditions></rule> | ok
      org.openmobilealliance.access-rules | <rule id="a"><conditions><validity><from>2026-01-01T00:00:00Z</from><until>\
      2027-01-01T00:00:00Z</until></validity></conditions></rule> | ok
      org.openmobilealliance.access-rules | <rule id="a"><actions><unknown xmlns="urn:of:others"/></actions></rule> | ok
      org.openmobilealliance.access-rules | <rule id="a"/><rule id="a"/> | schema-validation-error
      org.openmobilealliance.access-rules | <rule/> | schema-validation-error
      org.openmobilealliance.access-rules | <rule id="a"><actions><x:allow-reject-invite>perhaps</x:allow-reject-invite></actions>\
      </rule> | schema-validation-error
      org.openmobilealliance.access-rules | <rule id="a"><actions><x:allow-offline-storage/></actions></rule> | schema-validation-error
      org.openmobilealliance.access-rules | <rule id="a"><actions><x:unheard-of/></actions></rule> | schema-validation-error
      org.openmobilealliance.access-rules | <rule id="a"><conditions><validity><from>now</from><until>then</until></validity>\
      </conditions></rule> | schema-validation-error
      org.openmobilealliance.pres-rules   | <rule id="a"><actions><pr:sub-handling>polite-block</pr:sub-handling></actions></rule> | ok
      pres-rules                          | <rule id="a"><actions><pr:sub-handling>allow</pr:sub-handling></actions><transformations>\
      <pr:provide-services><pr:all-services/></pr:provide-services><pr:provide-mood>true</pr:provide-mood></transformations></rule> | ok
      pres-rules                          | <rule id="a"><actions><pr:sub-handling>maybe</pr:sub-handling></actions></rule> | schema-validation-error
      """)
  void rulesAreTakenOrRefused(String auid, String rules, String outcome) {
    assertThat(outcome(judge(auid, RULES.formatted(rules)))).isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      org.openmobilealliance.groups | <group xmlns="urn:oma:xml:poc:list-service"><list-service uri="sip:g@example.com"><display-name>\
      G</display-name><list><entry uri="sip:a@b"/></list><invite-members>true</invite-members><max-participant-count>\
      20</max-participant-count></list-service></group> | ok
      org.openmobilealliance.groups | <group xmlns="urn:oma:xml:poc:list-service" xmlns:rl="urn:ietf:params:xml:ns:resource-lists">\
      <list-service uri="sip:g@example.com"><list><entry uri="sip:a@b"><rl:display-name>A</rl:display-name></entry></list>\
      <invite-members>true</invite-members><max-participant-count>20</max-participant-count>\
      <ruleset xmlns="urn:ietf:params:xml:ns:common-policy"><rule id="a"/></ruleset></list-service></group> | ok
      poc-groups                    | <group xmlns="urn:oma:xml:poc:list-service"><list-service uri="sip:g@example.com">\
      <max-participant-count>many</max-participant-count></list-service></group> | schema-validation-error
      org.openmobilealliance.group-usage-list | <resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list>\
      <entry uri="sip:g@example.com"/></list></resource-lists> | ok
      org.openmobilealliance.user-profile | <user-profiles xmlns="urn:oma:xml:xdm:user-profile">\
      <user-profile uri="sip:joe@example.com"><communication-addresses><comm-addr>tel:+1</comm-addr></communication-addresses>\
      <display-name>J</display-name><birth-date>2000-01-01</birth-date><name><given-name>J</given-name></name><hobbies><hobby>\
      tea</hobby></hobbies></user-profile></user-profiles> | ok
      org.openmobilealliance.user-profile | <user-profiles xmlns="urn:oma:xml:xdm:user-profile">\
      <user-profile uri="sip:joe@example.com"><birth-date>yesterday</birth-date></user-profile></user-profiles> | schema-validation-error
      org.openmobilealliance.user-profile | <user-profiles xmlns="urn:oma:xml:xdm:user-profile">\
      <user-profile uri="sip:bill@example.com"/></user-profiles> | constraint-failure
      org.openmobilealliance.conv-history | <history-list xmlns="urn:oma:xml:im:history-list"><history history-reference="r1"><size>\
      10</size><pager><time-stamp>t</time-stamp><from>sip:a@b</from><recipient-list><entry uri="sip:c@d"><display-name>C</display-name>\
      </entry></recipient-list></pager></history></history-list> | ok
      org.openmobilealliance.conv-history | <history-list xmlns="urn:oma:xml:im:history-list"><unheard-of/></history-list> | schema-validation-error
      org.openmobilealliance.deferred-list | <deferred-list xmlns="urn:oma:xml:im:history-list"><history history-reference="r1"><pager>\
      <from>sip:a@b</from></pager></history></deferred-list> | ok
      org.openmobilealliance.deferred-list | <history-list xmlns="urn:oma:xml:im:history-list"/> | schema-validation-error
      """)
  void documentsAreTakenOrRefused(String auid, String document, String outcome) {
    assertThat(outcome(judge(auid, document))).isEqualTo(outcome);
  }

  private static String outcome(Optional<XcapError> error) {
    return error.map(e -> e.kind().element()).orElse("ok");
  }
}
