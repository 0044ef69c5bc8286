// tucket profile: what users tell of themselves.
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
import tucket.client.xcap.UserProfile;

@Command(
    name = "profile",
    description = "Show a user's profile, change your own, or search for users.",
    footer = {
      "%nExamples:",
      "  tucket profile --as alice --change display-name=\"Alice Liddell\" --change freetext=\"down the rabbit hole\"",
      "  tucket profile --as alice --change freetext=",
      "  tucket profile --as alice bob",
      "  tucket profile --as alice --search liddell --json"
    })
public final class ProfileCommand implements Callable<Integer> {
  private static final List<String> FIELDS = List.of("display-name", "birth-date", "gender", "freetext");

  @Mixin private XdmOptions xdm = new XdmOptions();
  @Mixin private Output out = new Output();

  @Option(names = "--change", paramLabel = "FIELD=TEXT", description = "Set display-name, birth-date, gender or freetext of your profile; empty removes it.")
  private Map<String, String> changes = Map.of();

  @Option(names = "--search", paramLabel = "WORDS", description = "Find users by display name or free text.")
  private @Nullable String words;

  @Parameters(arity = "0..1", paramLabel = "USER", description = "Whose profile to show (default: your own).")
  private @Nullable String user;

  @Override
  public Integer call() {
    for (String field : changes.keySet()) {
      if (!FIELDS.contains(field)) {
        throw new Failure(Exit.USAGE, "\"" + field + "\" is no field: " + String.join(", ", FIELDS));
      }
    }
    String wanted = words;
    String whose = user;
    return xdm.with(client -> {
      UserProfile profile = new UserProfile(client);
      if (wanted != null) {
        return found(profile.search(wanted, 100));
      }
      if (!changes.isEmpty()) {
        profile.set(changes);
      }
      Map<String, String> fields = profile.of(whose == null ? client.user().value() : xdm.user(whose));
      out.object(fields);
      fields.forEach((name, text) -> out.line("%-14s %s", name, text));
      return fields.isEmpty() && changes.isEmpty() ? Exit.FAILED : Exit.OK;
    });
  }

  private int found(List<Map.Entry<String, String>> users) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (Map.Entry<String, String> one : users) {
      Map<String, String> row = new LinkedHashMap<>();
      row.put("user", one.getKey());
      row.put("name", one.getValue());
      rows.add(row);
    }
    out.table(List.of("user", "name"), rows);
    return users.isEmpty() ? Exit.FAILED : Exit.OK;
  }
}
