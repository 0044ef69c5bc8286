// The XDMSs of another process.
package tucket.server.xdms;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XcapDiff;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XcapUri;
import tucket.server.event.Watcher;
import tucket.server.reference.Im3ImXdms;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.server.xdms.usage.ApplicationUsage;
import tucket.server.xdms.usage.Asker;
import tucket.server.xdms.usage.GroupsUsage;
import tucket.server.xdms.usage.Usages;
import tucket.transport.Clock;
import tucket.transport.Unavailable;
import tucket.transport.http.HttpCalls;
import tucket.transport.http.Request;
import tucket.transport.http.Response;

/// IM-3 and IM-4 as XCAP on a wire, and what the Aggregation Proxy hands requests on to. A document that was read is kept, and not asked for again
/// while the subscription to all changes lives ([#told] hears its notifications); while it does not, every read asks whether it is still the same. Thread-safe.
public final class RemoteXdms implements Im3ImXdms, Im4SharedXdms, Watcher.Listener, AggregationProxy.Behind {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteXdms.class);
  private static final List<String> END_TO_END =
      List.of("content-type", "if-match", "if-none-match", "accept", "user-agent");

  /// How long it is believed which document gives a URI, whatever is told.
  private static final Duration BELIEVED = Duration.ofMinutes(5);

  private record Kept(Optional<XdmDocument> document) {}

  private record Giving(Optional<XdmAddress> document) {}

  private record Watching(Predicate<XdmAddress> which, Consumer<XdmAddress> changed) {}

  private final String root;
  private final HttpCalls calls;
  private final Usages usages = new Usages();
  private final Cache<XdmAddress, Kept> kept;
  private final Cache<AddressOfRecord, Giving> giving;
  private final Map<XdmAddress, Boolean> known = new ConcurrentHashMap<>();
  private final List<Watching> watchers = new CopyOnWriteArrayList<>();
  private final Function<AddressOfRecord, Optional<AddressOfRecord>> home;
  private volatile boolean followed;
  private volatile long epoch;

  /// @param root the XCAP root there, without a slash at its end
  /// @param documents how many are kept
  /// @param home the default identity of a user one of whose identities is given
  public RemoteXdms(URI root, HttpCalls calls, long documents, Function<AddressOfRecord, Optional<AddressOfRecord>> home, Clock clock) {
    this.root = root.toString();
    this.home = home;
    this.calls = calls;
    this.kept = Caffeine.newBuilder().maximumSize(documents).executor(Runnable::run)
        .<XdmAddress, Kept>evictionListener((address, document, cause) -> {
          if (address != null) {
            known.remove(address);
          }
        }).build();
    this.giving = Caffeine.newBuilder().maximumSize(documents).expireAfterWrite(BELIEVED).ticker(clock::nanos).executor(Runnable::run).build();
  }

  /// The body of the SUBSCRIBE to whose notifications [#told] is to listen: all usages whole.
  public byte[] wanted() {
    return XcapDiff.wanted(usages.all().stream().map(usage -> usage.auid() + "/").toList());
  }

  @Override
  public Optional<XdmDocument> document(XdmAddress address) {
    Kept there = kept.getIfPresent(address);
    if (there != null && followed) {
      return there.document;
    }
    long began = epoch;
    List<Response.Header> headers = new ArrayList<>();
    Optional<XdmDocument> before = there == null ? Optional.empty() : there.document;
    before.ifPresent(d -> headers.add(new Response.Header("If-None-Match", "\"" + d.etag() + "\"")));
    Response response = ask("GET", address, headers, new byte[0]);
    Optional<XdmDocument> now = switch (response.status()) {
      case 200 -> Optional.of(new XdmDocument(address, tag(response), response.body()));
      case 304 -> before;
      case 404 -> Optional.empty();
      default -> throw new Unavailable("The XDMS answers " + response.status() + " to a GET of " + address + ".");
    };
    known.put(address, true);
    if (began == epoch) { // else it may have changed while it was on its way
      kept.put(address, new Kept(now));
    }
    return now;
  }

  @Override
  public Optional<XdmAddress> giving(AddressOfRecord uri) {
    Giving there = giving.getIfPresent(uri);
    if (there != null && followed) {
      return there.document;
    }
    long began = epoch;
    Optional<XdmAddress> found = group(uri).or(() -> service(uri));
    if (began == epoch) {
      giving.put(uri, new Giving(found));
    }
    return found;
  }

  /// OMA Shared Group XDMS: group documents by the URIs of their groups.
  private Optional<XdmAddress> group(AddressOfRecord uri) {
    String selector = GroupsUsage.AUID + "/global/" + GroupsUsage.BY_GROUP_ID + "/" + XcapUri.escape(uri.value());
    return place(selector, XdmAddress.global(GroupsUsage.AUID, GroupsUsage.BY_GROUP_ID + "/" + uri.value()));
  }

  /// RFC 4826 section 4.4.7: the services of all users in one index.
  private Optional<XdmAddress> service(AddressOfRecord uri) {
    String quoted = uri.value().indexOf('"') < 0 ? '"' + uri.value() + '"' : "'" + uri.value() + "'";
    String selector = "rls-services/global/index/~~/rls-services/service" + XcapUri.escape("[@uri=" + quoted + "]");
    return place(selector, XdmAddress.global("rls-services", "index"));
  }

  /// Where what is found there lies; the place in the global tree where the XDMS does not say whose document it is.
  private Optional<XdmAddress> place(String selector, XdmAddress global) {
    Response response = calls.send("GET", URI.create(root + "/" + selector), List.of(), new byte[0]);
    return switch (response.status()) {
      case 200 -> Optional.of(response.header("Content-Location").flatMap(RemoteXdms::addressOf).orElse(global));
      case 404 -> Optional.empty();
      default -> throw new Unavailable("The XDMS answers " + response.status() + " to a GET of " + selector + ".");
    };
  }

  /// The document that an XCAP URI names, whatever its root.
  private static Optional<XdmAddress> addressOf(String uri) {
    for (String auid : List.of(GroupsUsage.AUID, GroupsUsage.OLDER, "rls-services")) {
      int at = uri.indexOf("/" + auid + "/users/");
      if (at >= 0) {
        return XcapUri.parse(uri.substring(at + 1).replaceFirst("/~~.*", ""), "")
            .map(u -> new XdmAddress(u.auid(), u.xui(), String.join("/", u.document())));
      }
    }
    return Optional.empty();
  }

  @Override
  public Watch watch(Predicate<XdmAddress> which, Consumer<XdmAddress> changed) {
    Watching one = new Watching(which, changed);
    watchers.add(one);
    return () -> watchers.remove(one);
  }

  @Override
  public Optional<XdmDocument> put(XdmAddress address, byte[] content, Optional<String> ifMatch) {
    ApplicationUsage usage = usages.of(address.auid()).orElseThrow(() -> new Malformed("no such application usage"));
    List<Response.Header> headers = new ArrayList<>(List.of(new Response.Header("Content-Type", usage.type())));
    ifMatch.ifPresent(tag -> headers.add(new Response.Header("If-Match", "\"" + tag + "\"")));
    Response response = ask("PUT", address, headers, content);
    forget(address);
    return switch (response.status()) {
      case 200, 201 -> Optional.of(new XdmDocument(address, tag(response), content));
      case 412 -> Optional.empty();
      case 409 -> throw new Malformed(XcapError.parse(response.body()).phrase());
      default -> throw new Unavailable("The XDMS answers " + response.status() + " to a PUT of " + address + ".");
    };
  }

  @Override
  public boolean remove(XdmAddress address) {
    int status = ask("DELETE", address, List.of(), new byte[0]).status();
    forget(address);
    return status == 200;
  }

  @Override
  public List<Found> named(String displayName, int most) {
    byte[] question = Search.ask("for $u in x where $u/display-name=" + Search.quoted(displayName.strip()) + " return $u", most);
    URI uri = URI.create(root + "/" + Generated.SEARCH + "/global/search");
    Response response = calls.send("POST", uri, List.of(new Response.Header("Content-Type", Search.TYPE)), question);
    if (response.status() != 200) {
      throw new Unavailable("The XDMS answers " + response.status() + " to a search.");
    }
    return Search.hits(response.body()).stream().map(hit -> new Found(AddressOfRecord.of(hit.uri()), hit.displayName())).toList();
  }

  /// Hands a client's request on, with the identity that was proved; nothing that the client said of identities gets through.
  @Override
  public Response answer(Request request, String below, Asker who) {
    List<Response.Header> headers = new ArrayList<>();
    for (String name : END_TO_END) {
      request.headers().getOrDefault(name, List.of()).forEach(value -> headers.add(new Response.Header(name, value)));
    }
    who.user().ifPresent(user -> headers.add(new Response.Header("X-3GPP-Asserted-Identity", "\"" + user + "\"")));
    String query = request.query().isEmpty() ? "" : "?" + escaped(request.query());
    Response response = calls.send(request.method(), URI.create(root + "/" + escaped(below) + query), headers, request.body());
    if (response.status() / 100 == 2 && !request.method().equals("GET") && !request.method().equals("HEAD")) {
      written(below); // what is answered through us is in force here at once
    }
    List<Response.Header> back = response.headers().stream()
        .filter(h -> List.of("content-type", "etag", "allow", "cache-control", "retry-after").contains(h.name().toLowerCase(Locale.ROOT)))
        .toList();
    return new Response(response.status(), back, response.body());
  }

  private void written(String below) {
    try {
      Optional<XcapUri> uri = XcapUri.parse(below.replaceFirst("/~~.*", ""), "");
      if (uri.isPresent() && uri.get().tree() == XcapUri.Tree.USERS) {
        AddressOfRecord identity = AddressOfRecord.of(uri.get().xui());
        changed(new XdmAddress(uri.get().auid(), home.apply(identity).orElse(identity).value(), String.join("/", uri.get().document())));
      }
    } catch (Malformed unread) {
      everything();
    }
  }

  // What clients write raw but a URI of ours must not hold.
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append("\"<>[]\\^`{|} ".indexOf(c) >= 0 || c > 126 ? XcapUri.escape(String.valueOf(c)) : String.valueOf(c));
    }
    return out.toString();
  }

  @Override
  public void told(byte[] body, boolean first) {
    XcapDiff diff;
    try {
      diff = XcapDiff.parse(body);
    } catch (Malformed bad) {
      LOG.warn("event=xcap_diff_malformed why=\"{}\"", bad.getMessage());
      everything();
      return;
    }
    if (first) { // what was before may have been missed
      everything();
    }
    for (XcapDiff.Change change : diff.changes()) {
      Optional<XcapUri> uri = change.selector().endsWith("/") ? Optional.empty() : XcapUri.parse(change.selector(), "");
      if (uri.isEmpty()) {
        everything();
      } else {
        changed(new XdmAddress(uri.get().auid(), uri.get().xui(), String.join("/", uri.get().document())));
      }
    }
    followed = true;
  }

  @Override
  public void lost() {
    followed = false;
  }

  private void changed(XdmAddress address) {
    forget(address);
    tell(address);
  }

  private synchronized void forget(XdmAddress address) {
    epoch++;
    kept.invalidate(address);
    if (GroupsUsage.isOne(address.auid()) || address.auid().equals("rls-services")) { // it may give other URIs now, and be seen in the global tree
      giving.invalidateAll();
      kept.asMap().keySet().removeIf(a -> a.isGlobal() && a.auid().equals(address.auid()));
    }
  }

  private void everything() {
    synchronized (this) {
      epoch++;
      kept.invalidateAll();
      giving.invalidateAll();
    }
    List.copyOf(known.keySet()).forEach(this::tell);
  }

  private void tell(XdmAddress address) {
    watchers.stream().filter(w -> w.which.test(address)).forEach(w -> w.changed.accept(address));
  }

  private Response ask(String method, XdmAddress address, List<Response.Header> headers, byte[] body) {
    return calls.send(method, URI.create(root + "/" + XcapUri.documentSelector(address.auid(), address.xui(), address.document())), headers, body);
  }

  private static String tag(Response response) {
    return response.header("ETag").map(tag -> tag.replaceAll("^(W/)?\"|\"$", "")).orElse("");
  }
}
