// XDMSs that keep their documents in a map, for tests of what reads them.
package tucket.server.reference;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tucket.protocol.sip.AddressOfRecord;
import tucket.transport.Unavailable;

/// Takes any content. Display names are told to it with [#name]. [#breaks] makes every call fail.
public final class MemoryXdms implements Im3ImXdms, Im4SharedXdms {
  private record Watcher(Predicate<XdmAddress> which, Consumer<XdmAddress> changed) {}

  private final Map<XdmAddress, XdmDocument> documents = new ConcurrentHashMap<>();
  private final Map<AddressOfRecord, String> names = new ConcurrentHashMap<>();
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final AtomicLong tags = new AtomicLong();
  private volatile boolean broken;

  public XdmDocument put(XdmAddress address, String content) {
    return put(address, content.getBytes(StandardCharsets.UTF_8), Optional.empty()).orElseThrow();
  }

  @Override
  public Optional<XdmDocument> put(XdmAddress address, byte[] content, Optional<String> ifMatch) {
    check();
    XdmDocument fresh = new XdmDocument(address, "t" + tags.incrementAndGet(), content.clone());
    XdmDocument now = documents.compute(
        address, (a, before) -> ifMatch.isEmpty() || before != null && before.etag().equals(ifMatch.get()) ? fresh : before);
    if (now != fresh) {
      return Optional.empty();
    }
    tell(address);
    return Optional.of(fresh);
  }

  @Override
  public boolean remove(XdmAddress address) {
    check();
    boolean removed = documents.remove(address) != null;
    if (removed) {
      tell(address);
    }
    return removed;
  }

  public void name(AddressOfRecord user, String displayName) {
    names.put(user, displayName);
  }

  public void breaks(boolean now) {
    broken = now;
  }

  @Override
  public Optional<XdmDocument> document(XdmAddress address) {
    check();
    return Optional.ofNullable(documents.get(address));
  }

  @Override
  public Watch watch(Predicate<XdmAddress> which, Consumer<XdmAddress> changed) {
    Watcher watcher = new Watcher(which, changed);
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }

  @Override
  public Optional<XdmAddress> giving(AddressOfRecord uri) {
    check();
    return documents.values().stream().filter(d -> Set.of("org.openmobilealliance.groups", "rls-services").contains(d.address().auid()))
        .filter(d -> new String(d.content(), StandardCharsets.UTF_8).contains(" uri=\"" + uri + "\""))
        .min(Comparator.comparingLong(d -> Long.parseLong(d.etag().substring(1)))).map(XdmDocument::address);
  }

  @Override
  public List<Found> named(String displayName, int most) {
    check();
    List<Found> found = new ArrayList<>();
    names.forEach((user, name) -> {
      if (name.strip().toLowerCase(Locale.ROOT).equals(displayName.strip().toLowerCase(Locale.ROOT)) && found.size() < most) {
        found.add(new Found(user, name));
      }
    });
    return found;
  }

  private void check() {
    if (broken) {
      throw new Unavailable("The XDMS was told to fail.");
    }
  }

  private void tell(XdmAddress address) {
    watchers.stream().filter(w -> w.which.test(address)).forEach(w -> w.changed.accept(address));
  }
}
