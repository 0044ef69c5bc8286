// Tells a user who watches him.
package tucket.server.presence;

import java.util.List;
import tucket.protocol.document.WatcherInfo;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.event.EventPackage;
import tucket.server.event.Notifier;

/// The template package `winfo` on presence: RFC 3857 with documents of RFC 3858. Everybody watches his own watchers, nobody those of others.
final class WatcherInfoPackage implements EventPackage {
  static final String EVENT = "presence.winfo";

  private final Notifier notifier;

  WatcherInfoPackage(Notifier notifier) {
    this.notifier = notifier;
  }

  @Override
  public String name() {
    return EVENT;
  }

  @Override
  public MediaType type() {
    return WatcherInfo.TYPE;
  }

  @Override
  public boolean mayWatch(AddressOfRecord who, AddressOfRecord what) {
    return who.equals(what);
  }

  @Override
  public byte[] state(AddressOfRecord what, AddressOfRecord who, long version) {
    List<WatcherInfo.Watcher> watchers = notifier.watching(PresenceServer.EVENT, what).stream().map(WatcherInfoPackage::watcher).toList();
    return new WatcherInfo(version, what.value(), PresenceServer.EVENT, watchers).write();
  }

  private static WatcherInfo.Watcher watcher(Notifier.Watching w) {
    boolean waits = w.standing() == Standing.PENDING;
    return new WatcherInfo.Watcher(w.who().value(), w.id(), waits ? WatcherInfo.Status.PENDING : WatcherInfo.Status.ACTIVE, waits ? "subscribe" : "approved",
        w.seconds());
  }
}
