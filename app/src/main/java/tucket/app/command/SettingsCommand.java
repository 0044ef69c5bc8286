// tucket settings: what a user wants of the IM service.
package tucket.app.command;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.client.ImClient;
import tucket.client.Publisher;
import tucket.client.Refused;
import tucket.protocol.document.ServiceSettingsDocument;
import tucket.protocol.document.ServiceSettingsDocument.Entity;
import tucket.protocol.document.ServiceSettingsDocument.History;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.transport.Unavailable;
import tucket.transport.net.SystemWorld;

@Command(
    name = "settings",
    description = {
      "Publish the service settings of a device (PUBLISH, event poc-settings). What is not named is left open; the last settings of a device take the place",
      "of those before. They end with their life, or with --clear."
    },
    footer = {
      "%nExamples:",
      "  tucket settings --as bob --barring on                     nobody reaches bob",
      "  tucket settings --as bob --barring on --offline-delivery on   what is sent meanwhile waits",
      "  tucket settings --as bob --store on                       messages wait until bob asks for them",
      "  tucket settings --as bob --visible off --life 3600        others see him as closed, for an hour",
      "  tucket settings --as bob --clear"
    })
public final class SettingsCommand implements Callable<Integer> {
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private Output out = new Output();

  @Option(names = "--barring", paramLabel = "on|off", description = "Keep away what others send.")
  private @Nullable String barring;

  @Option(names = "--offline-delivery", paramLabel = "on|off", description = "Keep messages while you can't take them, also while you bar them.")
  private @Nullable String offlineDelivery;

  @Option(names = "--store", paramLabel = "on|off", description = "Keep messages until you ask for them, also while you are there.")
  private @Nullable String store;

  @Option(names = "--visible", paramLabel = "on|off", description = "Let others see that you can be reached.")
  private @Nullable String visible;

  @Option(names = "--history", paramLabel = "session,pager|none", description = "What may be recorded of your conversations.")
  private @Nullable String history;

  @Option(names = "--life", paramLabel = "SECONDS", defaultValue = "604800", description = "How long they hold (default: ${DEFAULT-VALUE}).")
  private int life = 604_800;

  @Option(names = "--clear", description = "Take the settings of this device back.")
  private boolean clear;

  @Override
  public Integer call() {
    if (!clear && barring == null && offlineDelivery == null && store == null && visible == null && history == null) {
      throw new Failure(Exit.USAGE, "nothing is set: name a setting, or --clear");
    }
    try (SystemWorld world = client.world();
        ImClient im = new ImClient(world.world(), client.settings())) {
      Publisher publisher = new Publisher(im, "poc-settings");
      ServiceSettingsDocument document = new ServiceSettingsDocument(List.of(entity(im.instance())));
      SipResponse response = accepted(publisher.publish(ServiceSettingsDocument.TYPE, document.write(), Duration.ofSeconds(clear ? 60 : life)), im);
      if (clear) { // what was just published has taken the place of the settings before; now it goes too
        accepted(publisher.remove(), im);
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("event", clear ? "cleared" : "published");
      fields.put("user", im.settings().account().address().toString());
      fields.put("entity", im.instance());
      fields.put("expires", clear ? 0 : response.number(Header.EXPIRES).orElse(life));
      out.event(fields, clear ? "%s has no settings from this device any more" : "settings of %s hold for %s s", fields.get("user"), fields.get("expires"));
      return Exit.OK;
    }
  }

  private Entity entity(String id) {
    Entity e = Entity.of(id);
    if (clear) {
      return e;
    }
    e = barring == null ? e : e.withIncomingBarring(on("--barring", barring));
    e = offlineDelivery == null ? e : e.withOfflineDelivery(on("--offline-delivery", offlineDelivery));
    e = store == null ? e : e.withStorePagerMessages(on("--store", store));
    e = visible == null ? e : e.withVisible(on("--visible", visible));
    return history == null ? e : e.withHistory(recorded(history));
  }

  private static boolean on(String option, String value) {
    return switch (value) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new Failure(Exit.USAGE, option + " takes on or off, not \"" + value + "\"");
    };
  }

  private static Set<History> recorded(String text) {
    EnumSet<History> found = EnumSet.noneOf(History.class);
    for (String word : text.split(",")) {
      switch (word.strip()) {
        case "session" -> found.add(History.SESSION_MODE);
        case "pager" -> found.add(History.PAGER_LARGE_MODE);
        case "none" -> {}
        default -> throw new Failure(Exit.USAGE, "--history takes session, pager or none, not \"" + word.strip() + "\"");
      }
    }
    return found;
  }

  /// The response, or the failure it stands for.
  static SipResponse accepted(SipResponse response, ImClient im) {
    if (response.status() == Status.REQUEST_TIMEOUT || response.status() == Status.SERVICE_UNAVAILABLE && !response.has(Header.VIA)) {
      throw new Unavailable("No answer from " + im.settings().server() + ": is the server running there?");
    }
    if (!response.isSuccess()) {
      throw new Refused(response.status(), response.reason());
    }
    return response;
  }
}
