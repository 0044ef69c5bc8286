// tucket lists: a user's lists of contacts.
package tucket.app.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tucket.client.xcap.ContactLists;
import tucket.client.xcap.ContactLists.Contact;
import tucket.client.xcap.ContactLists.Contacts;

@Command(
    name = "lists",
    description = "Show and change the lists of contacts that a user keeps on the server.",
    footer = {
      "%nExamples:",
      "  tucket lists --as alice",
      "  tucket lists --as alice --add friends bob carol --name \"Bob from work\"",
      "  tucket lists --as alice --remove friends carol",
      "  tucket lists --as alice --drop friends",
      "  tucket lists --as alice --json"
    })
public final class ListsCommand implements Callable<Integer> {
  @Mixin private XdmOptions xdm = new XdmOptions();
  @Mixin private Output out = new Output();

  @Option(names = "--add", paramLabel = "LIST", description = "Put the users into this list; it is made where it is not there.")
  private @Nullable String add;

  @Option(names = "--remove", paramLabel = "LIST", description = "Take the users out of this list.")
  private @Nullable String remove;

  @Option(names = "--drop", paramLabel = "LIST", description = "Remove this whole list.")
  private @Nullable String drop;

  @Option(names = "--name", paramLabel = "NAME", defaultValue = "", description = "What to call somebody who is added.")
  private String name = "";

  @Parameters(arity = "0..*", paramLabel = "USER", description = "Whom: bob, bob@domain, sip:bob@domain, tel:+4912345.")
  private List<String> users = List.of();

  @Override
  public Integer call() {
    String into = add;
    String from = remove;
    String whole = drop;
    if ((into != null || from != null) && users.isEmpty()) {
      throw new Failure(Exit.USAGE, "name at least one user");
    }
    return xdm.with(client -> {
      ContactLists lists = new ContactLists(client);
      if (into != null) {
        users.forEach(user -> lists.add(into, new Contact(xdm.user(user), name)));
        return done("added", users.size());
      }
      if (from != null) {
        return done("removed", (int) users.stream().filter(user -> lists.remove(from, xdm.user(user))).count());
      }
      return whole != null ? done("removed", lists.drop(whole) ? 1 : 0) : show(lists.all());
    });
  }

  private int done(String what, int count) {
    out.event(Map.of(what, count), "%d %s", count, what);
    return count > 0 ? Exit.OK : Exit.FAILED;
  }

  private int show(List<Contacts> lists) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (Contacts list : lists) {
      for (Contact contact : list.contacts()) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("list", list.name());
        row.put("user", contact.uri());
        row.put("name", contact.displayName());
        rows.add(row);
      }
    }
    out.table(List.of("list", "user", "name"), rows);
    return Exit.OK;
  }
}
