// What one user wants of the IM service.
package tucket.server.im.settings;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tucket.protocol.document.ServiceSettingsDocument.Entity;
import tucket.protocol.document.ServiceSettingsDocument.History;

/// The settings of a user as they are in force for the Participating Function.
///
/// @param incomingBarring others reach him neither with sessions nor with messages
/// @param offlineDelivery whether messages are kept while he can't take them; empty where he has not said: then they are, but not while he is barred
/// @param storePagerMessages pager-mode messages are kept until he asks for them, also while he is there (OMA AD SIMPLE IM section 5.3.2.1.3 a)
/// @param visible whether others may see that he can be reached
/// @param history what is recorded of his conversations
public record UserSettings(boolean incomingBarring, Optional<Boolean> offlineDelivery, boolean storePagerMessages, boolean visible, Set<History> history) {
  /// Of somebody who has set nothing.
  public static final UserSettings DEFAULT = new UserSettings(false, Optional.empty(), false, true, Set.of());

  public UserSettings {
    history = Set.copyOf(history);
  }

  public UserSettings withStorePagerMessages(boolean to) {
    return new UserSettings(incomingBarring, offlineDelivery, to, visible, history);
  }

  /// Whether what he is sent stays in the store although a device of his is there.
  public boolean holdsBack() {
    return incomingBarring || storePagerMessages;
  }

  /// What follows from what each of a user's devices has published, over what holds for who says nothing. He is barred, invisible or without offline
  /// delivery where every device that says something of it says so: one that is open is not shut by another. Messages are kept, and conversations
  /// recorded, where one device wants it.
  public UserSettings with(List<Entity> devices) {
    Optional<Boolean> barred = all(devices, e -> e.active().filter(a -> !a).map(a -> true).or(e::incomingBarring).or(() -> e.active().map(a -> !a)));
    Optional<Boolean> invisible = all(devices, e -> e.visible().map(v -> !v));
    Optional<Boolean> noDelivery = all(devices, e -> e.offlineDelivery().map(d -> !d));
    boolean said = devices.stream().anyMatch(e -> e.storePagerMessages().isPresent());
    boolean store = devices.stream().anyMatch(e -> e.storePagerMessages().orElse(false));
    Set<History> recorded = EnumSet.noneOf(History.class);
    devices.forEach(e -> recorded.addAll(e.history().orElse(Set.of())));
    boolean saidHistory = devices.stream().anyMatch(e -> e.history().isPresent());
    return new UserSettings(barred.orElse(incomingBarring), noDelivery.map(n -> !n).or(() -> offlineDelivery), said ? store : storePagerMessages,
        invisible.map(i -> !i).orElse(visible), saidHistory ? recorded : history);
  }

  private static Optional<Boolean> all(List<Entity> devices, Function<Entity, Optional<Boolean>> of) {
    List<Boolean> said = devices.stream().map(of).flatMap(Optional::stream).toList();
    return said.isEmpty() ? Optional.empty() : Optional.of(said.stream().allMatch(b -> b));
  }
}
