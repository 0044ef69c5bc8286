// tucket user: the users of the server.
package tucket.app.command;

import java.io.Console;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tucket.app.admin.Administration;

@Command(
    name = "user",
    description = {"Add, list, change and remove users: of the running server, or in the data folder of one that does not run."},
    footer = {
      "%nExamples:",
      "  tucket user add dave --name \"Dave\" --identity +4915112345678",
      "  tucket user list",
      "  tucket user password dave",
      "  tucket user set dave --store-pager-messages true",
      "  tucket user remove dave"
    })
public final class UserCommand implements Runnable {
  @picocli.CommandLine.Spec private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(name = "list", description = "List all users.", footer = {"%nExamples:", "  tucket user list", "  tucket user list --json"})
  int list(@Mixin AdminOptions admin, @Mixin Output out) {
    List<Map<String, Object>> rows = admin.with(a -> a.users().stream().map(UserCommand::row).toList());
    out.table(List.of("address", "name", "identities", "im", "enabled", "settings"), rows);
    return Exit.OK;
  }

  @Command(
      name = "add",
      description = "Add a user. Without --password it is asked for.",
      footer = {"%nExamples:", "  tucket user add dave", "  TUCKET_PASSWORD=secret tucket user add dave --identity +4915112345678"})
  int add(
      @Mixin AdminOptions admin,
      @Mixin Output out,
      @Parameters(paramLabel = "USER", description = "dave, or dave@domain.") String user,
      @Option(names = "--password", paramLabel = "PASSWORD", description = "The password; else TUCKET_PASSWORD, else it is asked for.")
          @Nullable String password,
      @Option(names = "--name", paramLabel = "NAME", defaultValue = "", description = "The name shown to others.") String name,
      @Option(names = "--identity", paramLabel = "ADDRESS", description = "A further address, such as +4915112345678. May be repeated.")
          @Nullable List<String> identities) {
    String secret = password(password, user);
    Administration.User added = admin.with(a -> a.add(user, secret, name, identities == null ? List.of() : identities));
    out.event(row(added), "%s is added", added.address());
    return Exit.OK;
  }

  @Command(
      name = "remove",
      description = "Remove a user and everything that is stored for him.",
      footer = {"%nExamples:", "  tucket user remove dave"})
  int remove(@Mixin AdminOptions admin, @Mixin Output out, @Parameters(paramLabel = "USER") String user) {
    admin.with(
        a -> {
          a.remove(user);
          return true;
        });
    out.event(Map.of("removed", user), "%s is removed, with all that was stored for him", user);
    return Exit.OK;
  }

  @Command(
      name = "password",
      description = "Set a user's password. It is in force at once.",
      footer = {"%nExamples:", "  tucket user password dave"})
  int password(
      @Mixin AdminOptions admin,
      @Mixin Output out,
      @Parameters(paramLabel = "USER") String user,
      @Option(names = "--password", paramLabel = "PASSWORD", description = "The password; else TUCKET_PASSWORD, else it is asked for.")
          @Nullable String password) {
    String secret = password(password, user);
    Administration.User changed = admin.with(a -> a.change(user, new Administration.Changes(secret, null, null, null, null, null)));
    out.event(row(changed), "%s has a new password", changed.address());
    return Exit.OK;
  }

  @Command(
      name = "set",
      description = "Change what the server knows of a user.",
      footer = {"%nExamples:", "  tucket user set dave --name \"Dave D.\" --im false", "  tucket user set dave --store-pager-messages true"})
  int set(
      @Mixin AdminOptions admin,
      @Mixin Output out,
      @Parameters(paramLabel = "USER") String user,
      @Option(names = "--name", paramLabel = "NAME", description = "The name shown to others.") @Nullable String name,
      @Option(names = "--identity", paramLabel = "ADDRESS", description = "A further address; replaces all he had. May be repeated.")
          @Nullable List<String> identities,
      @Option(names = "--no-identities", description = "Take all further addresses away.") boolean none,
      @Option(names = "--im", arity = "1", paramLabel = "true|false", description = "Whether he may use messaging.") @Nullable Boolean im,
      @Option(names = "--enabled", arity = "1", paramLabel = "true|false", description = "Whether he may use anything at all.") @Nullable Boolean enabled,
      @Option(
              names = "--store-pager-messages",
              arity = "1",
              paramLabel = "true|false",
              description = "Keep his messages until he asks for them, also while he is online.")
          @Nullable Boolean store) {
    List<String> aliases = none ? List.of() : identities;
    Map<String, String> settings = store == null ? null : Map.of("storePagerMessages", store ? "true" : "");
    if (name == null && aliases == null && im == null && enabled == null && settings == null) {
      throw new Failure(Exit.USAGE, "nothing to change: see ./tucket user set --help");
    }
    Administration.User changed = admin.with(a -> a.change(user, new Administration.Changes(null, name, aliases, enabled, im, settings)));
    out.event(row(changed), "%s is changed", changed.address());
    return Exit.OK;
  }

  private static Map<String, Object> row(Administration.User user) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("address", user.address());
    row.put("name", user.displayName());
    row.put("identities", String.join(" ", user.identities().subList(1, user.identities().size())));
    row.put("im", user.im());
    row.put("enabled", user.enabled());
    row.put("settings", user.settings().toString().replaceAll("[{}]", ""));
    return row;
  }

  private static String password(@Nullable String given, String user) {
    if (given != null) {
      return given;
    }
    Optional<String> fromEnvironment = Optional.ofNullable(System.getenv("TUCKET_PASSWORD"));
    if (fromEnvironment.isPresent()) {
      return fromEnvironment.get();
    }
    Console console = System.console();
    char[] typed = console == null ? null : console.readPassword(String.format(Locale.ROOT, "Password for %s: ", user));
    if (typed == null || typed.length == 0) {
      throw new Failure(Exit.USAGE, "no password: give --password or TUCKET_PASSWORD");
    }
    return new String(typed);
  }
}
