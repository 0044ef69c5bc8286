// What a user's access rules say about one sender.
package tucket.server.im.policy;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tucket.protocol.Malformed;
import tucket.protocol.document.Ruleset;
import tucket.protocol.document.XmlElement;

/// The actions of OMA access rules that the IM service knows, of one rule or of several that fit together. What no rule says is empty. Where rules differ,
/// true counts (RFC 4745 section 10.2), and of the PoC action `allow-invite` the most permissive value.
///
/// @param reject `allow-reject-invite`: sessions and messages are refused
/// @param allowInvite `allow-invite` of PoC 1.0: false is `reject`, true `pass` or `accept`
/// @param offlineStorage `allow-offline-storage`: whether messages may be kept for the user
/// @param privateMessages `allow-private-message`
/// @param anonymous whether a rule for anonymous requests has spoken
public record Access(Optional<Boolean> reject, Optional<Boolean> allowInvite, Optional<Boolean> offlineStorage, Optional<Boolean> privateMessages,
    boolean anonymous) {
  /// No rule says anything.
  public static final Access OPEN = new Access(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

  /// What one rule does; [Malformed] where a value is neither true nor false.
  public static Access of(Ruleset.Rule rule) {
    return new Access(
        truth(rule, "allow-reject-invite"),
        rule.action("allow-invite").map(a -> !a.text().equals("reject")),
        truth(rule, "allow-offline-storage"),
        truth(rule, "allow-private-message"),
        rule.whom().anonymous());
  }

  private static Optional<Boolean> truth(Ruleset.Rule rule, String action) {
    Optional<XmlElement> found = rule.action(action);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    return switch (found.get().attribute("allow").orElseGet(() -> found.get().text())) {
      case "true", "1" -> Optional.of(true);
      case "false", "0" -> Optional.of(false);
      default -> throw new Malformed(action + " is neither true nor false");
    };
  }

  /// What several rules do together.
  public static Access combined(List<Access> all) {
    if (all.size() < 2) {
      return all.isEmpty() ? OPEN : all.getFirst();
    }
    return new Access(
        any(all.stream().map(Access::reject).flatMap(Optional::stream).toList()),
        any(all.stream().map(Access::allowInvite).flatMap(Optional::stream).toList()),
        any(all.stream().map(Access::offlineStorage).flatMap(Optional::stream).toList()),
        any(all.stream().map(Access::privateMessages).flatMap(Optional::stream).toList()),
        all.stream().anyMatch(Access::anonymous));
  }

  private static Optional<Boolean> any(List<Boolean> said) {
    return said.isEmpty() ? Optional.empty() : Optional.of(said.stream().anyMatch(Predicate.isEqual(true)));
  }

  /// Whether what the sender sends is refused.
  public boolean isBlocked() {
    return reject.orElse(false) || !allowInvite.orElse(true);
  }

  /// Whether it may be kept for later.
  public boolean mayBeStored() {
    return offlineStorage.orElse(true);
  }
}
