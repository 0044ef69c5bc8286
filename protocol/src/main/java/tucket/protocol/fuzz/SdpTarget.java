// Fuzzes session descriptions and the answers made from them.
package tucket.protocol.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.SplittableRandom;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.sdp.Connection;
import tucket.protocol.sdp.MessageMedia;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sdp.Origin;
import tucket.protocol.sdp.SessionDescription;
import tucket.protocol.sdp.Setup;

/// Whatever can be read is written and read again the same, and an offer can always be answered.
public final class SdpTarget implements Target {
  private static final MessageMedia OURS =
      MessageMedia.of(Connection.of("198.51.100.1"), 2855, List.of(MsrpUri.of(false, "198.51.100.1", 2855, "mine")), Setup.ACTPASS);

  private static final Origin ORIGIN = new Origin("-", "7", "7", Connection.of("198.51.100.1"));

  private final List<byte[]> corpus = SdpCorpus.ALL.stream().map(text -> text.getBytes(UTF_8)).toList();

  @Override
  public String name() {
    return "sdp";
  }

  @Override
  public byte[] input(SplittableRandom chance) {
    return new Mutations(chance).next(corpus);
  }

  @Override
  public void read(byte[] input) {
    SessionDescription sdp = SessionDescription.parse(input);
    SessionDescription again = SessionDescription.parse(sdp.write());
    Broken.unlessSame(again.media(), sdp.media(), "what was written is read again the same");
    Broken.unlessSame(again.write(), sdp.write(), "what was read again is written the same");
    MessageOffer.in(sdp).ifPresent(offer -> {
      SessionDescription answer = SessionDescription.parse(offer.answer(ORIGIN, OURS, true).write());
      Broken.unlessSame(answer.media().size(), sdp.media().size(), "the answer has as many streams as the offer");
      offer.media().target().ifPresent(t -> Broken.unless(t.port() != 0 && t.port() != 9, "nobody connects to port 0 or 9"));
      Broken.unless(offer.media().media().attribute("path").isPresent(), "an offer has a path");
    });
  }
}
