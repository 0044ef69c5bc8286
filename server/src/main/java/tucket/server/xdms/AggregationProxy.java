// The one address at which XDM clients find all documents.
package tucket.server.xdms;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Metrics;
import tucket.server.reference.XdmAuthentication;
import tucket.server.xdms.usage.Asker;
import tucket.transport.http.Request;
import tucket.transport.http.Response;
import tucket.transport.http.Route;

/// The Aggregation Proxy of OMA XDM (reference points XDM-3 and XDM-4, IM-6 here): authenticates, asserts, hands on. An XDM client proves itself by
/// HTTP digest with the password of SIP. A server of the operator, known by its address or its TLS certificate, is believed whom it asserts. From
/// everybody else the identity headers are only a wish: X-3GPP-Intended-Identity must name an identity of the user himself, the asserted ones count for
/// nothing. Thread-safe.
public final class AggregationProxy {
  private static final Logger LOG = LoggerFactory.getLogger(AggregationProxy.class);
  private static final String INTENDED = "X-3GPP-Intended-Identity";
  private static final List<String> ASSERTED = List.of("X-3GPP-Asserted-Identity", "X-XCAP-Asserted-Identity");

  /// What it hands requests to.
  public interface Behind {
    /// Answers; `below` is the path below the XCAP root without its first slash.
    Response answer(Request request, String below, Asker who);
  }

  /// Who is believed.
  ///
  /// @param addresses where servers of the operator are
  /// @param certificates the names in their certificates
  public record Trust(Set<InetAddress> addresses, Set<String> certificates) {
    public static final Trust NOBODY = new Trust(Set.of(), Set.of());

    public Trust {
      addresses = Set.copyOf(addresses);
      certificates = Set.copyOf(certificates);
    }
  }

  private final String path;
  private final XdmAuthentication authentication;
  private final Trust trust;
  private final Behind behind;
  private final Metrics metrics;

  /// @param path of the XCAP root, such as `/xcap`
  public AggregationProxy(String path, XdmAuthentication authentication, Trust trust, Behind behind, Metrics metrics) {
    this.path = path;
    this.authentication = authentication;
    this.trust = trust;
    this.behind = behind;
    this.metrics = metrics;
  }

  /// What the HTTP server is to serve.
  public List<Route> routes() {
    return List.of(new Route("*", path + "/*", this::answer));
  }

  Response answer(Request request) {
    Response response = judged(request);
    metrics.xcap(request.method(), response.status());
    return response;
  }

  private Response judged(Request request) {
    String below = request.path().substring(path.length() + 1);
    try {
      if (isTrusted(request)) {
        return behind.answer(request, below, asserted(request));
      }
      String target = request.query().isEmpty() ? request.path() : request.path() + "?" + request.query();
      List<String> given = request.headers().getOrDefault("authorization", List.of());
      return switch (authentication.judge(request.method(), target, given, request.body(), request.remote().getAddress())) {
        case XdmAuthentication.Verdict.Admitted admitted -> admitted(request, below, admitted.user());
        case XdmAuthentication.Verdict.Challenged challenged -> challenge(challenged.challenges());
        case XdmAuthentication.Verdict.Forbidden forbidden -> forbidden.retryAfter() == 0
            ? Response.text(403, forbidden.reason())
            : Response.text(403, forbidden.reason()).withHeader("Retry-After", Long.toString(forbidden.retryAfter()));
      };
    } catch (tucket.store.Unavailable | tucket.transport.Unavailable full) {
      LOG.warn("event=xcap_unavailable path={} why=\"{}\"", request.path(), full.getMessage());
      return Response.text(503, "not now").withHeader("Retry-After", "5"); // the message may name a folder
    }
  }

  private static Response challenge(List<String> challenges) {
    Response response = Response.text(401, "who are you?");
    for (String one : challenges) {
      response = response.withHeader("WWW-Authenticate", one);
    }
    return response;
  }

  private Response admitted(Request request, String below, AddressOfRecord user) {
    Optional<String> intended = request.header(INTENDED).map(AggregationProxy::bare);
    if (intended.isPresent() && !isOf(intended.get(), user)) {
      return Response.text(403, INTENDED + " is not an identity of yours");
    }
    return behind.answer(request, below, Asker.of(user));
  }

  private boolean isOf(String identity, AddressOfRecord user) {
    try {
      return authentication.home(AddressOfRecord.of(identity)).filter(user::equals).isPresent();
    } catch (Malformed bad) {
      return false;
    }
  }

  private boolean isTrusted(Request request) {
    return trust.addresses.contains(request.remote().getAddress()) || request.certificateNames().stream().anyMatch(trust.certificates::contains);
  }

  /// Whom a trusted server speaks for; itself where it names nobody.
  private Asker asserted(Request request) {
    for (String header : ASSERTED) {
      Optional<String> name = request.header(header).map(AggregationProxy::bare);
      if (name.isPresent()) {
        AddressOfRecord identity = AddressOfRecord.of(name.get());
        return Asker.asserted(authentication.home(identity).orElse(identity));
      }
    }
    return Asker.SERVER;
  }

  // Both headers hold a quoted URI, and perhaps more of them: the first one counts.
  private static String bare(String value) {
    String text = value.strip();
    if (text.startsWith("\"")) {
      int end = text.indexOf('"', 1);
      return end < 0 ? text.substring(1) : text.substring(1, end);
    }
    int comma = text.indexOf(',');
    return comma < 0 ? text : text.substring(0, comma).strip();
  }
}
