// URIs, addresses and identities.
package tucket.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tucket.protocol.Malformed;

class UriTest {
  private static boolean same(String a, String b) {
    boolean same = SipUri.parse(a).sameAs(SipUri.parse(b));
    assertThat(SipUri.parse(b).sameAs(SipUri.parse(a))).isEqualTo(same);
    return same;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sip:alice@atlanta.com",
        "sip:alice:secretword@atlanta.com;transport=tcp",
        "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:+1-212-555-1212:1234@gateway.com;user=phone",
        "sips:1212@gateway.com",
        "sip:alice@192.0.2.4",
        "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
        "sip:alice;day=tuesday@atlanta.com",
        "sip:[2001:db8::1]:5061;lr",
        "sip:a@[::ffff:192.0.2.1]",
        "tel:+1-201-555-0123",
        "tel:7042;phone-context=example.com",
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "sip:%00@h",
        "sip:h;ob=YWJj=="
      })
  void urisAreWrittenAsTheyWereRead(String text) {
    assertThat(Uri.parse(text).toString()).isEqualTo(text);
    assertThat(Uri.parse(Uri.parse(text).toString())).isEqualTo(Uri.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "sip", ":", "sip:", "sip:@h", "sip:a@", "sip:a@h:", "sip:a@h:99999", "sip:a@h:5x", "sip:a b@h", "sip:a@h>", "sip:a@[::1",
        "sip:a@[::1]x", "sip:a@[1:2:3:4:5:6:7:8:9]", "sip:a@[1::2::3]", "sip:%zz@h", "sip:%f@h", "sip:%ff@h", "sip:a@h;x=%", "sip:a@h;=x",
        "sip:a@h?\u00e4", "tel:", "tel:+", "tel:abc xyz", "tel:+12a", "1x:y", "urn:", "sip:a@h\r\n"
      })
  void badUrisAreMalformed(String text) {
    assertThatThrownBy(() -> Uri.parse(text)).isInstanceOf(Malformed.class);
  }

  @Test
  void theEquivalentUrisOfRfc3261AreTheSame() {
    assertThat(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp")).isTrue();
    assertThat(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5")).isTrue();
    assertThat(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=on")).isTrue();
    assertThat(same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on")).isTrue();
    assertThat(
            same(
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"))
        .isTrue();
    assertThat(same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x")).isTrue();
    assertThat(same("sip:a@[2001:db8:0:0::1]", "sip:a@[2001:DB8::1]")).isTrue();
  }

  @Test
  void theDifferentUrisOfRfc3261AreNotTheSame() {
    assertThat(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP")).isFalse();
    assertThat(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060")).isFalse();
    assertThat(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp")).isFalse();
    assertThat(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting")).isFalse();
    assertThat(same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4")).isFalse();
    assertThat(same("sip:a@b;security=on", "sip:a@b;security=off")).isFalse();
    assertThat(same("sip:a@b", "sip:a@b;user=phone")).isFalse();
    assertThat(same("sip:a@b", "sip:a@b;maddr=192.0.2.1")).isFalse();
    assertThat(same("sips:a@b", "sip:a@b")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "sip:Alice@Example.COM:5070;transport=tcp,                sip:Alice@example.com",
    "sips:alice:pw@example.com;gr=urn:uuid:1?Subject=x,       sip:alice@example.com",
    "sip:%61lice@example.com.,                                sip:alice@example.com",
    "sip:example.com,                                         sip:example.com",
    "sip:+1-(212)-555.1212@gw.example.com;user=phone,         tel:+12125551212",
    "sip:+12125551212;npdi@gw.example.com;user=PHONE,         tel:+12125551212",
    "tel:+1-212-555-1212;ext=3,                               tel:+12125551212",
    "sip:+12125551212@example.com,                            sip:+12125551212@example.com",
    "sip:0212555@example.com;user=phone,                      sip:0212555@example.com",
    "tel:555-12;phone-context=Example.com,                    tel:55512;phone-context=example.com",
    "sip:a@[2001:DB8::1]:5060,                                sip:a@[2001:db8::1]",
    "im:alice@example.com,                                    im:alice@example.com"
  })
  void allWritingsOfAUserHaveOneKey(String uri, String key) {
    assertThat(AddressOfRecord.of(uri).value()).isEqualTo(key);
    assertThat(AddressOfRecord.of(AddressOfRecord.of(uri).uri()).value()).isEqualTo(key);
  }

  @Test
  void telephoneNumbersLoseTheirSeparators() {
    TelUri tel = (TelUri) Uri.parse("tel:+1-(201).555-0123;isub=1");
    assertThat(tel.isGlobal()).isTrue();
    assertThat(tel.digits()).isEqualTo("+12015550123");
    assertThat(tel.params().value("isub")).contains("1");
    assertThat(((TelUri) Uri.parse("tel:*31#55")).isGlobal()).isFalse();
  }

  @Test
  void addressesKeepQuotedCommasAndEscapes() {
    var list = NameAddr.parseList("\"A, \\\"B\\\" <x>\" <sip:a@b;p=1>;q=0.5;x=\"1,2\", sip:c@d;expires=3, Carol Doe <sips:c@d?Subject=a>");
    assertThat(list).hasSize(3);
    assertThat(list.getFirst().displayName()).isEqualTo("A, \"B\" <x>");
    assertThat(list.getFirst().params().value("x")).contains("1,2");
    assertThat(list.getFirst().toString()).isEqualTo("\"A, \\\"B\\\" <x>\" <sip:a@b;p=1>;q=0.5;x=\"1,2\"");
    assertThat(list.get(1).params().value("expires")).contains("3");
    assertThat(list.get(2).displayName()).isEqualTo("Carol Doe");
    assertThat(list.get(1).withTag("t").toString()).isEqualTo("<sip:c@d>;expires=3;tag=t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"A\" sip:a@b", "\"A <sip:a@b>", "<sip:a@b", "<sip:a@b>x", "Joe, <sip:a@b>", "sip:a@b?x=y", "*",
      "< sip:a@b >"})
  void badAddressesAreMalformed(String text) {
    assertThatThrownBy(() -> NameAddr.parse(text)).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "::, true", "::1, true", "1::, true", "2001:db8::9:1, true", "1:2:3:4:5:6:7:8, true", "1:2:3:4:5:6:7::, true", "::ffff:192.0.2.1, true",
    "1:2:3:4:5:6:192.0.2.1, true", "1:2:3:4:5:6:7:192.0.2.1, false", "1:2:3:4:5:6:7, false", ":1, false", "1:, false", ":::, false",
    "1::2::3, false", "12345::, false", "g::, false", "::192.0.2, false", "::192.0.2.256, false", "1:2:3:4:5:6:7:8::, false"
  })
  void ipv6AddressesAreKnown(String text, boolean good) {
    assertThat(IpAddress.isIpv6(text)).isEqualTo(good);
  }

  @Test
  void viaIsReadWithAllItsBlanks() {
    Via via = Via.parse("SIP / 2.0 / tls  [2001:db8::1] : 5061 ; branch = z9hG4bKx ; rport=99;received=[::1]");
    assertThat(via).extracting(Via::transport, Via::host, Via::port).containsExactly("TLS", "[2001:db8::1]", 5061);
    assertThat(via.branch()).contains("z9hG4bKx");
    assertThat(via.rport()).hasValue(99);
    assertThat(via.received()).contains("::1");
    assertThat(Via.parse("SIP/2.0/UDP h;rport").asksRport()).isTrue();
    assertThat(Via.parse("SIP/2.0/UDP h;rport").rport()).isEmpty();
    for (String bad : new String[] {"", "SIP/2.0/UDP", "SIP/2.0/ h", "SIP/3.0/UDP h", "SIP/2.0/UDP h:", "SIP/2.0/UDP h:70000",
        "SIP/2.0/UDP h;;x"}) {
      assertThatThrownBy(() -> Via.parse(bad)).as(bad).isInstanceOf(Malformed.class).hasMessageContaining("Via");
    }
  }
}
