// tucket documents: the documents that a user keeps on the server, as they are.
package tucket.app.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tucket.client.xcap.XdmClient;
import tucket.client.xcap.XdmClient.Found;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XcapUri;
import tucket.protocol.xcap.XmlSpan;
import tucket.protocol.xcap.XmlTree;

@Command(
    name = "documents",
    description = {
      "List, read, write and remove the documents that you keep on the server, whole or in part, and watch them change.",
      "What they mean is told by tucket lists, block and profile; docs/xdm.md says which there are."
    },
    footer = {
      "%nExamples:",
      "  tucket documents list --as alice",
      "  tucket documents get --as alice resource-lists/index",
      "  tucket documents put --as alice resource-lists/index --file lists.xml",
      "  tucket documents watch --as alice"
    },
    subcommands = DocumentsWatchCommand.class)
public final class DocumentsCommand implements Runnable {
  private static final String DIRECTORY = "org.openmobilealliance.xcap-directory";
  private static final String NAME = "USAGE/NAME of your own, USAGE/users/USER/NAME or USAGE/global/NAME.";

  @picocli.CommandLine.Spec private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "list",
      description = "List your documents.",
      footer = {"%nExamples:", "  tucket documents list --as alice", "  tucket documents list --as alice --json"})
  int list(@Mixin XdmOptions xdm, @Mixin Output out) {
    List<Map<String, String>> rows = new ArrayList<>();
    Optional<Found> directory = xdm.with(client -> client.get(client.own(DIRECTORY, "directory.xml")));
    directory.ifPresent(found -> rows(found, rows));
    out.table(List.of("document", "size", "modified", "etag"), rows);
    return Exit.OK;
  }

  private static void rows(Found directory, List<Map<String, String>> rows) {
    try {
      XmlSpan root = XmlTree.parse(XmlTree.utf8(directory.body()).orElse("")).root();
      for (XmlSpan folder : root.children("folder")) {
        for (XmlSpan entry : folder.children("entry")) {
          String uri = entry.value("uri").orElse("");
          Map<String, String> row = new LinkedHashMap<>();
          row.put("document", folder.value("auid").orElse("") + "/" + XcapUri.unescape(uri.substring(uri.lastIndexOf('/') + 1)));
          row.put("size", entry.value("size").orElse(""));
          row.put("modified", entry.value("last-modified").orElse(""));
          row.put("etag", entry.value("etag").orElse(""));
          rows.add(row);
        }
      }
    } catch (Malformed e) {
      throw new Failure(Exit.FAILED, "the server's directory can't be read: " + e.getMessage());
    }
  }

  @Command(
      name = "get",
      description = "Print a document, or a part of it.",
      footer = {
        "%nExamples:",
        "  tucket documents get --as alice resource-lists/index",
        "  tucket documents get --as alice resource-lists/index --node 'resource-lists/list[@name=\"friends\"]/entry[1]/@uri'",
        "  tucket documents get --as alice org.openmobilealliance.user-profile/users/sip:bob@tucket.example/user-profile --json"
      })
  int get(
      @Mixin XdmOptions xdm,
      @Mixin Output out,
      @Parameters(paramLabel = "DOCUMENT", description = NAME) String document,
      @Mixin PartOptions part) {
    return xdm.with(client -> {
      DocumentName name = part.of(document, client.user());
      Optional<Found> found = client.get(name.path());
      if (found.isEmpty()) {
        throw part.missing(document);
      }
      String text = new String(found.get().body(), StandardCharsets.UTF_8);
      Map<String, Object> fields = fields("document", client, name);
      fields.put("etag", found.get().etag());
      fields.put("type", found.get().type());
      fields.put("content", text);
      out.event(fields, "%s", text);
      return Exit.OK;
    });
  }

  @Command(
      name = "put",
      description = "Write a document, or a part of one that is there; without --text and --file it is read from the standard input.",
      footer = {
        "%nExamples:",
        "  tucket documents put --as alice resource-lists/index --file lists.xml",
        "  tucket documents put --as alice resource-lists/index --node 'resource-lists/list[@name=\"friends\"]/entry[@uri=\"sip:bob@tucket.example\"]' \\",
        "    --text '<entry uri=\"sip:bob@tucket.example\"/>'",
        "  tucket documents get --as alice resource-lists/index | sed s/Bob/Robert/ | tucket documents put --as alice resource-lists/index"
      })
  int put(
      @Mixin XdmOptions xdm,
      @Mixin Output out,
      @Parameters(paramLabel = "DOCUMENT", description = NAME) String document,
      @Mixin PartOptions part,
      @Option(names = "--file", paramLabel = "FILE", description = "What to write.") @Nullable Path file,
      @Option(names = "--text", paramLabel = "XML", description = "The same on the command line; an attribute with its quotes.") @Nullable String text,
      @Option(names = "--type", paramLabel = "TYPE", description = "Its media type (default: that of the usage).") @Nullable String type,
      @Option(names = "--if-match", paramLabel = "ETAG", description = "Only where this is still its entity tag.") @Nullable String tag) {
    if (file != null && text != null) {
      throw new Failure(Exit.USAGE, "--file or --text, not both");
    }
    byte[] body = body(file, text);
    return xdm.with(client -> {
      DocumentName name = part.of(document, client.user());
      String as = Optional.ofNullable(type).or(name::type)
          .orElseThrow(() -> new Failure(Exit.USAGE, "the type of " + document + " is not known here: give it with --type"));
      String etag = client.put(name.path(), as, body, Optional.ofNullable(tag));
      Map<String, Object> fields = fields("written", client, name);
      fields.put("etag", etag);
      out.event(fields, "%s is written (entity tag %s)", document, etag);
      return Exit.OK;
    });
  }

  private static byte[] body(@Nullable Path file, @Nullable String text) {
    try {
      return text != null ? text.getBytes(StandardCharsets.UTF_8) : file != null ? Files.readAllBytes(file) : System.in.readAllBytes();
    } catch (IOException e) {
      throw new Failure(Exit.USAGE, "can't read " + (file == null ? "the standard input" : file));
    }
  }

  @Command(
      name = "delete",
      description = "Remove a document, or a part of it.",
      footer = {
        "%nExamples:",
        "  tucket documents delete --as alice resource-lists/index",
        "  tucket documents delete --as alice resource-lists/index --node 'resource-lists/list[@name=\"friends\"]'"
      })
  int delete(
      @Mixin XdmOptions xdm,
      @Mixin Output out,
      @Parameters(paramLabel = "DOCUMENT", description = NAME) String document,
      @Mixin PartOptions part,
      @Option(names = "--if-match", paramLabel = "ETAG", description = "Only where this is still its entity tag.") @Nullable String tag) {
    return xdm.with(client -> {
      DocumentName name = part.of(document, client.user());
      if (!client.delete(name.path(), Optional.ofNullable(tag))) {
        throw part.missing(document);
      }
      out.event(fields("deleted", client, name), "%s is removed%s", document, part.isPart() ? " in part" : "");
      return Exit.OK;
    });
  }

  private static Map<String, Object> fields(String event, XdmClient client, DocumentName name) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", event);
    fields.put("document", shortened(name.selector(), client.user()));
    if (!name.node().isEmpty()) {
      fields.put("node", XcapUri.unescape(name.node().substring("/~~/".length()).split("\\?", 2)[0]));
    }
    return fields;
  }

  /// As the command line names it.
  static String shortened(String selector, AddressOfRecord own) {
    String text = XcapUri.unescape(selector);
    return text.replace("/users/" + own.value() + "/", "/");
  }
}
