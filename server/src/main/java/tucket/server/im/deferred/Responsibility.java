// Who performs the Deferred Messaging Function: section 5.3.2.1.3 as a table.
package tucket.server.im.deferred;

import java.util.List;
import java.util.Set;

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

  /// Where the function is enabled, and who then keeps messages and notifications.
  record Row(String requirement, Set<Mode> modes, boolean originating, boolean terminating, Keeper messages, Keeper notifications) {
    private boolean fits(Mode mode, boolean originatingEnabled, boolean terminatingEnabled) {
      return modes.contains(mode) && originating == originatingEnabled && terminating == terminatingEnabled;
    }
  }

  private static final Set<Mode> ONE_BY_ONE = Set.of(Mode.PAGER, Mode.LARGE_MESSAGE);
  private static final Set<Mode> SESSION = Set.of(Mode.SESSION);

  /// D01: the recipient's terminating server always keeps an item; the recipient of a notification is the sender of the message, so his server
  /// is the originating one. D02 to D04: in session mode it depends on who has the function enabled.
  static final List<Row> TABLE = List.of(
      new Row("D01", ONE_BY_ONE, true, true, Keeper.TERMINATING, Keeper.ORIGINATING),
      new Row("D01", ONE_BY_ONE, false, true, Keeper.TERMINATING, Keeper.NOBODY),
      new Row("D01", ONE_BY_ONE, true, false, Keeper.NOBODY, Keeper.ORIGINATING),
      new Row("D02", SESSION, true, true, Keeper.TERMINATING, Keeper.ORIGINATING),
      new Row("D03", SESSION, false, true, Keeper.TERMINATING, Keeper.TERMINATING),
      new Row("D04", SESSION, true, false, Keeper.ORIGINATING, Keeper.ORIGINATING));

  private Responsibility() {}

  /// Who keeps an item; nobody where the table has no row.
  public static Keeper keeper(Mode mode, Item item, boolean originatingEnabled, boolean terminatingEnabled) {
    return TABLE.stream().filter(r -> r.fits(mode, originatingEnabled, terminatingEnabled)).findFirst()
        .map(r -> item == Item.MESSAGE ? r.messages() : r.notifications()).orElse(Keeper.NOBODY);
  }
}
