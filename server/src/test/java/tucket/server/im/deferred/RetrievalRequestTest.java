// What users may ask of their deferred messages.
package tucket.server.im.deferred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tucket.server.im.deferred.RetrievalRequest.Verb.DELETE;
import static tucket.server.im.deferred.RetrievalRequest.Verb.LIST;
import static tucket.server.im.deferred.RetrievalRequest.Verb.RETRIEVE;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.mime.MediaType;

class RetrievalRequestTest {
  private static RetrievalRequest text(String text, RetrievalRequest.Verb byAddress) {
    return RetrievalRequest.parse(Optional.of(MediaType.TEXT_PLAIN), text.getBytes(StandardCharsets.UTF_8), byAddress);
  }

  @Test
  void anEmptyBodyAndAllAskForEverything() {
    assertThat(RetrievalRequest.parse(Optional.empty(), new byte[0], RETRIEVE)).isEqualTo(new RetrievalRequest(RETRIEVE, List.of()));
    assertThat(text("all\r\n", RETRIEVE)).isEqualTo(new RetrievalRequest(RETRIEVE, List.of()));
    assertThat(text("Retrieve ALL", RETRIEVE)).isEqualTo(new RetrievalRequest(RETRIEVE, List.of()));
  }

  @Test
  void idsMayBeNamedWithAndWithoutAVerb() {
    assertThat(text("m1 d7", RETRIEVE)).isEqualTo(new RetrievalRequest(RETRIEVE, List.of("m1", "d7")));
    assertThat(text("delete m1", RETRIEVE)).isEqualTo(new RetrievalRequest(DELETE, List.of("m1")));
    assertThat(text("m1", DELETE)).isEqualTo(new RetrievalRequest(DELETE, List.of("m1")));
    assertThat(text("list", RETRIEVE)).isEqualTo(new RetrievalRequest(LIST, List.of()));
  }

  @Test
  void theDeleteAddressOnlyDeletes() {
    assertThat(text("retrieve m1", DELETE).verb()).isEqualTo(DELETE);
  }

  @Test
  void nothingIsDeletedWithoutBeingNamed() {
    assertThatThrownBy(() -> text("", DELETE)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> text("delete", RETRIEVE)).isInstanceOf(Malformed.class);
    assertThat(text("delete all", RETRIEVE).isAll()).isTrue();
  }

  @Test
  void aResourceListNamesItems() {
    byte[] list = ResourceLists.of(List.of(ResourceLists.Entry.of("cid:m1"), ResourceLists.Entry.of("d2"))).write();

    assertThat(RetrievalRequest.parse(Optional.of(ResourceLists.TYPE), list, RETRIEVE).ids()).containsExactly("m1", "d2");
  }

  @Test
  void anyOtherTypeIsMalformed() {
    assertThatThrownBy(() -> RetrievalRequest.parse(Optional.of(MediaType.SDP), new byte[] {1}, RETRIEVE)).isInstanceOf(Malformed.class);
  }
}
