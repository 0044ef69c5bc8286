// Fuzzes every XML document that comes from outside.
package tucket.protocol.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import tucket.protocol.Malformed;
import tucket.protocol.document.DeferredList;
import tucket.protocol.document.ListAnchor;
import tucket.protocol.document.PresenceDocument;
import tucket.protocol.document.ReginfoDocument;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.document.Ruleset;
import tucket.protocol.document.ServiceSettingsDocument;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.iscomposing.IsComposing;
import tucket.protocol.xcap.XcapDiff;
import tucket.protocol.xcap.XcapError;

/// Each input is given to the readers of all kinds; it is accepted where one of them can read it, and what was read can be written and read again.
public final class DocumentTarget implements Target {
  private static final List<Consumer<byte[]>> READERS = List.of(
      data -> Imdn.parse(Imdn.parse(data).write()),
      data -> IsComposing.parse(IsComposing.parse(data).write()),
      data -> ReginfoDocument.parse(ReginfoDocument.parse(data).write()),
      data -> DeferredList.parse(DeferredList.parse(data).write()),
      data -> ResourceLists.parse(ResourceLists.parse(data).history().write()),
      data -> ResourceLists.parse(ResourceLists.parse(data).write()),
      Ruleset::parse,
      PresenceDocument::parse,
      ServiceSettingsDocument::parse,
      data -> XcapDiff.parse(XcapDiff.parse(data).toXml()),
      data -> XcapError.parse(XcapError.parse(data).toXml()),
      DocumentTarget::anchor);

  private final List<byte[]> corpus = DocumentCorpus.all();

  private static void anchor(byte[] data) {
    if (ListAnchor.parse(new String(data, UTF_8)).isEmpty()) {
      throw new Malformed("no anchor");
    }
  }

  @Override
  public String name() {
    return "document";
  }

  @Override
  public byte[] input(SplittableRandom chance) {
    return new Mutations(chance).next(corpus);
  }

  @Override
  public void read(byte[] input) {
    int readable = 0;
    for (Consumer<byte[]> reader : READERS) {
      try {
        reader.accept(input);
        readable++;
      } catch (Malformed e) {
        // expected of most
      }
    }
    if (readable == 0) {
      throw new Malformed("no document of any kind");
    }
  }
}
