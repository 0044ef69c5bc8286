// The schemas of all usages, and the check of a document against them.
package tucket.server.xdms.usage;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.ValidatorHandler;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import tucket.protocol.xcap.XcapError;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;

/// XML Schema over the tree that is there already, so that a document is read once. What stands in a namespace that we know must be known to its
/// schema (RFC 4825 section 8.2.5); what stands in another is taken where the schema leaves room. Thread-safe.
public final class Schemas {
  // An import finds only what stands before it.
  private static final List<String> FILES =
      List.of("xml", "resource-lists", "rls-services", "common-policy", "pres-rules", "oma-common-policy", "oma-extensions", "oma-pres-rules",
          "list-service", "user-profile", "history-list");

  private static final Schemas ALL = new Schemas();

  private final Schema schema;
  private final Map<String, Set<String>> names = new HashMap<>();

  private Schemas() {
    List<StreamSource> sources = new ArrayList<>();
    for (String file : FILES) {
      String text = text(file);
      XmlSpan root = XmlTree.parse(text).root();
      Set<String> known = names.computeIfAbsent(root.value("targetNamespace").orElse(""), n -> new HashSet<>());
      collect(root, known);
      sources.add(new StreamSource(new StringReader(text), "tucket:" + file));
    }
    try {
      SchemaFactory factory = SchemaFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      this.schema = factory.newSchema(sources.toArray(StreamSource[]::new));
    } catch (SAXException e) {
      throw new IllegalStateException("a schema of ours is broken", e);
    }
  }

  public static Schemas all() {
    return ALL;
  }

  private static String text(String file) {
    try (InputStream in = Schemas.class.getResourceAsStream("/tucket/server/xdms/schema/" + file + ".xsd")) {
      if (in == null) {
        throw new IllegalStateException("the schema " + file + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the schema " + file + " can't be read", e);
    }
  }

  private static void collect(XmlSpan at, Set<String> known) {
    if (at.local().equals("element")) {
      at.value("name").ifPresent(known::add);
    }
    at.children().forEach(child -> collect(child, known));
  }

  /// The namespaces that we have schemas of.
  public Set<String> namespaces() {
    return Set.copyOf(names.keySet());
  }

  /// What is wrong with a document whose root must be `root` in `namespace`.
  public Optional<XcapError> judge(XmlTree tree, String namespace, String root) {
    return judge(tree, namespace, root, SchemaEvents.Edited.ALL);
  }

  /// The same of a document that was right before it was edited.
  Optional<XcapError> judge(XmlTree tree, String namespace, String root, SchemaEvents.Edited edited) {
    if (!tree.root().is(namespace, root)) {
      return wrong("the root element is not " + root + " of " + namespace);
    }
    Optional<XmlSpan> stranger = stranger(tree.root(), edited.touched());
    if (stranger.isPresent()) {
      return wrong("the schema of " + stranger.get().namespace() + " has no element " + stranger.get().local());
    }
    ValidatorHandler handler = schema.newValidatorHandler();
    handler.setErrorHandler(new Strict());
    try {
      SchemaEvents.of(tree, edited, handler);
      return Optional.empty();
    } catch (SAXException e) {
      return wrong(String.valueOf(e.getMessage()));
    }
  }

  private Optional<XmlSpan> stranger(XmlSpan at, SchemaEvents.Edited edited) { // depth is bounded by the scanner
    if (names.containsKey(at.namespace()) && !names.getOrDefault(at.namespace(), Set.of()).contains(at.local())) {
      return Optional.of(at);
    }
    for (XmlSpan child : edited.of(at)) {
      Optional<XmlSpan> found = stranger(child, edited);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<XcapError> wrong(String phrase) {
    return Optional.of(XcapError.of(XcapError.Kind.SCHEMA_VALIDATION_ERROR, phrase.length() > 400 ? phrase.substring(0, 400) : phrase));
  }

  private static final class Strict implements ErrorHandler {
    @Override
    public void warning(SAXParseException warning) {}

    @Override
    public void error(SAXParseException error) throws SAXException {
      throw error;
    }

    @Override
    public void fatalError(SAXParseException error) throws SAXException {
      throw error;
    }
  }
}
