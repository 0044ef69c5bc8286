// How documents are named at the command line.
package tucket.app.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.NodeSelector;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XcapUri;
import tucket.server.xdms.usage.ApplicationUsage;
import tucket.server.xdms.usage.Usages;

/// `USAGE/NAME` is a document of one's own; `USAGE/users/USER/NAME` and `USAGE/global/NAME` are written out. Unescaped, as people write it.
///
/// @param selector escaped, below the XCAP root, without the node
/// @param node escaped with its query, from `/~~/` on; empty text for the whole document
/// @param type what a PUT says it is; empty where the usage is not known
record DocumentName(String selector, String node, Optional<String> type) {
  /// Throws [Failure] where it is no name.
  ///
  /// @param node the node selector as people write it, empty text for none
  /// @param bindings of its prefixes
  static DocumentName of(String text, AddressOfRecord own, String node, Map<String, String> bindings) {
    List<String> parts = List.of(text.strip().split("/", -1));
    if (parts.contains("") || parts.size() < 2 || parts.size() > 4 || parts.size() == 3 && !parts.get(1).equals("global")
        || parts.size() == 4 && !parts.get(1).equals("users")) {
      throw new Failure(Exit.USAGE, "\"" + text + "\" is no document: write resource-lists/index for your own, resource-lists/users/sip:bob@domain/index for"
          + " another user's, or xcap-caps/global/index; an element of it goes into --node");
    }
    String auid = parts.getFirst();
    String selector = switch (parts.size()) {
      case 2 -> XcapUri.documentSelector(auid, own.value(), parts.getLast());
      case 3 -> XcapUri.escape(auid) + "/global/" + XcapUri.escape(parts.getLast());
      default -> XcapUri.documentSelector(auid, parts.get(2), parts.getLast());
    };
    if (node.isEmpty()) {
      return new DocumentName(selector, "", new Usages().of(auid).map(ApplicationUsage::type));
    }
    NodeSelector read = read(node, bindings);
    StringBuilder escaped = new StringBuilder("/~~/").append(read.escaped(read.steps().size()));
    String type = switch (read.terminal()) {
      case NodeSelector.Terminal.Element e -> XcapEdit.ELEMENT;
      case NodeSelector.Terminal.Attribute a -> {
        escaped.append("/@").append(a.prefix().isEmpty() ? "" : a.prefix() + ":").append(XcapUri.escape(a.name().local()));
        yield XcapEdit.ATTRIBUTE;
      }
      case NodeSelector.Terminal.Namespaces n -> {
        escaped.append("/namespace::*");
        yield XcapEdit.NAMESPACES;
      }
    };
    String query = bindings.isEmpty() ? "" : "?";
    for (Map.Entry<String, String> one : bindings.entrySet()) {
      query += "xmlns(" + XcapUri.escape(one.getKey() + "=" + one.getValue().replace("^", "^^").replace("(", "^(").replace(")", "^)")) + ")";
    }
    return new DocumentName(selector, escaped + query, Optional.of(type));
  }

  private static NodeSelector read(String node, Map<String, String> bindings) {
    try {
      NodeSelector read = NodeSelector.parse(node.startsWith("/") ? node.substring(1) : node, bindings);
      if (read.understood()) {
        return read;
      }
    } catch (Malformed unbound) {
      throw new Failure(Exit.USAGE, "--node has a prefix that means nothing: say what it means with --ns PREFIX=NAMESPACE");
    }
    throw new Failure(Exit.USAGE, "--node \"" + node + "\" is no selector: write something like resource-lists/list[@name=\"friends\"]/entry[2]/@uri");
  }

  /// What is asked for below the XCAP root.
  String path() {
    return selector + node;
  }
}
