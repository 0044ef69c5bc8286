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
import tucket.protocol.Malformed;
import tucket.protocol.document.XmlWriter;
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
  private static final String RLS = "urn:ietf:params:xml:ns:rls-services";
  private static final int INDEX_CHARACTERS = 8 << 20;

  private final Usages usages;
  private final Documents documents;
  private final Search search;

  Generated(Usages usages, Documents documents, Search search) {
    this.usages = usages;
    this.documents = documents;
    this.search = search;
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
  static Response made(Request request, XcapUri uri, String namespace, String type, byte[] document) {
    Optional<String> etag = Optional.of(hash(document));
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

  /// The union of all users' services, of the documents that are called `index`.
  Response index(Request request, XcapUri uri, Claims claims, Documents from) {
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rls-services xmlns=\"" + RLS + "\">\n");
    for (Partition service : claims.all()) {
      Optional<XdmAddress> address = claims.of(service.id()).filter(a -> a.auid().equals("rls-services") && a.document().equals("index"));
      address.flatMap(from::read).ifPresent(document -> append(document, service.id(), out));
      if (out.length() > INDEX_CHARACTERS) {
        return Response.text(503, "the index is too large");
      }
    }
    out.append("</rls-services>\n");
    return made(request, uri, RLS, "application/rls-services+xml", out.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void append(XdmDocument document, String service, StringBuilder out) {
    try {
      XmlTree tree = XmlTree.parse(new String(document.content(), StandardCharsets.UTF_8));
      for (XmlSpan one : tree.root().children("service")) {
        if (one.value("uri").filter(service::equals).isPresent()) {
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
