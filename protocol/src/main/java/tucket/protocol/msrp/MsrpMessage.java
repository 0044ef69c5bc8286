// What goes over an MSRP connection: requests and responses.
package tucket.protocol.msrp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;

/// The head of a request, or a response. Headers are looked up without regard to case. Immutable.
public abstract sealed class MsrpMessage permits MsrpRequest, MsrpResponse {
  private final String transactionId;
  private final List<MsrpHeader> headers;
  private final MsrpPaths paths;

  MsrpMessage(String transactionId, List<MsrpHeader> headers, MsrpPaths paths) {
    this.transactionId = transactionId;
    this.headers = List.copyOf(headers);
    this.paths = paths;
  }

  /// 4 to 32 characters (RFC 4975 section 9, ident); up to 64 are taken.
  public final String transactionId() {
    return transactionId;
  }

  /// All headers in their order.
  public final List<MsrpHeader> headers() {
    return headers;
  }

  public final Optional<String> first(String name) {
    for (MsrpHeader h : headers) {
      if (h.name().equalsIgnoreCase(name)) {
        return Optional.of(h.value());
      }
    }
    return Optional.empty();
  }

  /// The To-Path, leftmost the next hop. [Malformed] where it is missing or broken.
  public final List<MsrpUri> toPath() {
    return path(MsrpHeader.TO_PATH);
  }

  /// The From-Path, leftmost the hop that it comes from.
  public final List<MsrpUri> fromPath() {
    return path(MsrpHeader.FROM_PATH);
  }

  private List<MsrpUri> path(String name) {
    return paths.parse(first(name).orElseThrow(() -> new Malformed("MSRP message without " + name)));
  }

  /// The headers with that one replaced or added.
  static List<MsrpHeader> replace(List<MsrpHeader> headers, String name, String value) {
    List<MsrpHeader> changed = new ArrayList<>(headers.size() + 1);
    boolean done = false;
    for (MsrpHeader h : headers) {
      if (!h.name().equalsIgnoreCase(name)) {
        changed.add(h);
      } else if (!done) {
        changed.add(new MsrpHeader(name, value));
        done = true;
      }
    }
    if (!done) {
      changed.add(new MsrpHeader(name, value));
    }
    return changed;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MsrpMessage m && m.getClass() == getClass() && m.startLine().equals(startLine()) && m.headers.equals(headers);
  }

  @Override
  public int hashCode() {
    return 31 * startLine().hashCode() + headers.hashCode();
  }

  abstract String startLine();

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(startLine());
    headers.forEach(h -> out.append("\r\n").append(h.name()).append(": ").append(h.value()));
    return out.toString();
  }
}
