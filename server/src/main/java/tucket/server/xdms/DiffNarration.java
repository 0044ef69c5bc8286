// What one subscriber to changes of documents wants to hear, and has heard.
package tucket.server.xdms;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tucket.protocol.Malformed;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.xcap.NodeSelector;
import tucket.protocol.xcap.XcapDiff;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XcapUri;
import tucket.protocol.xcap.XmlDifference;
import tucket.protocol.xcap.XmlPatch;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;
import tucket.server.event.Narration;
import tucket.server.reference.XdmAddress;
import tucket.server.xdms.usage.ApplicationUsage;
import tucket.server.xdms.usage.Asker;

/// The list of a SUBSCRIBE (RFC 5875 section 4.4): documents, nodes of documents, and collections, which end in a slash. Without a list it is every
/// document of the user, or what the parameters `document` or `auid` of the event ua-profile name. The mode that is asked for (section 4.3) is kept to
/// for documents that are named or in a collection of one user; where a version is not at hand any more, or patches would be too long, one hears of
/// entity tags alone.
final class DiffNarration implements Narration {
  /// Stands for every user, where a collection is that of a whole usage.
  static final String ANYBODY = "*";
  private static final int MOST_TOUCHED = 10_000;
  /// Changes that are remembered until they are told; further ones are told as one.
  private static final int MOST_STEPS = 100;
  /// Characters of patches in one notification.
  private static final int MOST_PATCHED = 32 << 10;

  /// RFC 5875 section 4.3.
  enum Mode {
    NO_PATCHING,
    XCAP_PATCHING,
    AGGREGATE;

    static Mode of(SipRequest subscribe) {
      return switch (eventParameters(subscribe).value("diff-processing").orElse("").toLowerCase(Locale.ROOT)) {
        case "xcap-patching" -> XCAP_PATCHING;
        case "aggregate" -> AGGREGATE;
        default -> NO_PATCHING;
      };
    }
  }

  /// One entry of the list; an empty `xui` in a collection of one usage means all of its users.
  private record Wanted(String selector, XdmAddress address, boolean collection, Optional<NodeSelector> node) {
    /// A collection of a whole usage is told from its changes on, not listed.
    boolean isEverybodys() {
      return collection && address.xui().equals(ANYBODY);
    }

    boolean covers(XdmAddress other) {
      if (!collection) {
        return address.equals(other);
      }
      return (address.auid().isEmpty() || address.auid().equals(other.auid()))
          && (address.xui().equals(ANYBODY) ? !other.isGlobal() : address.xui().equals(other.xui()));
    }
  }

  private final EmbeddedXdms xdms;
  private final Asker asker;
  private final AddressOfRecord what;
  private final Consumer<DiffNarration> register;
  private final Consumer<DiffNarration> forget;
  private volatile List<Wanted> wanted;
  private volatile Mode mode;
  private volatile boolean concerned = true;
  private boolean whole = true;
  /// What has changed in collections of whole usages: from which entity tag.
  private final Map<XdmAddress, Optional<String>> touched = new ConcurrentHashMap<>();
  private volatile boolean crowded;
  private final Map<XdmAddress, String> told = new HashMap<>();
  /// What has happened to documents since they were told, for the mode that tells every step; guarded by itself.
  private final Map<XdmAddress, List<Documents.Change>> steps = new HashMap<>();
  private final Map<String, Boolean> existed = new HashMap<>();

  DiffNarration(EmbeddedXdms xdms, Asker asker, AddressOfRecord what, SipRequest subscribe, Consumer<DiffNarration> register,
      Consumer<DiffNarration> forget) {
    this.xdms = xdms;
    this.asker = asker;
    this.what = what;
    this.register = register;
    this.forget = forget;
    this.wanted = read(subscribe);
    this.mode = Mode.of(subscribe);
    register.accept(this);
  }

  AddressOfRecord what() {
    return what;
  }

