// The options that name a part of a document.
package tucket.app.command;

import java.util.Map;
import picocli.CommandLine.Option;
import tucket.protocol.sip.AddressOfRecord;

/// Mixed into the commands below `documents`.
public final class PartOptions {
  @Option(
      names = "--node",
      paramLabel = "SELECTOR",
      defaultValue = "",
      description = "An element or attribute of it, such as resource-lists/list[@name=\"friends\"]/entry[2].")
  private String node = "";

  @Option(names = "--ns", paramLabel = "PREFIX=URI", description = "What a prefix of --node means. May be repeated.")
  private Map<String, String> bindings = Map.of();

  /// The document that is called so at the command line, or the part of it.
  DocumentName of(String document, AddressOfRecord own) {
    return DocumentName.of(document, own, node, bindings);
  }

  /// Where nothing is found.
  Failure missing(String document) {
    return new Failure(Exit.FAILED, "there is no " + document + (node.isEmpty() ? "" : " with one " + node) + ": see tucket documents list");
  }

  boolean isPart() {
    return !node.isEmpty();
  }
}
