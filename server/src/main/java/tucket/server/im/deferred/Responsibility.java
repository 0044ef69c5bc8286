// Who performs the Deferred Messaging Function: section 5.3.2.1.3 as a table.
package tucket.server.im.deferred;

/// Seen from the message: the originating server is that of its sender, the terminating one that of its recipient; a notification travels
/// the other way but is looked up by the message it speaks of.
public final class Responsibility {
  /// How the message travels.
  public enum Mode {
    PAGER,
    LARGE_MESSAGE,
    SESSION
  }

  /// What could not be delivered.
  public enum Item {
    MESSAGE,
    NOTIFICATION
  }

  /// Who keeps it.
  public enum Keeper {
    ORIGINATING,
    TERMINATING,
    NOBODY
  }

  private Responsibility() {}

  /// In pager and large message mode the recipient's server always keeps an item; the recipient of a notification is the sender of the
  /// message, and its server then is the originating one. In session mode it depends on who has the function enabled.
  public static Keeper keeper(Mode mode, Item item, boolean originatingEnabled, boolean terminatingEnabled) {
    return switch (mode) {
      case PAGER, LARGE_MESSAGE -> item == Item.MESSAGE
          ? enabled(Keeper.TERMINATING, terminatingEnabled)
          : enabled(Keeper.ORIGINATING, originatingEnabled);
      case SESSION -> inSession(item, originatingEnabled, terminatingEnabled);
    };
  }

  private static Keeper inSession(Item item, boolean originatingEnabled, boolean terminatingEnabled) {
    if (originatingEnabled && terminatingEnabled) {
      return item == Item.MESSAGE ? Keeper.TERMINATING : Keeper.ORIGINATING;
    }
    if (terminatingEnabled) {
      return Keeper.TERMINATING;
    }
    return enabled(Keeper.ORIGINATING, originatingEnabled);
  }

  private static Keeper enabled(Keeper keeper, boolean enabled) {
    return enabled ? keeper : Keeper.NOBODY;
  }
}
