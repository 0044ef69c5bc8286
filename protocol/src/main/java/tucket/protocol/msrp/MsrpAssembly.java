// Puts chunks together into messages, within bounds.
package tucket.protocol.msrp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.Malformed;

/// The incoming side of one session (RFC 4975 section 7.3.1): chunks of several messages in any order, overlapping, with or without
/// Byte-Range; the chunk with `$` gives the length. Feed it what [MsrpReader] finds about SEND requests: [#begin], [#body], [#end].
/// Memory grows with what really arrived (and with gaps) and never beyond the limits. Not thread-safe.
public final class MsrpAssembly {
  /// Bounds: of one message, of all unfinished ones together, of their number, of the gaps in one.
  public record Limits(int messageBytes, int bufferedBytes, int messages, int gaps) {
    public static final Limits DEFAULT = new Limits(10 << 20, 20 << 20, 8, 64);
  }

  /// What a chunk led to.
  public sealed interface Result {}

  /// More is to come, or the request had no content: answer 200.
  public record Partial() implements Result {}

  /// A message is complete: answer once it is safe.
  public record Complete(IncomingMessage message) implements Result {}

  /// The sender gave up: answer 200 and forget it.
  public record Aborted(String messageId) implements Result {}

  /// Over a limit or broken: answer that status. Further chunks of the message get the same answer.
  public record Refused(int status) implements Result {}

  private static final int REMEMBERED = 32;
  private static final byte[] NOTHING = new byte[0];

  private final Limits limits;
  private final Map<String, Message> messages = new LinkedHashMap<>();
  private final Map<String, Integer> refused = new LinkedHashMap<>();
  private long buffered;
  private Optional<Message> current = Optional.empty();
  private Optional<Result> outcome = Optional.empty(); // settled already at the head or while the body comes
  private Optional<MsrpRequest> head = Optional.empty();
  private long at;

  public MsrpAssembly(Limits limits) {
    this.limits = limits;
  }

  /// A SEND request begins. Never throws: what is wrong with its headers becomes the result at its end.
  public void begin(MsrpRequest request) {
    head = Optional.of(request);
    current = Optional.empty();
    outcome = Optional.empty();
    try {
      start(request);
    } catch (Malformed e) {
      outcome = Optional.of(new Refused(MsrpStatus.BAD_REQUEST));
    }
  }

  private void start(MsrpRequest request) {
    if (request.first(MsrpHeader.CONTENT_TYPE).isEmpty()) {
      outcome = Optional.of(new Partial()); // it binds the connection or keeps it alive, no more
      return;
    }
    request.contentType();
    ByteRange range = request.byteRange();
    String id = request.messageId().orElseThrow(() -> new Malformed("SEND without Message-ID"));
    at = range.start() - 1;
    if (refused.containsKey(id)) {
      outcome = Optional.of(new Refused(refused.get(id)));
    } else if (range.total().orElse(0) > limits.messageBytes || at > limits.messageBytes
        || !messages.containsKey(id) && messages.size() == limits.messages) {
      refuse(id, MsrpStatus.STOP_SENDING);
    } else {
      current = Optional.of(messages.computeIfAbsent(id, Message::new));
    }
  }

  private void refuse(String id, int status) {
    drop(id);
    current = Optional.empty();
    outcome = Optional.of(new Refused(status));
    refused.put(id, status);
    if (refused.size() > REMEMBERED) {
      refused.remove(refused.keySet().iterator().next());
    }
  }

  private void drop(String id) {
    Message gone = messages.remove(id);
    if (gone != null) {
      buffered -= gone.buffer.length;
    }
  }

  /// A piece of the body of the request begun last; the bytes are copied.
  public void body(byte[] data, int from, int to) {
    if (current.isEmpty()) {
      return;
    }
    Message message = current.get();
    long end = at + to - from;
    if (end > limits.messageBytes) {
      refuse(message.id, MsrpStatus.STOP_SENDING);
      return;
    }
    long growth = message.growth((int) end, limits.messageBytes);
    if (buffered + growth > limits.bufferedBytes) {
      refuse(message.id, MsrpStatus.STOP_SENDING);
      return;
    }
    buffered += growth;
    message.put((int) at, data, from, to, (int) growth);
    at = end;
    if (message.ranges.size() > limits.gaps) {
      refuse(message.id, MsrpStatus.BAD_REQUEST);
    }
  }

  /// The request's end line.
  public Result end(Continuation continuation) {
    MsrpRequest request = head.orElseThrow(() -> new IllegalStateException("no request begun"));
    head = Optional.empty();
    if (current.isEmpty()) {
      return outcome.orElseGet(Partial::new);
    }
    Message message = current.get();
    current = Optional.empty();
    if (continuation == Continuation.ABORTED) {
      drop(message.id);
      return new Aborted(message.id);
    }
    if (continuation == Continuation.COMPLETE) {
      message.total = (int) at;
    }
    if (!message.isComplete()) {
      return new Partial();
    }
    drop(message.id);
    return new Complete(new IncomingMessage(request, message.bytes()));
  }

  /// How many bytes are held for unfinished messages.
  public long bufferedBytes() {
    return buffered;
  }

  /// One message while it grows. `ranges` are the parts that are there, sorted and apart from each other.
  private static final class Message {
    private final String id;
    private byte[] buffer = NOTHING;
    private final List<int[]> ranges = new ArrayList<>();
    private int total = -1;

    Message(String id) {
      this.id = id;
    }

    /// By how much the buffer must grow to hold `end` bytes; doubling, so that many small pieces cost no more than one large one.
    int growth(int end, int most) {
      if (end <= buffer.length) {
        return 0;
      }
      return Math.max(end, Math.min(most, buffer.length * 2)) - buffer.length;
    }

    void put(int at, byte[] data, int from, int to, int growth) {
      if (growth > 0) {
        buffer = Arrays.copyOf(buffer, buffer.length + growth);
      }
      System.arraycopy(data, from, buffer, at, to - from); // what comes last counts (RFC 4975 section 7.3.1)
      if (to > from) {
        merge(at, at + to - from);
      }
    }

    private void merge(int start, int end) {
      int i = ranges.size();
      while (i > 0 && ranges.get(i - 1)[1] >= start) {
        i--;
      }
      int from = start;
      int to = end;
      while (i < ranges.size() && ranges.get(i)[0] <= end) {
        int[] other = ranges.remove(i);
        from = Math.min(from, other[0]);
        to = Math.max(to, other[1]);
      }
      ranges.add(i, new int[] {from, to});
    }

    boolean isComplete() {
      return total == 0 || total > 0 && !ranges.isEmpty() && ranges.getFirst()[0] == 0 && ranges.getFirst()[1] >= total;
    }

    byte[] bytes() {
      return buffer.length == total ? buffer : Arrays.copyOf(buffer, total);
    }
  }
}
