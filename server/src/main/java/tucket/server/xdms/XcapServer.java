// The XCAP server: one request, one answer.
package tucket.server.xdms;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.NodeSelector;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XcapError.Kind;
import tucket.protocol.xcap.XcapUri;
import tucket.protocol.xcap.XmlTree;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.server.xdms.Documents.Version;
import tucket.server.xdms.usage.ApplicationUsage;
import tucket.server.xdms.usage.ApplicationUsage.Claim;
import tucket.server.xdms.usage.Asker;
import tucket.server.xdms.usage.GroupsUsage;
import tucket.server.xdms.usage.Usages;
import tucket.store.Partition;
import tucket.transport.http.Request;
import tucket.transport.http.Response;

/// RFC 4825 section 8, for an asker who is known already. A write is made from the document that was read and takes effect only where that is still
/// the one; where it is not, it is made anew. Thread-safe; calls may block and throw [tucket.store.Unavailable].
public final class XcapServer {
  private static final int TRIES = 20;
  private static final int LOCKS = 64;
  /// In bytes; a key of the store has room for it.
  private static final int LONGEST_NAME = 255;

  private final Documents documents;
  private final Usages usages;
  private final Claims claims;
  private final Generated generated;
  private final XdmsSettings settings;
  private final Function<AddressOfRecord, Optional<AddressOfRecord>> home;
  private final List<ReentrantLock> locks = IntStream.range(0, LOCKS).mapToObj(i -> new ReentrantLock()).toList();
  private final ReentrantLock claiming = new ReentrantLock();

  XcapServer(Documents documents, Usages usages, Claims claims, Generated generated, XdmsSettings settings,
      Function<AddressOfRecord, Optional<AddressOfRecord>> home) {
    this.documents = documents;
    this.usages = usages;
    this.claims = claims;
    this.generated = generated;
    this.settings = settings;
    this.home = home;
  }

  /// Answers a request.
  ///
  /// @param below the path below the XCAP root as it stood on the wire, without its first slash
  public Response answer(Request request, String below, Asker who) {
    Optional<XcapUri> parsed;
    try {
      parsed = XcapUri.parse(below, request.query());
    } catch (Malformed bad) {
      return Response.text(400, String.valueOf(bad.getMessage()));
    }
    if (parsed.isEmpty()) {
      return Response.text(404, "no document selector");
    }
    XcapUri uri = parsed.get();
    Optional<String> xui = uri.tree() == XcapUri.Tree.GLOBAL ? Optional.of("") : userOf(uri.xui(), who.vouched());
    if (xui.isEmpty()) {
      return Response.text(404, "no such user");
    }
    if (generated.serves(uri.auid())) {
      return generated.answer(request, uri, xui.get(), who);
    }
    Optional<ApplicationUsage> usage = usages.of(uri.auid());
    if (usage.isEmpty()) {
      return Response.text(404, "no such application usage");
    }
    if (uri.tree() == XcapUri.Tree.GLOBAL && GroupsUsage.isOne(uri.auid()) && uri.document().getFirst().equals(GroupsUsage.BY_GROUP_ID)) {
      return group(request, uri, usage.get(), who);
    }
    XdmAddress address = new XdmAddress(uri.auid(), xui.get(), String.join("/", uri.document()));
    return new Asked(request, uri, address, usage.get(), who).answer();
  }

