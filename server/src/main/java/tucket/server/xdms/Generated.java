// Documents that are made when they are asked for.
package tucket.server.xdms;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlWriter;
import tucket.protocol.xcap.NodeSelector;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XcapUri;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.server.xdms.usage.ApplicationUsage;
import tucket.server.xdms.usage.Asker;
import tucket.server.xdms.usage.Schemas;
import tucket.server.xdms.usage.Usages;
import tucket.store.Partition;
import tucket.transport.http.Request;
import tucket.transport.http.Response;

/// `xcap-caps` (RFC 4825 section 12), `org.openmobilealliance.xcap-directory`, `org.openmobilealliance.search`, and the index of all rls-services
/// (RFC 4826 section 4.4.7). Nobody writes them. Thread-safe.
final class Generated {
  static final String CAPABILITIES = "xcap-caps";
  static final String DIRECTORY = "org.openmobilealliance.xcap-directory";
  static final String SEARCH = "org.openmobilealliance.search";

  private static final String CAPABILITIES_NAMESPACE = "urn:ietf:params:xml:ns:xcap-caps";
  private static final String DIRECTORY_NAMESPACE = "urn:oma:xml:xdm:xcap-directory";
  private static final String SERVICES = "rls-services";
  private static final String RLS = "urn:ietf:params:xml:ns:rls-services";
  private static final int INDEX_CHARACTERS = 8 << 20;

  private final Usages usages;
  private final Documents documents;
  private final Search search;
  private final String born;
  private final AtomicLong changes = new AtomicLong();

  /// @param born tells this life of the server from others
  Generated(Usages usages, Documents documents, Search search, String born) {
    this.usages = usages;
    this.documents = documents;
    this.search = search;
    this.born = born;
    documents.watch(a -> !a.isGlobal() && isIndex(a), change -> changes.incrementAndGet());
  }

  boolean serves(String auid) {
    return auid.equals(CAPABILITIES) || auid.equals(DIRECTORY) || auid.equals(SEARCH);
  }

  Response answer(Request request, XcapUri uri, String xui, Asker who) {
    boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
    String name = uri.document().getFirst();
    switch (uri.auid()) {
      case SEARCH -> {
        return request.method().equals("POST") ? search.answer(request) : XcapServer.notAllowed("POST");
      }
      case CAPABILITIES -> {
        if (!reads) {
          return XcapServer.notAllowed("GET, HEAD");
        }
        boolean right = uri.tree() == XcapUri.Tree.GLOBAL && name.equals("index") && uri.document().size() == 1;
        return right ? made(request, uri, CAPABILITIES_NAMESPACE, "application/xcap-caps+xml", capabilities()) : nothing();
      }
      default -> {
        if (!reads) {
          return XcapServer.notAllowed("GET, HEAD");
        }
        if (uri.tree() == XcapUri.Tree.GLOBAL || !name.equals("directory.xml") || uri.document().size() > 1) {
          return nothing();
        }
        if (!who.trusted() && !who.owns(xui)) {
          return Response.text(403, "not for you");
        }
        return made(request, uri, DIRECTORY_NAMESPACE, "application/vnd.oma.xcap-directory+xml", directory(xui));
      }
    }
  }

  private static Response nothing() {
    return Response.text(404, "no such document");
  }

  // The entity tag is the hash of what was made: it changes when that does.
  private static Response made(Request request, XcapUri uri, String namespace, String type, byte[] document) {
    return made(request, uri, namespace, type, document, Optional.of(hash(document)));
  }

  private static Response made(Request request, XcapUri uri, String namespace, String type, byte[] document, Optional<String> etag) {
    Optional<Response> refused = Preconditions.judge(request, etag);
    if (refused.isPresent()) {
      return refused.get();
    }
    if (uri.node().isEmpty()) {
      return uri.selected() ? nothing() : XcapServer.found(type, document, etag);
    }
    XmlTree tree = XmlTree.parse(new String(document, StandardCharsets.UTF_8));
    return new XcapEdit(namespace).get(tree, uri.node().get())
        .map(node -> XcapServer.found(node.type(), node.text().getBytes(StandardCharsets.UTF_8), etag))
        .orElseGet(Generated::nothing);
  }

  private static String hash(byte[] document) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private byte[] capabilities() {
    XmlWriter out = new XmlWriter().open("xcap-caps").attribute("xmlns", CAPABILITIES_NAMESPACE).open("auids");
    TreeSet<String> auids = new TreeSet<>(List.of(CAPABILITIES, DIRECTORY, SEARCH));
    usages.all().forEach(u -> auids.add(u.auid()));
    auids.forEach(auid -> out.text("auid", auid));
    out.close().empty("extensions").open("namespaces");
    TreeSet<String> namespaces = new TreeSet<>(Schemas.all().namespaces());
    namespaces.add(CAPABILITIES_NAMESPACE);
    namespaces.add(DIRECTORY_NAMESPACE);
    namespaces.forEach(namespace -> out.text("namespace", namespace));
    return out.toBytes();
  }

