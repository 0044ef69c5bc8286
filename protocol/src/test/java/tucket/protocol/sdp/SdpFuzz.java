// Fuzzes session descriptions and the answers made from them.
package tucket.protocol.sdp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import tucket.protocol.mime.Mutations;

/// A batch for the seeded test and for the long runs of `MsrpFuzz`.
public final class SdpFuzz {
  private SdpFuzz() {}

  public static void batch(long seed, int rounds) {
    List<byte[]> corpus = List.of(SessionDescriptionTest.TERMINAL.getBytes(UTF_8), OfferAnswerTest.AG_OFFER.getBytes(UTF_8),
        OfferAnswerTest.FILE_OFFER.getBytes(UTF_8));
    Mutations.run(seed, rounds, corpus, SdpFuzz::round);
  }

  /// Whatever can be read is written and read again the same, and an offer can always be answered.
  private static void round(byte[] data) {
    SessionDescription sdp = SessionDescription.parse(data);
    SessionDescription again = SessionDescription.parse(sdp.write());
    assertThat(again.media()).isEqualTo(sdp.media());
    assertThat(again.write()).isEqualTo(sdp.write());
    MessageOffer.in(sdp).ifPresent(offer -> {
      SessionDescription answer = SessionDescription.parse(offer.answer(Origin.parse(""), OfferAnswerTest.ours(), true).write());
      assertThat(answer.media()).hasSameSizeAs(sdp.media());
      offer.media().target().ifPresent(t -> assertThat(t.port()).isNotIn(0, 9));
      assertThat(offer.media().media().attribute("path")).isPresent();
    });
  }
}
