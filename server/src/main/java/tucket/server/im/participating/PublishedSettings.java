// The service settings that clients publish.
package tucket.server.im.participating;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import tucket.protocol.document.ServiceSettingsDocument;
import tucket.protocol.document.ServiceSettingsDocument.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.event.Publication;
import tucket.server.event.Publications;
import tucket.server.event.PublishedState;
import tucket.server.im.settings.UserSettings;

/// OMA-TS-SIMPLE_IM sections 5.2.4 and 6.1.1.5, in the form of RFC 4354: event `poc-settings`. Of several publications for one entity the latest counts.
/// Thread-safe.
public final class PublishedSettings implements PublishedState {
  /// The token of the Event header.
  public static final String EVENT = "poc-settings";
  private static final List<MediaType> TYPES =
      List.of(ServiceSettingsDocument.TYPE, MediaType.of("application", "im-settings+xml"), MediaType.of("application", "vnd.oma.im.settings+xml"));

  private final Publications publications;
  private final Map<AddressOfRecord, List<Entity>> known = new ConcurrentHashMap<>();
  private volatile Consumer<AddressOfRecord> onChange = user -> {};

  /// Begins to take them from `publications`.
  public PublishedSettings(Publications publications) {
    this.publications = publications;
    publications.add(this);
  }

  /// Who is told that a user's settings are others. Must return at once.
  public void onChange(Consumer<AddressOfRecord> listener) {
    onChange = listener;
  }

  @Override
  public String event() {
    return EVENT;
  }

  @Override
  public List<MediaType> types() {
    return TYPES;
  }

  @Override
  public void check(MediaType type, byte[] body) {
    ServiceSettingsDocument.parse(body);
  }

  /// A device that is named by its instance has one publication: the last one.
  @Override
  public boolean replaces(byte[] fresh, Publication old) {
    List<Entity> now = ServiceSettingsDocument.parse(fresh).entities();
    List<Entity> before = ServiceSettingsDocument.parse(old.body()).entities();
    return now.size() == 1 && before.size() == 1 && now.getFirst().id().startsWith("urn:") && now.getFirst().id().equals(before.getFirst().id());
  }

  @Override
  public void changed(AddressOfRecord user, List<Publication> now) {
    Map<String, Entity> byId = new LinkedHashMap<>();
    for (Publication p : now) {
      List<Entity> entities = ServiceSettingsDocument.parse(p.body()).entities();
      // the bare form names nobody: it speaks for the client that published it
      entities.forEach(e -> byId.put(e.id().isEmpty() ? "\n" + p.id() : e.id(), e));
    }
    if (byId.isEmpty()) {
      known.remove(user);
    } else {
      known.put(user, new ArrayList<>(byId.values()));
    }
    onChange.accept(user);
  }

  UserSettings of(AddressOfRecord user, Function<AddressOfRecord, UserSettings> otherwise) {
    UserSettings base = otherwise.apply(user);
    List<Entity> entities = known.get(user);
    if (entities == null && !publications.of(EVENT, user).isEmpty()) {
      entities = known.get(user); // it was looked up just now
    }
    return entities == null ? base : base.with(entities);
  }
}