  Set<String> users() {
    Set<String> users = new LinkedHashSet<>();
    wanted.forEach(w -> users.add(w.address.xui()));
    return users;
  }

  /// Whether this change is to be told; takes note of it.
  boolean touches(Documents.Change change) {
    XdmAddress changed = change.address();
    boolean mine = false;
    for (Wanted one : wanted) {
      if (one.covers(changed)) {
        mine = true;
        if (one.isEverybodys() && !crowded) {
          touched.putIfAbsent(changed, change.before());
          crowded = touched.size() >= MOST_TOUCHED;
        }
      }
    }
    if (mine) {
      remember(change);
      concerned = true;
    }
    return mine;
  }

  private void remember(Documents.Change change) {
    if (mode != Mode.XCAP_PATCHING) {
      return;
    }
    synchronized (steps) {
      List<Documents.Change> all = steps.computeIfAbsent(change.address(), a -> new ArrayList<>());
      if (all.size() == MOST_STEPS) {
        all.clear(); // what is left leads nowhere, and is told as one change
      }
      all.add(change);
    }
  }

  @Override
  public boolean concerned() {
    return concerned;
  }

  @Override
  public synchronized void asked(SipRequest refresh) {
    if (refresh.body().length > 0) { // RFC 5875 section 4.4: the list may change
      forget.accept(this);
      wanted = read(refresh);
      register.accept(this);
      told.clear();
      existed.clear();
    }
    mode = Mode.of(refresh);
    whole = true;
    concerned = true;
  }

  @Override
  public void end() {
    forget.accept(this);
  }

  @Override
  public synchronized byte[] next(long version) {
    concerned = false; // before anything is read: what changes from here on is told by the next one
    List<XcapDiff.Change> changes = new ArrayList<>();
    Set<XdmAddress> documents = new LinkedHashSet<>();
    Map<XdmAddress, List<Documents.Change>> happened = happened();
    for (Wanted one : wanted) {
      if (one.node.isPresent()) {
        node(one).ifPresent(changes::add);
      } else if (one.isEverybodys()) {
        everybodys(one, changes);
      } else {
        documents.addAll(documents(one));
      }
    }
    documents.addAll(told.keySet());
    Patches patches = new Patches();
    for (XdmAddress address : documents) {
      Optional<String> before = Optional.ofNullable(told.get(address));
      Optional<String> after = mayRead(address) ? xdms.documents().look(address).map(Documents.Meta::etag) : Optional.empty();
      if (whole) {
        after.ifPresent(tag -> changes.add(new XcapDiff.Document(selector(address), Optional.empty(), after)));
        before.filter(tag -> after.isEmpty()).ifPresent(tag -> changes.add(new XcapDiff.Document(selector(address), before, after)));
        tell(address, after);
        continue;
      }
      for (Documents.Change step : since(address, before, after, happened.getOrDefault(address, List.of()))) {
        changes.add(new XcapDiff.Document(selector(address), step.before(), step.after(), patches.of(step)));
        tell(address, step.after());
      }
    }
    whole = false;
    return new XcapDiff(xdms.settings().root(), changes).toXml();
  }

  // With the first patch to be made of it in view, the version that is told now is kept at hand.
  private void tell(XdmAddress address, Optional<String> tag) {
    if (tag.isEmpty()) {
      told.remove(address);
      return;
    }
    told.put(address, tag.get());
    if (mode != Mode.NO_PATCHING && whole) {
      xdms.documents().open(address);
    }
  }

  private Map<XdmAddress, List<Documents.Change>> happened() {
    synchronized (steps) {
      Map<XdmAddress, List<Documents.Change>> all = new HashMap<>(steps);
      steps.clear();
      return all;
    }
  }

