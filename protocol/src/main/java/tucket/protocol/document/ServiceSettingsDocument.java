// What a client wants of the IM service, as it publishes it.
package tucket.protocol.document;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// An application/poc-settings+xml document (RFC 4354 section 4) with the elements of the IM service, namespace
/// `urn:oma:xml:im:service-settings`, inside of each entity. The bare form, one `im-settings` element without entities, is taken too. Each client
/// instance has an entity of its own; what an entity does not say is left open.
public record ServiceSettingsDocument(List<Entity> entities) {
  public static final MediaType TYPE = MediaType.of("application", "poc-settings+xml");
  /// A larger document is [Malformed].
  public static final int MAX_BYTES = 64 * 1024;
  /// More entities in one document are [Malformed].
  public static final int MAX_ENTITIES = 50;

  private static final String POC = "urn:oma:params:xml:ns:poc:poc-settings";
  private static final String IM = "urn:oma:xml:im:service-settings";
  private static final String IM_SERVICE = "org.openmobilealliance:IM";

  /// What may be recorded in the conversation history.
  public enum History {
    SESSION_MODE,
    PAGER_LARGE_MODE
  }

  /// The settings of one client instance.
  ///
  /// @param id the instance, or the user where it speaks for all
  /// @param active whether the IM service is on at all
  /// @param incomingBarring whether sessions and messages of others are kept away
  /// @param offlineDelivery whether messages are kept while the user can't take them
  /// @param storePagerMessages whether pager-mode messages are kept until they are asked for, also while the user is there
  /// @param visible whether others may see that the user can be reached
  /// @param history what is recorded; empty set: nothing
  public record Entity(
      String id,
      Optional<Boolean> active,
      Optional<Boolean> incomingBarring,
      Optional<Boolean> offlineDelivery,
      Optional<Boolean> storePagerMessages,
      Optional<Boolean> visible,
      Optional<Set<History>> history) {
    /// Says nothing.
    public static Entity of(String id) {
      return new Entity(id, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Entity withActive(boolean to) {
      return new Entity(id, Optional.of(to), incomingBarring, offlineDelivery, storePagerMessages, visible, history);
    }

    public Entity withIncomingBarring(boolean to) {
      return new Entity(id, active, Optional.of(to), offlineDelivery, storePagerMessages, visible, history);
    }

    public Entity withOfflineDelivery(boolean to) {
      return new Entity(id, active, incomingBarring, Optional.of(to), storePagerMessages, visible, history);
    }

    public Entity withStorePagerMessages(boolean to) {
      return new Entity(id, active, incomingBarring, offlineDelivery, Optional.of(to), visible, history);
    }

    public Entity withVisible(boolean to) {
      return new Entity(id, active, incomingBarring, offlineDelivery, storePagerMessages, Optional.of(to), history);
    }

    public Entity withHistory(Set<History> to) {
      return new Entity(id, active, incomingBarring, offlineDelivery, storePagerMessages, visible, Optional.of(Set.copyOf(to)));
    }
  }

  public ServiceSettingsDocument {
    entities = List.copyOf(entities);
  }

  public static ServiceSettingsDocument parse(byte[] xml) {
    XmlElement root = XmlElement.parse(xml, Set.of("poc-settings", "im-settings"), MAX_BYTES);
    if (root.name().equals("im-settings")) {
      return new ServiceSettingsDocument(List.of(entity(root, root.attribute("id").orElse(""))));
    }
    List<XmlElement> found = root.children("entity");
    if (found.size() > MAX_ENTITIES) {
      throw new Malformed("poc-settings with too many entities");
    }
    List<Entity> entities = new ArrayList<>();
    found.forEach(e -> entities.add(entity(e, e.attribute("id").orElse(""))));
    return new ServiceSettingsDocument(entities);
  }

  private static Entity entity(XmlElement e, String id) {
    Entity read = Entity.of(id);
    Optional<XmlElement> isb = e.child("isb-settings").flatMap(s -> s.child("incoming-session-barring"));
    if (isb.isPresent()) {
      read = read.withIncomingBarring(truth(isb.get().attributeOrText("active"), "incoming-session-barring"));
    }
    Optional<String> service = e.textOf("service-id");
    if (service.isPresent() && !service.get().startsWith(IM_SERVICE)) {
      return read; // the settings of another service
    }
    if (e.child("active").isPresent()) {
      read = read.withActive(truth(e.textOf("active"), "active"));
    }
    Optional<XmlElement> deferred = e.child("deferred-settings");
    if (deferred.flatMap(d -> d.child("offline-delivery")).isPresent()) {
      read = read.withOfflineDelivery(truth(deferred.get().textOf("offline-delivery"), "offline-delivery"));
    }
    if (deferred.flatMap(d -> d.child("store-pager-messages")).isPresent()) {
      read = read.withStorePagerMessages(truth(deferred.get().textOf("store-pager-messages"), "store-pager-messages"));
    }
    Optional<String> vis = e.child("vis-settings").flatMap(v -> v.attributeOrText("vis-status"));
    if (vis.isPresent()) {
      read = read.withVisible(visible(vis.get()));
    }
    Optional<XmlElement> history = e.child("hist-settings");
    return history.isPresent() ? read.withHistory(history(history.get())) : read;
  }

  private static boolean visible(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "visible", "true", "1", "active" -> true;
      case "invisible", "hidden", "false", "0", "inactive" -> false;
      default -> throw new Malformed("vis-status has an unknown value");
    };
  }

  private static Set<History> history(XmlElement settings) {
    EnumSet<History> on = EnumSet.noneOf(History.class);
    for (XmlElement activation : settings.children("hist-activation")) {
      Optional<String> active = activation.attribute("active");
      if (active.isPresent() && !truth(active, "hist-activation")) {
        continue;
      }
      switch (activation.attribute("type").orElse(activation.text())) {
        case "session-mode" -> on.add(History.SESSION_MODE);
        case "pager-large-mode" -> on.add(History.PAGER_LARGE_MODE);
        default -> throw new Malformed("hist-activation has an unknown type");
      }
    }
    return on;
  }

  private static boolean truth(Optional<String> text, String element) {
    return switch (text.orElse("").strip()) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new Malformed(element + " is neither true nor false");
    };
  }

  public byte[] write() {
    XmlWriter out = new XmlWriter().open("poc-settings").attribute("xmlns", POC).attribute("xmlns:im", IM);
    for (Entity e : entities) {
      out.open("entity").attribute("id", e.id);
      e.incomingBarring.ifPresent(b -> out.open("isb-settings").open("incoming-session-barring").attribute("active", Boolean.toString(b)).close().close());
      out.text("im:service-id", IM_SERVICE);
      e.active.ifPresent(a -> out.text("im:active", Boolean.toString(a)));
      if (e.offlineDelivery.isPresent() || e.storePagerMessages.isPresent()) {
        out.open("im:deferred-settings");
        out.text("im:offline-delivery", e.offlineDelivery.map(String::valueOf));
        out.text("im:store-pager-messages", e.storePagerMessages.map(String::valueOf)).close();
      }
      e.visible.ifPresent(v -> out.open("im:vis-settings").text("im:vis-status", v ? "visible" : "invisible").close());
      e.history.ifPresent(h -> {
        out.open("im:hist-settings");
        h.stream().sorted().forEach(
            t -> out.open("im:hist-activation").attribute("type", t == History.SESSION_MODE ? "session-mode" : "pager-large-mode").close());
        out.close();
      });
      out.close();
    }
    return out.toBytes();
  }
}
