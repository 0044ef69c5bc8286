// Reads and writes a user's documents over XCAP.
package tucket.client.xcap;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tucket.client.Account;
import tucket.client.Refused;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XcapUri;
import tucket.transport.Chance;
import tucket.transport.http.HttpCalls;
import tucket.transport.http.Response;
import tucket.transport.net.TlsMaterial;

/// An XDM client (RFC 4825 section 7) with HTTP digest; the first challenge is remembered. What the server refuses is [Refused] with the phrase of the
/// conflict report; where it can't be reached, [tucket.transport.Unavailable]. Thread-safe; calls block.
public final class XdmClient implements AutoCloseable {
  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final int MAX_BYTES = 8 << 20;

  private final Account account;
  private final String root;
  private final Chance chance;
  private final HttpCalls calls;
  private volatile Optional<Held> held = Optional.empty();

  private record Held(DigestChallenge challenge, AtomicLong uses) {}

  /// What a GET found. `etag` without quotes.
  public record Found(String type, String etag, byte[] body) {}

  /// @param root the XCAP root, without a slash at its end
  public XdmClient(Account account, URI root, Optional<TlsMaterial> tls, Chance chance) {
    this.account = account;
    String text = root.toString();
    this.root = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    this.chance = chance;
    this.calls = new HttpCalls(HttpCalls.Version.HTTP_1_1, tls, WITHIN, MAX_BYTES);
  }

  /// The path of a document of the user himself, below the root.
  public String own(String auid, String document) {
    return XcapUri.documentSelector(auid, AddressOfRecord.of(account.address()).value(), document);
  }

  /// The XCAP root and the path: what a document is called elsewhere.
  public String uri(String path) {
    return root + "/" + path;
  }

  /// The address of the user.
  public AddressOfRecord user() {
    return AddressOfRecord.of(account.address());
  }

  /// Empty where there is nothing.
  public Optional<Found> get(String path) {
    Response response = send("GET", path, List.of(), new byte[0]);
    if (response.status() == 404) {
      return Optional.empty();
    }
    accepted(response);
    return Optional.of(new Found(response.header("Content-Type").orElse(""), etag(response), response.body()));
  }

  /// Writes a document or a node; returns its entity tag.
  ///
  /// @param ifMatch the tag that must be there; a [Refused] with status 412 where it is not
  public String put(String path, String type, byte[] body, Optional<String> ifMatch) {
    List<Response.Header> headers = new ArrayList<>(List.of(new Response.Header("Content-Type", type)));
    headers.addAll(ifMatch(ifMatch));
    return etag(accepted(send("PUT", path, headers, body)));
  }

  /// False where there was nothing.
  public boolean delete(String path) {
    return delete(path, Optional.empty());
  }

  /// The same, where it still has that entity tag; a [Refused] with status 412 where it has another.
  public boolean delete(String path, Optional<String> ifMatch) {
    Response response = send("DELETE", path, ifMatch(ifMatch), new byte[0]);
    if (response.status() == 404) {
      return false;
    }
    accepted(response);
    return true;
  }

  private static List<Response.Header> ifMatch(Optional<String> tag) {
    return tag.map(t -> List.of(new Response.Header("If-Match", "\"" + t + "\""))).orElse(List.of());
  }

  /// One request as it is, with the password where it is asked for.
  public Response send(String method, String path, List<Response.Header> headers, byte[] body) {
    URI uri = URI.create(root + "/" + path);
    Response first = calls.send(method, uri, proved(method, uri, headers, body), body);
    if (first.status() != 401) {
      return first;
    }
    boolean fresh = held.isEmpty();
    List<String> lines = first.headers().stream().filter(h -> h.name().equalsIgnoreCase("WWW-Authenticate")).map(Response.Header::value).toList();
    held = DigestChallenge.choose(lines).map(challenge -> new Held(challenge, new AtomicLong()));
    if (held.isEmpty() || !fresh && !held.get().challenge.stale()) {
      return first;
    }
    return calls.send(method, uri, proved(method, uri, headers, body), body);
  }

  private List<Response.Header> proved(String method, URI uri, List<Response.Header> headers, byte[] body) {
    List<Response.Header> all = new ArrayList<>(headers);
    all.add(new Response.Header("User-Agent", "XDM-client/OMA2.0 Tucket"));
    all.add(new Response.Header("X-3GPP-Intended-Identity", "\"" + user() + "\""));
    String target = uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + "?" + uri.getRawQuery();
    held.ifPresent(h -> {
      String answer =
          Digest.answer(h.challenge, account.name(), account.password(), method, target, chance.token(8), h.uses.incrementAndGet(), body).toString();
      all.add(new Response.Header("Authorization", answer));
    });
    return all;
  }

  private static Response accepted(Response response) {
    if (response.status() / 100 == 2) {
      return response;
    }
    throw new Refused(response.status(), reason(response));
  }

  private static String reason(Response response) {
    if (response.status() != 409) {
      String text = new String(response.body(), java.nio.charset.StandardCharsets.UTF_8).strip();
      return text.length() > 200 ? text.substring(0, 200) : text;
    }
    try {
      XcapError error = XcapError.parse(response.body());
      return error.kind().element() + ": " + error.phrase();
    } catch (Malformed other) {
      return "conflict";
    }
  }

  private static String etag(Response response) {
    return response.header("ETag").map(tag -> tag.replaceAll("^(W/)?\"|\"$", "")).orElse("");
  }

  @Override
  public void close() {
    calls.close();
  }
}
