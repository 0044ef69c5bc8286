// All XDMSs in this process.
package tucket.server.xdms;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XcapUri;
import tucket.server.reference.Im3ImXdms;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.server.xdms.usage.Asker;
import tucket.server.xdms.usage.GroupsUsage;
import tucket.server.xdms.usage.Usages;
import tucket.store.Engine;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.http.Request;
import tucket.transport.http.Response;

/// IM-3 and IM-4 as method calls, and the XCAP server that the Aggregation Proxy and remote IM Servers speak to. A PUT that was answered is in force
/// for the next read. Thread-safe.
public final class EmbeddedXdms implements Im3ImXdms, Im4SharedXdms {
  private final XdmsSettings settings;
  private final Documents documents;
  private final Profiles profiles;
  private final XcapServer server;
  private final Usages usages;
  private final Claims claims;

  /// @param home the default identity of a user one of whose identities is given; empty for nobody's
  public EmbeddedXdms(World world, Engine engine, XdmsSettings settings, Function<AddressOfRecord, Optional<AddressOfRecord>> home) {
    this(world, engine, settings, home, new Usages());
  }

  /// The same with the application usages that are given.
  EmbeddedXdms(World world, Engine engine, XdmsSettings settings, Function<AddressOfRecord, Optional<AddressOfRecord>> home, Usages usages) {
    this.settings = settings;
    this.usages = usages;
    this.documents = new Documents(engine, world, settings);
    this.profiles = new Profiles(engine, documents);
    this.claims = new Claims(engine, documents, usages, home);
    Generated generated = new Generated(usages, documents, new Search(profiles, settings.searchResults()), world.chance().token(6));
    this.server = new XcapServer(documents, usages, claims, generated, settings, home);
  }

  /// The same documents as XCAP.
  public XcapServer server() {
    return server;
  }

  public XdmsSettings settings() {
    return settings;
  }

  Documents documents() {
    return documents;
  }

  Usages usages() {
    return usages;
  }

  @Override
  public Optional<XdmDocument> document(XdmAddress address) {
    return asked(() -> documents.read(canonical(address)).map(d -> new XdmDocument(address, d.etag(), d.content())));
  }

  @Override
  public Watch watch(Predicate<XdmAddress> which, Consumer<XdmAddress> changed) {
    return documents.watch(which, change -> changed.accept(change.address()));
  }

  @Override
  public Optional<XdmDocument> put(XdmAddress address, byte[] content, Optional<String> ifMatch) {
    return asked(() -> {
      String type = usages.of(address.auid()).orElseThrow(() -> new Malformed("no such application usage")).type();
      Map<String, List<String>> headers =
          ifMatch.map(tag -> Map.of("content-type", List.of(type), "if-match", List.of("\"" + tag + "\""))).orElse(Map.of("content-type", List.of(type)));
      Response response = server.answer(request("PUT", headers, content), selector(address), Asker.SERVER);
      return switch (response.status()) {
        case 200, 201 -> Optional.of(new XdmDocument(address, etag(response), content));
        case 412 -> Optional.empty();
        case 409 -> throw new Malformed(XcapError.parse(response.body()).phrase());
        default -> throw new Unavailable("The XDMS answers " + response.status() + " to a PUT of " + address);
      };
    });
  }

  @Override
  public boolean remove(XdmAddress address) {
    return asked(() -> server.answer(request("DELETE", Map.of(), new byte[0]), selector(address), Asker.SERVER).status() == 200);
  }

  @Override
  public Optional<XdmAddress> giving(AddressOfRecord uri) {
    return asked(() -> claims.claimed(uri.value()).filter(a -> GroupsUsage.isOne(a.auid()) || Generated.isIndex(a)));
  }

  @Override
  public List<Found> named(String displayName, int most) {
    return asked(() -> {
      List<Found> found = new ArrayList<>();
      profiles.named(displayName, most).forEach(e -> found.add(new Found(e.getKey(), e.getValue())));
      return found;
    });
  }

  private XdmAddress canonical(XdmAddress address) {
    return address.isGlobal()
        ? address
        : server.userOf(address.xui(), true).map(xui -> new XdmAddress(address.auid(), xui, address.document())).orElse(address);
  }

  private static String selector(XdmAddress address) {
    return XcapUri.documentSelector(address.auid(), address.xui(), address.document());
  }

  private static Request request(String method, Map<String, List<String>> headers, byte[] body) {
    return new Request(method, "/", "", headers, body, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, List.of());
  }

  private static String etag(Response response) {
    return response.headers().stream().filter(h -> h.name().equals("ETag")).map(h -> h.value().replace("\"", "")).findFirst().orElse("");
  }

  private static <T> T asked(Supplier<T> question) {
    try {
      return question.get();
    } catch (tucket.store.Unavailable e) {
      throw new Unavailable(e.getMessage(), e);
    }
  }
}