  /// The steps from what was told to what is there, or to the last one that is known of by now: a further one is told next. One step where they are not wanted
  /// one by one, or do not join; none where nothing has changed.
  private static List<Documents.Change> since(XdmAddress address, Optional<String> before, Optional<String> after, List<Documents.Change> happened) {
    List<Documents.Change> joined = new ArrayList<>();
    Optional<String> at = before;
    for (Documents.Change step : happened) {
      if (step.before().equals(at) && !(joined.isEmpty() && at.equals(after))) {
        joined.add(step);
        at = step.after();
      }
    }
    if (!joined.isEmpty() && joined.getLast().equals(happened.getLast())) {
      return joined;
    }
    return before.equals(after) ? List.of() : List.of(new Documents.Change(address, before, after));
  }

  /// The patches of one notification.
  private final class Patches {
    private int left = MOST_PATCHED;

    Optional<List<XmlPatch>> of(Documents.Change step) {
      if (mode == Mode.NO_PATCHING || left <= 0) {
        return Optional.empty();
      }
      Optional<XmlTree> old = step.before().flatMap(xdms.documents()::version);
      Optional<XmlTree> now = step.after().flatMap(xdms.documents()::version);
      Optional<List<XmlPatch>> patches = old.isEmpty() || now.isEmpty() ? Optional.empty() : XmlDifference.between(old.get(), now.get());
      int length = patches.stream().flatMap(List::stream).mapToInt(XmlPatch::weight).sum();
      return patches.filter(p -> (left -= length) >= 0);
    }
  }

  private void everybodys(Wanted one, List<XcapDiff.Change> changes) {
    if (crowded) { // too many to name: everything may be another now
      touched.keySet().removeIf(one::covers);
      crowded = touched.size() >= MOST_TOUCHED;
      changes.add(new XcapDiff.Document(one.selector, Optional.empty(), Optional.of("many")));
      return;
    }
    for (XdmAddress address : List.copyOf(touched.keySet())) {
      Optional<String> before = Optional.ofNullable(touched.get(address)).flatMap(b -> b);
      if (one.covers(address)) {
        touched.remove(address);
        Optional<String> after = xdms.documents().look(address).map(Documents.Meta::etag);
        if (before.isPresent() || after.isPresent()) {
          changes.add(new XcapDiff.Document(selector(address), before, after));
        }
      }
    }
  }

  private boolean mayRead(XdmAddress address) {
    return xdms.usages().of(address.auid()).filter(usage -> usage.mayRead(asker, address)).isPresent();
  }

  private List<XdmAddress> documents(Wanted one) {
    if (!one.collection) {
      return List.of(one.address);
    }
    return xdms.documents().of(one.address.xui()).stream().map(Documents.Meta::address).filter(one::covers).limit(XcapDiffEvents.MOST_WANTED).toList();
  }

  /// As it was asked for, octet for octet (RFC 5875 section 4.6).
  private String selector(XdmAddress address) {
    return wanted.stream().filter(w -> !w.collection && w.node.isEmpty() && w.address.equals(address)).map(Wanted::selector).findFirst()
        .orElseGet(() -> XcapUri.documentSelector(address.auid(), address.xui(), address.document()));
  }

  // What a node holds; that it is gone only to whom it was told that it was there.
  private Optional<XcapDiff.Change> node(Wanted one) {
    Optional<ApplicationUsage> usage = xdms.usages().of(one.address.auid());
    Optional<Documents.Version> document = mayRead(one.address) ? xdms.documents().open(one.address) : Optional.empty();
    boolean attribute = one.node.orElseThrow().terminal() instanceof NodeSelector.Terminal.Attribute;
    Optional<String> source = Optional.empty();
    Map<String, String> bindings = Map.of();
    if (document.isPresent() && usage.isPresent()) {
      XmlTree tree = document.get().tree();
      source = new XcapEdit(usage.get().namespace()).get(tree, one.node.get()).map(XcapEdit.Node::text);
      if (one.node.get().element(tree, usage.get().namespace()) instanceof NodeSelector.Match.One(XmlSpan element)) {
        bindings = XmlTree.bindings(element);
      }
    }
    boolean before = existed.getOrDefault(one.selector, false);
    existed.put(one.selector, source.isPresent());
    if (source.isEmpty() && !before) {
      return Optional.empty();
    }
    return Optional.of(attribute
        ? new XcapDiff.Attribute(one.selector, source.map(s -> s.substring(1, s.length() - 1)))
        : new XcapDiff.Element(one.selector, source, bindings));
  }

