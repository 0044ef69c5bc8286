// An MSRP response.
package tucket.protocol.msrp;

import java.util.ArrayList;
import java.util.List;
import tucket.protocol.Malformed;

/// RFC 4975 section 7.2. `comment` may be empty in what arrives (a status line of two words); what we write always has one.
public final class MsrpResponse extends MsrpMessage {
  private final int status;
  private final String comment;

  public MsrpResponse(String transactionId, int status, String comment, List<MsrpHeader> headers) {
    this(transactionId, status, comment, headers, new MsrpPaths());
  }

  MsrpResponse(String transactionId, int status, String comment, List<MsrpHeader> headers, MsrpPaths paths) {
    super(transactionId, headers, paths);
    this.status = status;
    this.comment = comment;
  }

  /// The response to a request: back to the previous hop for SEND, along the whole path for the other methods; from the URI that the
  /// request was addressed to. [Malformed] where the request's paths cannot be read: then nothing can be answered.
  public static MsrpResponse to(MsrpRequest request, int status) {
    List<MsrpUri> from = request.fromPath();
    List<MsrpUri> back = request.is(MsrpRequest.SEND) ? from.subList(0, 1) : from;
    MsrpUri self = request.toPath().getFirst();
    return new MsrpResponse(request.transactionId(), status, MsrpStatus.comment(status), List.of(
        new MsrpHeader(MsrpHeader.TO_PATH, MsrpUri.writePath(back)), new MsrpHeader(MsrpHeader.FROM_PATH, self.toString())));
  }

  /// The digest challenge of a relay (RFC 4976 section 5.1); `challenge` is the value of WWW-Authenticate, which must carry `opaque` for
  /// the sake of one client.
  public static MsrpResponse challenge(MsrpRequest auth, String challenge) {
    return to(auth, MsrpStatus.UNAUTHORIZED).with(MsrpHeader.WWW_AUTHENTICATE, challenge);
  }

  /// What a relay grants: the path to use, for so many seconds.
  public static MsrpResponse granted(MsrpRequest auth, List<MsrpUri> usePath, long expires) {
    if (usePath.isEmpty()) {
      throw new Malformed("Use-Path without URI");
    }
    return to(auth, MsrpStatus.OK).with(MsrpHeader.USE_PATH, MsrpUri.writePath(usePath)).with(MsrpHeader.EXPIRES, Long.toString(expires));
  }

  public MsrpResponse with(String name, String value) {
    return new MsrpResponse(transactionId(), status, comment, new ArrayList<>(replace(headers(), name, value)));
  }

  /// The same with another comment, which tells people more.
  public MsrpResponse withComment(String words) {
    return new MsrpResponse(transactionId(), status, words, headers());
  }

  /// The same with one more line of that header.
  public MsrpResponse and(String name, String value) {
    List<MsrpHeader> more = new ArrayList<>(headers());
    more.add(new MsrpHeader(name, value));
    return new MsrpResponse(transactionId(), status, comment, more);
  }

  public MsrpResponse withTransactionId(String id) {
    return new MsrpResponse(id, status, comment, headers());
  }

  public int status() {
    return status;
  }

  public String comment() {
    return comment;
  }

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  @Override
  String startLine() {
    return "MSRP " + transactionId() + " " + status + " " + (comment.isEmpty() ? MsrpStatus.comment(status) : comment);
  }
}
