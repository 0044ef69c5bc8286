// The indication that somebody is typing.
package tucket.protocol.iscomposing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Samples;

class IsComposingTest {
  private static IsComposing parse(String body) {
    return IsComposing.parse(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
        + body + "</isComposing>").getBytes(UTF_8));
  }

  @Test
  void theExamplesOfRfc3994AreRead() {
    assertThat(parse("<state>active</state><contenttype>text/plain</contenttype><refresh>90</refresh>"))
        .isEqualTo(IsComposing.active("text/plain", 90));
    IsComposing idle = parse("<state>idle</state><lastactive>2003-01-27T10:43:00Z</lastactive><contenttype>audio</contenttype>");
    assertThat(idle.state()).isEqualTo(IsComposing.State.IDLE);
    assertThat(idle.lastActive()).contains("2003-01-27T10:43:00Z");
  }

  @Test
  void anUnknownStateIsIdle() {
    assertThat(parse("<state>pondering</state>").state()).isEqualTo(IsComposing.State.IDLE);
  }

  @Test
  void aRefreshThatIsNoPositiveNumberIsAsGoodAsAbsent() {
    for (String refresh : new String[] {"0", "-5", "soon", "99999999999"}) {
      assertThat(parse("<state>active</state><refresh>" + refresh + "</refresh>").refresh()).isEmpty();
    }
  }

  @Test
  void withoutStateItIsRefused() {
    assertThatThrownBy(() -> parse("<refresh>9</refresh>")).isInstanceOf(Malformed.class).hasMessageContaining("state");
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    for (long seed = 0; seed < 200; seed++) {
      Samples s = new Samples(seed);
      IsComposing it = new IsComposing(s.oneOf(IsComposing.State.class), s.maybe(s::text), s.random.nextBoolean() ? OptionalInt.of(1
          + s.upTo(1000)) : OptionalInt.empty(), s.maybe(s::token));
      assertThat(IsComposing.parse(it.write())).isEqualTo(it);
    }
  }
}
