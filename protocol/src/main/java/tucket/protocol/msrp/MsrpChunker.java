// Cuts a message into chunks.
package tucket.protocol.msrp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tucket.protocol.msrp.MsrpRequest.FailureReport;

/// Gives the SEND requests of one message, one after the other, in order of their bytes (RFC 4975 section 7.1.1). Terminals of the field
/// need a real end in Byte-Range and at most 10240 bytes a chunk, and mix up the chunks of two messages: finish one chunker before the
/// next. Not thread-safe.
public final class MsrpChunker {
  /// The most that terminals read at once.
  public static final int CHUNK_BYTES = 10_240;

  private final OutgoingMessage message;
  private final List<MsrpUri> to;
  private final List<MsrpUri> from;
  private final int chunkBytes;
  private int sent;
  private boolean finished;

  public MsrpChunker(OutgoingMessage message, List<MsrpUri> to, List<MsrpUri> from) {
    this(message, to, from, CHUNK_BYTES);
  }

  public MsrpChunker(OutgoingMessage message, List<MsrpUri> to, List<MsrpUri> from, int chunkBytes) {
    this.message = message;
    this.to = List.copyOf(to);
    this.from = List.copyOf(from);
    this.chunkBytes = chunkBytes;
  }

  /// A chunk as it goes out, and the transaction whose response tells its fate.
  public record Chunk(String transactionId, byte[] wire, boolean last) {}

  public OutgoingMessage message() {
    return message;
  }

  /// Whether [#next] has nothing more to give.
  public boolean isFinished() {
    return finished;
  }

  /// The next chunk. `ids` gives fresh random transaction ids of at least 64 bits; another one is taken where one occurs in the body.
  public Chunk next(Supplier<String> ids) {
    if (finished) {
      throw new IllegalStateException("message is sent");
    }
    int start = sent;
    int end = Math.min(message.body().length, start + chunkBytes);
    String id = ids.get();
    while (!MsrpWriter.isFree(id, message.body(), start, end)) {
      id = ids.get();
    }
    finished = end == message.body().length;
    sent = end;
    ByteRange range = ByteRange.of(start + 1L, end, message.body().length);
    MsrpRequest head = head(id, range);
    return new Chunk(id, MsrpWriter.write(head, message.body(), start, end, finished ? Continuation.COMPLETE : Continuation.MORE),
        finished);
  }

  /// Ends a message that the peer refused half-way (RFC 4975 section 7.3.2): a chunk of nothing with `#`.
  public Chunk abort(Supplier<String> ids) {
    finished = true;
    String id = ids.get();
    ByteRange range = ByteRange.of(sent + 1L, sent, message.body().length);
    return new Chunk(id, MsrpWriter.write(head(id, range), message.body(), sent, sent, Continuation.ABORTED), true);
  }

  private MsrpRequest head(String id, ByteRange range) {
    List<MsrpHeader> headers = new ArrayList<>();
    headers.add(new MsrpHeader(MsrpHeader.TO_PATH, MsrpUri.writePath(to)));
    headers.add(new MsrpHeader(MsrpHeader.FROM_PATH, MsrpUri.writePath(from)));
    headers.add(new MsrpHeader(MsrpHeader.MESSAGE_ID, message.messageId()));
    headers.add(new MsrpHeader(MsrpHeader.BYTE_RANGE, range.toString()));
    if (message.successReport()) {
      headers.add(new MsrpHeader(MsrpHeader.SUCCESS_REPORT, "yes"));
    }
    if (message.failureReport() != FailureReport.YES) { // yes is the default, and terminals of the field write neither
      headers.add(new MsrpHeader(MsrpHeader.FAILURE_REPORT, message.failureReport() == FailureReport.NO ? "no" : "partial"));
    }
    headers.addAll(message.more());
    headers.add(new MsrpHeader(MsrpHeader.CONTENT_TYPE, message.contentType()));
    return new MsrpRequest(id, MsrpRequest.SEND, headers);
  }
}
