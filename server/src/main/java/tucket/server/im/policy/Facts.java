// What a rule may know besides the message.
package tucket.server.im.policy;

import java.util.Optional;
import tucket.server.im.settings.UserSettings;
import tucket.server.reference.Leg;

/// @param leg the side that is judged
/// @param servedMayUseIm whether the served user may use the service by his profile
/// @param mode how it travels
/// @param settings what the served user has set
/// @param access what the served user's rules say of the sender; on the originating side [Access#OPEN]
/// @param openForIm what the served user's presence says; empty where it is not known
public record Facts(Leg leg, boolean servedMayUseIm, Mode mode, UserSettings settings, Access access, Optional<Boolean> openForIm) {
  /// How a message travels, by the name that media lists give it (OMA XDM extensions).
  public enum Mode {
    PAGER("pager-mode-message"),
    SESSION("message-session");

    private final String media;

    Mode(String media) {
      this.media = media;
    }

    /// The name of the element in a media list.
    public String media() {
      return media;
    }
  }

  /// Of somebody who has set nothing and has no rules.
  public Facts(Leg leg, boolean servedMayUseIm) {
    this(leg, servedMayUseIm, Mode.PAGER, UserSettings.DEFAULT, Access.OPEN, Optional.empty());
  }
}
