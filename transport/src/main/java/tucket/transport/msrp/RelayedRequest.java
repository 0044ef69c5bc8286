// A request while it passes through a relay.
package tucket.transport.msrp;

import java.io.ByteArrayOutputStream;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.ByteRange;
import tucket.protocol.msrp.Continuation;
import tucket.protocol.msrp.MsrpHeader;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpResponse;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.MsrpWriter;

/// Goes on in chunks of at most 10240 bytes, as terminals want it, each as soon as it is there: a chunk of a client may be as large as its message.
/// A SEND is answered 200 when it has come whole (RFC 4976 section 6.4.1). Of the reading thread alone.
final class RelayedRequest {
  private static final int PIECE = 10_240;

  private final RelayPath path;
  private final MsrpRequest head;
  private final MsrpConnection from;
  private final RelayHop next;
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream(0);
  private final long total;
  private long at;

  /// [Malformed] where the request can't be passed on.
  RelayedRequest(RelayPath path, MsrpRequest head, MsrpConnection from) {
    this.path = path;
    this.head = head;
    this.from = from;
    if (head.toPath().size() < 2) {
      throw new Malformed("nothing stands behind the relay in To-Path");
    }
    head.fromPath();
    ByteRange range = head.byteRange();
    this.at = range.start();
    this.total = range.total().orElse(-1);
    this.next = path.next(head, from);
  }

  void body(byte[] data, int start, int to) {
    int given = start;
    while (given < to) {
      if (piece.size() == PIECE) {
        send(Continuation.MORE);
      }
      int take = Math.min(PIECE - piece.size(), to - given);
      piece.write(data, given, take);
      given += take;
    }
  }

  void end(Continuation continuation, boolean hadBody) {
    if (hadBody && head.first(MsrpHeader.CONTENT_TYPE).isEmpty()) {
      answer(MsrpStatus.BAD_REQUEST);
      return;
    }
    if (head.is(MsrpRequest.SEND)) {
      answer(MsrpStatus.OK);
    }
    if (hadBody) {
      send(continuation);
    } else {
      MsrpRequest onward = path.onward(head);
      pass(onward, head, MsrpWriter.write(onward, continuation));
    }
  }

  private void answer(int status) {
    if (head.wantsResponse(status)) {
      from.flow.send(MsrpWriter.write(MsrpResponse.to(head, status)));
    }
  }

  private void send(Continuation continuation) {
    byte[] body = piece.toByteArray();
    piece.reset();
    ByteRange range = total < 0 ? ByteRange.parse(at + "-" + (at + body.length - 1) + "/*") : ByteRange.of(at, at + body.length - 1, total);
    at += body.length;
    MsrpRequest part = head.is(MsrpRequest.SEND) ? head.with(MsrpHeader.BYTE_RANGE, range.toString()) : head;
    MsrpRequest onward = path.onward(part);
    while (!MsrpWriter.isFree(onward.transactionId(), body, 0, body.length)) {
      onward = onward.withTransactionId(path.token());
    }
    pass(onward, part, MsrpWriter.write(onward, body, 0, body.length, continuation));
  }

  private void pass(MsrpRequest onward, MsrpRequest came, byte[] frame) {
    path.expect(onward.transactionId(), came, from);
    next.send(frame, status -> path.givenUp(onward.transactionId(), came, from, status));
  }
}
