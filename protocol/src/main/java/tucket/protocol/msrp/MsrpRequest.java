// The head of an MSRP request.
package tucket.protocol.msrp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// A request without its body, which travels apart because it may be large and may come in pieces (RFC 4975 section 7.1). Methods are SEND,
/// REPORT, AUTH (RFC 4976), NICKNAME (RFC 7701) and whatever else a peer invents.
public final class MsrpRequest extends MsrpMessage {
  public static final String SEND = "SEND";
  public static final String REPORT = "REPORT";
  public static final String AUTH = "AUTH";
  public static final String NICKNAME = "NICKNAME";

  /// Values of Failure-Report; `YES` where there is none.
  public enum FailureReport {
    YES,
    NO,
    PARTIAL
  }

  private final String method;

  public MsrpRequest(String transactionId, String method, List<MsrpHeader> headers) {
    this(transactionId, method, headers, new MsrpPaths());
  }

  MsrpRequest(String transactionId, String method, List<MsrpHeader> headers, MsrpPaths paths) {
    super(transactionId, headers, paths);
    this.method = method;
  }

  /// A request of that method with its two paths.
  public static MsrpRequest of(String transactionId, String method, List<MsrpUri> to, List<MsrpUri> from) {
    return new MsrpRequest(transactionId, method, List.of(new MsrpHeader(MsrpHeader.TO_PATH, MsrpUri.writePath(to)),
        new MsrpHeader(MsrpHeader.FROM_PATH, MsrpUri.writePath(from))));
  }

  public String method() {
    return method;
  }

  public boolean is(String m) {
    return method.equals(m);
  }

  /// The same with that header replaced or added at the end.
  public MsrpRequest with(String name, String value) {
    return new MsrpRequest(transactionId(), method, replace(headers(), name, value));
  }

  public MsrpRequest without(String name) {
    return new MsrpRequest(transactionId(), method, headers().stream().filter(h -> !h.name().equalsIgnoreCase(name)).toList());
  }

  public MsrpRequest withTransactionId(String id) {
    return new MsrpRequest(id, method, headers());
  }

  /// Empty only where the header is missing: SEND and REPORT must have one.
  public Optional<String> messageId() {
    return first(MsrpHeader.MESSAGE_ID).filter(v -> !v.isEmpty());
  }

  /// The part of the message that this is; the whole where nothing is said.
  public ByteRange byteRange() {
    return first(MsrpHeader.BYTE_RANGE).map(ByteRange::parse).orElse(ByteRange.WHOLE);
  }

  /// Empty for a request without body, such as the one that only binds a connection.
  public Optional<MediaType> contentType() {
    return first(MsrpHeader.CONTENT_TYPE).map(MediaType::parse);
  }

  public boolean wantsSuccessReport() {
    return first(MsrpHeader.SUCCESS_REPORT).map(v -> v.equalsIgnoreCase("yes")).orElse(false);
  }

  public FailureReport failureReport() {
    return switch (first(MsrpHeader.FAILURE_REPORT).orElse("yes").toLowerCase(Locale.ROOT)) {
      case "no" -> FailureReport.NO;
      case "partial" -> FailureReport.PARTIAL;
      default -> FailureReport.YES;
    };
  }

  /// Whether a response with that status is due (RFC 4975 sections 7.1.4 and 7.2). REPORT is never answered.
  public boolean wantsResponse(int status) {
    if (is(REPORT)) {
      return false;
    }
    return switch (failureReport()) {
      case YES -> true;
      case PARTIAL -> status >= 300;
      case NO -> false;
    };
  }

  /// The code of a REPORT's Status, `000 200 OK`; empty where the namespace is another (RFC 4975 section 7.3.2).
  public Optional<Integer> status() {
    Optional<String> value = first(MsrpHeader.STATUS);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    String[] words = value.get().split(" +", 3);
    if (words.length < 2 || !words[1].matches("[0-9]{3}")) {
      throw new Malformed("Status is not namespace and code");
    }
    return words[0].equals("000") ? Optional.of(Integer.parseInt(words[1])) : Optional.empty();
  }

  /// A report about bytes `from` to `to` of the message of `send` (RFC 4975 sections 7.1.2 and 7.1.3): its whole From-Path back, its
  /// Message-ID. `total` is the message's size, -1 where unknown; `self` the end point that reports.
  public static MsrpRequest report(String transactionId, MsrpRequest send, MsrpUri self, int status, long from, long to, long total) {
    List<MsrpHeader> headers = new ArrayList<>();
    headers.add(new MsrpHeader(MsrpHeader.TO_PATH, MsrpUri.writePath(send.fromPath())));
    headers.add(new MsrpHeader(MsrpHeader.FROM_PATH, self.toString()));
    headers.add(new MsrpHeader(MsrpHeader.MESSAGE_ID, send.messageId().orElseThrow(() -> new Malformed("SEND without Message-ID"))));
    headers.add(new MsrpHeader(MsrpHeader.BYTE_RANGE, from + "-" + to + "/" + (total < 0 ? "*" : Long.toString(total))));
    headers.add(new MsrpHeader(MsrpHeader.STATUS, "000 " + status + " " + MsrpStatus.comment(status)));
    return new MsrpRequest(transactionId, REPORT, headers);
  }

  @Override
  String startLine() {
    return "MSRP " + transactionId() + " " + method;
  }
}