  private List<Wanted> read(SipRequest subscribe) {
    List<String> selectors = new ArrayList<>();
    if (subscribe.body().length > 0) {
      for (ResourceLists.ResourceList list : ResourceLists.parse(subscribe.body()).lists()) {
        list.items().forEach(item -> {
          if (item instanceof ResourceLists.Entry entry) {
            selectors.add(entry.uri());
          }
        });
      }
    } else {
      selectors.addAll(parameters(subscribe));
    }
    if (selectors.size() > XcapDiffEvents.MOST_WANTED) {
      throw new Malformed("SUBSCRIBE for too many documents");
    }
    return selectors.stream().flatMap(s -> wanted(s).stream()).toList();
  }

  // ua-profile;document="resource-lists/users/sip:anna@im.example/index";auid="resource-lists"
  private List<String> parameters(SipRequest subscribe) {
    Params params = eventParameters(subscribe);
    Optional<String> document = params.value("document");
    if (document.isPresent()) {
      return List.of(document.get());
    }
    String own = "users/" + XcapUri.escape(what.value()) + "/";
    return params.value("auid").or(() -> params.value("appid")).map(auid -> List.of(auid + "/" + own)).orElse(List.of("/" + own));
  }

  private static Params eventParameters(SipRequest subscribe) {
    String event = subscribe.first(Header.EVENT).orElse("");
    int semicolon = event.indexOf(';');
    return Params.parse(semicolon < 0 ? "" : event, Math.max(0, semicolon));
  }

  /// Empty for what names nothing that could ever be there.
  private Optional<Wanted> wanted(String selector) {
    String path = selector.strip();
    String root = xdms.settings().root() + "/";
    path = path.startsWith(root) ? path.substring(root.length()) : path;
    if (path.endsWith("/")) {
      return collection(selector, path);
    }
    int query = path.indexOf('?');
    Optional<XcapUri> uri = XcapUri.parse(query < 0 ? path : path.substring(0, query), query < 0 ? "" : path.substring(query + 1));
    if (uri.isEmpty() || uri.get().document().size() > 1 || uri.get().selected() && uri.get().node().filter(NodeSelector::understood).isEmpty()) {
      return Optional.empty();
    }
    boolean global = uri.get().tree() == XcapUri.Tree.GLOBAL;
    Optional<String> xui = global ? Optional.of("") : xdms.server().userOf(uri.get().xui(), asker.vouched());
    return xui.map(x -> new Wanted(selector, new XdmAddress(uri.get().auid(), x, uri.get().document().getFirst()), false, uri.get().node()));
  }

  private Optional<Wanted> collection(String selector, String path) {
    String[] parts = path.split("/", -1); // auid / [users / [xui /]]
    if (parts.length == 2 && asker.trusted()) {
      return Optional.of(new Wanted(selector, new XdmAddress(XcapUri.unescape(parts[0]), ANYBODY, ""), true, Optional.empty()));
    }
    if (parts.length == 2) { // whose they may be, these he may read
      return Optional.of(new Wanted(selector, new XdmAddress(XcapUri.unescape(parts[0]), what.value(), ""), true, Optional.empty()));
    }
    if (parts.length != 4 || !parts[1].equals("users")) {
      return Optional.empty();
    }
    return xdms.server().userOf(XcapUri.unescape(parts[2]), asker.vouched())
        .map(xui -> new Wanted(selector, new XdmAddress(XcapUri.unescape(parts[0]), xui, ""), true, Optional.empty()));
  }
}