  private byte[] directory(String xui) {
    Map<String, List<Documents.Meta>> folders = new LinkedHashMap<>();
    for (ApplicationUsage usage : usages.all()) {
      folders.put(usage.auid(), new ArrayList<>());
    }
    documents.of(xui).forEach(m -> folders.computeIfAbsent(m.address().auid(), a -> new ArrayList<>()).add(m));
    XmlWriter out = new XmlWriter().open("xcap-directory").attribute("xmlns", DIRECTORY_NAMESPACE);
    folders.forEach((auid, entries) -> {
      out.open("folder").attribute("auid", auid);
      for (Documents.Meta one : entries) {
        out.open("entry").attribute("uri", XcapUri.documentSelector(auid, xui, one.address().document())).attribute("etag", one.etag());
        out.attribute("last-modified", one.modified().truncatedTo(ChronoUnit.SECONDS).toString()).attribute("size", Integer.toString(one.size()));
        out.close();
      }
      out.close();
    });
    return out.toBytes();
  }

  /// Whether what a document of that name gives counts in the whole domain (RFC 4826 section 4.4.7).
  static boolean isIndex(XdmAddress address) {
    return address.auid().equals(SERVICES) && address.document().equals("index");
  }

  /// The union of all users' services, of the documents that are called `index`. Of who asks for one service by its URI only that one is looked at,
  /// and he is told where it stands (RFC 9110 section 8.7).
  Response index(Request request, XcapUri uri, Claims claims, String root) {
    Optional<String> etag = Optional.of(born + "-" + changes.get()); // before anything is read
    Optional<String> one = uri.node().flatMap(Generated::asked);
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rls-services xmlns=\"" + RLS + "\">\n");
    Optional<XdmAddress> at = one.flatMap(claims::of).filter(Generated::isIndex);
    at.flatMap(documents::read).ifPresent(document -> append(document, Claims.key(one.orElseThrow()), out));
    if (one.isEmpty()) {
      for (Partition service : claims.all()) {
        claims.of(service.id()).filter(Generated::isIndex).flatMap(documents::read).ifPresent(document -> append(document, service.id(), out));
        if (out.length() > INDEX_CHARACTERS) {
          return Response.text(503, "the index is too large");
        }
      }
    }
    out.append("</rls-services>\n");
    Response made = made(request, uri, RLS, "application/rls-services+xml", out.toString().getBytes(StandardCharsets.UTF_8), etag);
    boolean element = made.status() == 200 && uri.node().filter(n -> n.terminal() instanceof NodeSelector.Terminal.Element).isPresent();
    return at.isEmpty() || !element
        ? made
        : made.withHeader("Content-Location", root + "/" + XcapUri.documentSelector(SERVICES, at.get().xui(), at.get().document()) + "/~~/"
            + uri.node().get().escaped(uri.node().get().steps().size()));
  }

  /// `.../service[@uri="..."]`: whose services are meant.
  private static Optional<String> asked(NodeSelector node) {
    return node.steps().size() < 2
        ? Optional.empty()
        : Optional.of(node.steps().get(1)).filter(s -> s.position().isEmpty()).flatMap(NodeSelector.Step::test)
            .filter(t -> t.name().local().equals("uri") && t.name().namespace().isEmpty()).map(NodeSelector.Test::value);
  }

  private static void append(XdmDocument document, String service, StringBuilder out) {
    try {
      XmlTree tree = XmlTree.parse(new String(document.content(), StandardCharsets.UTF_8));
      for (XmlSpan one : tree.root().children("service")) {
        if (one.value("uri").map(Claims::key).filter(service::equals).isPresent()) {
          out.append(withBindings(tree, one)).append('\n');
        }
      }
    } catch (Malformed never) {
      throw new IllegalStateException("a document that was written is not well-formed: " + document.address(), never);
    }
  }

  // Taken out of its document an element needs the declarations it lived by.
  private static String withBindings(XmlTree tree, XmlSpan element) {
    StringBuilder declarations = new StringBuilder();
    XmlTree.bindings(element).forEach((prefix, uri) -> {
      if (!element.declarations().containsKey(prefix)) {
        declarations.append(prefix.isEmpty() ? " xmlns=\"" : " xmlns:" + prefix + "=\"");
        declarations.append(uri.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;")).append('"');
      }
    });
    String source = tree.source(element);
    int name = 1 + (element.prefix().isEmpty() ? 0 : element.prefix().length() + 1) + element.local().length();
    return source.substring(0, name) + declarations + source.substring(name);
  }
}