  /// OMA Shared Group XDMS: `global/byGroupID/<URI of a group>` is the document that gives that URI, for those who may read it, and says where it lies
  /// (RFC 9110 section 8.7).
  private Response group(Request request, XcapUri uri, ApplicationUsage usage, Asker who) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return notAllowed("GET, HEAD");
    }
    Optional<XdmAddress> at = uri.document().size() == 2 ? claims.of(uri.document().get(1)).filter(a -> GroupsUsage.isOne(a.auid())) : Optional.empty();
    if (at.isEmpty()) {
      return Response.text(404, "no such group");
    }
    Response found = new Asked(request, uri, at.get(), usage, who).answer();
    return found.status() != 200 || uri.selected()
        ? found
        : found.withHeader("Content-Location", settings.root() + "/" + XcapUri.documentSelector(at.get().auid(), at.get().xui(), at.get().document()));
  }

  /// The canonical user of a path segment; clients leave `sip:` out at times.
  ///
  /// @param vouched whether a user who is not known here is taken as he is
  Optional<String> userOf(String xui, boolean vouched) {
    try {
      boolean bare = xui.indexOf(':') < 0 && xui.indexOf('@') > 0;
      AddressOfRecord identity = AddressOfRecord.of(bare ? "sip:" + xui : xui);
      boolean storable = identity.value().getBytes(StandardCharsets.UTF_8).length <= Partition.MAX_ID_BYTES;
      return home.apply(identity).or(() -> Optional.of(identity).filter(i -> vouched && storable)).map(AddressOfRecord::value);
    } catch (Malformed bad) {
      return Optional.empty();
    }
  }

  /// One request to a kept document.
  private final class Asked {
    private final Request request;
    private final XcapUri uri;
    private final XdmAddress address;
    private final ApplicationUsage usage;
    private final Asker who;
    private final XcapEdit edit;

    Asked(Request request, XcapUri uri, XdmAddress address, ApplicationUsage usage, Asker who) {
      this.request = request;
      this.uri = uri;
      this.address = address;
      this.usage = usage;
      this.who = who;
      this.edit = new XcapEdit(usage.namespace());
    }

    Response answer() {
      boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
      boolean writes = request.method().equals("PUT") || request.method().equals("DELETE");
      if (!reads && !writes) {
        return notAllowed("GET, HEAD, PUT, DELETE"); // RFC 4825 section 8.1
      }
      if (reads ? !usage.mayRead(who, address) : !usage.mayWrite(who, address)) {
        return Response.text(403, "not for you");
      }
      if (writes && (!usage.isWritable(address) || uri.node().filter(n -> n.terminal() instanceof NodeSelector.Terminal.Namespaces).isPresent())) {
        return notAllowed("GET, HEAD");
      }
      if (uri.selected() && uri.node().filter(NodeSelector::understood).isEmpty()) {
        return Response.text(404, "no node selector that is understood");
      }
      return switch (request.method()) {
        case "PUT" -> uri.document().size() > 1 ? conflict(XcapError.noParent("there are no subdirectories", Optional.empty())) : change();
        case "DELETE" -> change();
        default -> get();
      };
    }

    private Response get() {
      if (address.isGlobal() && address.auid().equals("rls-services") && address.document().equals("index")) {
        return generated.index(request, uri, claims, settings.root());
      }
      if (!uri.selected()) {
        Optional<Response> known = notModified();
        if (known.isPresent()) {
          return known.get();
        }
      }
      return uri.node().isEmpty() ? whole() : node(uri.node().get());
    }

    private Response whole() {
      Optional<XdmDocument> document = documents.read(address);
      Optional<String> etag = document.map(XdmDocument::etag);
      return Preconditions.judge(request, etag)
          .orElseGet(() -> document.map(d -> found(usage.type(), d.content(), etag)).orElseGet(() -> Response.text(404, "no such document")));
    }

    private Response node(NodeSelector selector) {
      Optional<Version> document = documents.open(address);
      Optional<String> etag = document.map(Version::etag);
      Optional<Response> refused = Preconditions.judge(request, etag);
      if (refused.isPresent()) {
        return refused.get();
      }
      if (document.isEmpty()) {
        return Response.text(404, "no such document");
      }
      return edit.get(document.get().tree(), selector)
          .map(node -> found(node.type(), node.text().getBytes(StandardCharsets.UTF_8), etag))
          .orElseGet(() -> Preconditions.tagged(Response.text(404, "nothing there, or more than one"), etag));
    }

    // 304 without reading what may be large
    private Optional<Response> notModified() {
      return request.header("If-None-Match").isEmpty()
          ? Optional.empty()
          : documents.look(address).flatMap(m -> Preconditions.judge(request, Optional.of(m.etag())).filter(r -> r.status() == 304));
    }

    private Response change() {
      ReentrantLock lock = locks.get(Math.floorMod(address.hashCode(), LOCKS)); // so that writers here seldom have to try again
      lock.lock();
      try {
        for (int i = 0; i < TRIES; i++) {
          Optional<Response> done = request.method().equals("PUT") ? put() : delete();
          if (done.isPresent()) {
            return done.get();
          }
        }
      } finally {
        lock.unlock();
      }
      return Response.text(503, "the document changes all the time").withHeader("Retry-After", "1");
    }

    private Optional<Response> put() {
      return uri.node().isPresent() ? putNode(uri.node().get()) : putWhole();
    }

    private Optional<Response> putNode(NodeSelector selector) {
      Optional<Version> before = documents.open(address);
      Optional<Response> refused = Preconditions.judge(request, before.map(Version::etag)).or(this::wrongType);
      if (refused.isPresent()) {
        return refused;
      }
      return before.isEmpty()
          ? Optional.of(conflict(XcapError.noParent("the document is not there", Optional.empty())))
          : edited(before.get(), edit.put(before.get().tree(), selector, request.body()));
    }

    private Optional<Response> putWhole() {
      Optional<String> before = documents.look(address).map(Documents.Meta::etag);
      Optional<Response> refused = Preconditions.judge(request, before).or(this::wrongType);
      if (refused.isPresent()) {
        return refused;
      }
      Optional<String> text = XmlTree.utf8(request.body());
      if (text.isEmpty()) {
        return Optional.of(conflict(XcapError.of(Kind.NOT_UTF_8, "the body is not UTF-8")));
      }
      XmlTree tree;
      try {
        tree = XmlTree.parse(text.get());
      } catch (Malformed bad) {
        return Optional.of(conflict(XcapError.of(Kind.NOT_WELL_FORMED, String.valueOf(bad.getMessage()))));
      }
      return write(before, tree, before.isEmpty(), () -> usage.judge(tree, address), () -> documents.write(address, before, tree));
    }

    private Optional<Response> wrongType() {
      String wanted =
          uri.node().isEmpty() ? usage.type()
              : uri.node().get().terminal() instanceof NodeSelector.Terminal.Attribute ? XcapEdit.ATTRIBUTE : XcapEdit.ELEMENT;
      String given = request.header("Content-Type").orElse("").split(";", 2)[0].strip();
      return given.equalsIgnoreCase(wanted) ? Optional.empty() : Optional.of(Response.text(415, "the Content-Type must be " + wanted));
    }

    private Optional<Response> delete() {
      return uri.node().isPresent() ? deleteNode(uri.node().get()) : deleteWhole();
    }

    private Optional<Response> deleteNode(NodeSelector selector) {
      Optional<Version> before = documents.open(address);
      return refusedDelete(before.map(Version::etag)).or(() -> before.flatMap(b -> edited(b, edit.delete(b.tree(), selector))));
    }

    private Optional<Response> deleteWhole() {
      Optional<String> before = documents.look(address).map(Documents.Meta::etag);
      Optional<Response> refused = refusedDelete(before);
      if (refused.isPresent()) {
        return refused;
      }
      List<Claim> gave = claimsOf(before);
      if (!documents.remove(address, before.orElseThrow())) {
        return Optional.empty();
      }
      claims.release(gave, List.of(), address);
      return Optional.of(Response.empty(200));
    }

    private Optional<Response> refusedDelete(Optional<String> before) {
      return Preconditions.judge(request, before).or(() -> before.isEmpty() ? Optional.of(Response.text(404, "no such document")) : Optional.empty());
    }

    private Optional<Response> edited(Version before, XcapEdit.Result result) {
      return switch (result) {
        case XcapEdit.Result.NotFound none -> Optional.of(Response.text(404, "nothing there, or more than one"));
        case XcapEdit.Result.Conflict wrong -> Optional.of(conflict(wrong.error()));
        case XcapEdit.Result.Edited right -> write(Optional.of(before.etag()), right.tree(), right.created(),
            () -> usage.judgeEdited(right.tree(), address, right.from(), right.to()), () -> documents.edit(address, before, right.tree()));
      };
    }

    /// Judges the document as it would be and writes it; empty where it has changed meanwhile.
    private Optional<Response> write(Optional<String> before, XmlTree tree, boolean created, Supplier<Optional<XcapError>> judgement,
        Supplier<Documents.Written> commit) {
      if (tree.pieces().size() > settings.documentBytes()) {
        return Optional.of(conflict(XcapError.local("the document would be longer than " + settings.documentBytes() + " bytes")));
      }
      if (address.document().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
        return Optional.of(conflict(XcapError.local("the name of the document is longer than " + LONGEST_NAME + " bytes")));
      }
      if (usage.onlyName().filter(name -> !name.equals(address.document())).isPresent()) {
        return Optional.of(conflict(XcapError.of(Kind.CONSTRAINT_FAILURE, "the document must be called " + usage.onlyName().get())));
      }
      Optional<XcapError> wrong = judgement.get();
      if (wrong.isPresent()) {
        return Optional.of(conflict(wrong.get()));
      }
      List<Claim> gives = usage.claims(tree);
      List<Claim> gave = claimsOf(before);
      if (gives.isEmpty() && gave.isEmpty()) {
        return answer(commit.get(), created);
      }
      claiming.lock(); // a claim counts only once its document is written
      try {
        Optional<XcapError> taken = claims.claim(gives, address);
        if (taken.isPresent()) {
          return Optional.of(conflict(taken.get()));
        }
        Optional<Response> done = answer(commit.get(), created);
        if (done.isPresent()) {
          claims.release(gave, gives, address);
        }
        return done;
      } finally {
        claiming.unlock();
      }
    }

    /// What the document gives that has that entity tag; nothing where it has another by now, and the write will not take effect.
    private List<Claim> claimsOf(Optional<String> etag) {
      return usage.givesUris() && etag.isPresent()
          ? documents.open(address).filter(v -> v.etag().equals(etag.get())).map(v -> usage.claims(v.tree())).orElse(List.of())
          : List.of();
    }

    private Optional<Response> answer(Documents.Written outcome, boolean created) {
      return switch (outcome) {
        case Documents.Written.Changed changed -> Optional.empty();
        case Documents.Written.Full full -> Optional.of(conflict(XcapError.local("you have too many documents, or too large ones")));
        case Documents.Written.Done done -> Optional.of(Preconditions.tagged(Response.empty(created ? 201 : 200), Optional.of(done.etag())));
      };
    }

    private Response conflict(XcapError error) {
      String self = settings.root() + "/" + XcapUri.documentSelector(address.auid(), address.xui(), address.document());
      return Response.of(409, XcapError.TYPE, error.under(self).toXml());
    }
  }

  static Response notAllowed(String allow) {
    return Response.text(405, "not by this method").withHeader("Allow", allow);
  }

  static Response found(String type, byte[] body, Optional<String> etag) {
    // RFC 4825 section 9: caches on the way know nothing of the other resources of a document
    return Preconditions.tagged(Response.of(200, type, body).withHeader("Cache-Control", "no-cache"), etag);
  }
}
