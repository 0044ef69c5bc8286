// Administration inside the process of the server, or directly on its data folder.
package tucket.app.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.DurableTrace;
import tucket.server.core.Change;
import tucket.server.core.Subscriber;
import tucket.server.core.Subscribers;
import tucket.server.im.ImServer;
import tucket.server.im.deferred.DeferredQueue;
import tucket.server.im.message.SystemMessages;
import tucket.server.reference.Device;
import tucket.server.reference.Im2ServerCore;
import tucket.store.Engine;
import tucket.store.RocksEngine;

/// Thread-safe; all calls may block on the storage engine.
public final class LocalAdministration implements Administration {
  private static final int MOST_LISTED = 10_000;

  private final Stored stored;
  private final Optional<Running> running;
  private final Runnable onClose;

  /// What lies in the data folder.
  public record Stored(String domain, Subscribers subscribers, DurableTrace trace, DeferredQueue queue, Engine engine) {}

  /// What only a server that runs has; `reloadTls` reads certificates again or throws [tucket.transport.Unavailable].
  public record Running(Im2ServerCore core, ImServer im, Runnable reloadTls) {}

  public LocalAdministration(Stored stored, Optional<Running> running, Runnable onClose) {
    this.stored = stored;
    this.running = running;
    this.onClose = onClose;
  }

  @Override
  public List<User> users() {
    List<User> all = new ArrayList<>();
    stored.subscribers.list().forEach(s -> all.add(user(s)));
    all.sort(Comparator.comparing(User::address));
    return all;
  }

  @Override
  public User add(String user, String password, String displayName, List<String> aliases) {
    return done(stored.subscribers.add(address(user), password, displayName, aliases.stream().map(this::address).toList()));
  }

  @Override
  public User change(String user, Changes changes) {
    AddressOfRecord id = address(user);
    Subscriber now = stored.subscribers.find(id).orElseThrow(() -> new NotPossible(NotPossible.Kind.MISSING, "there is no user " + id));
    User result = user(now);
    if (changes.displayName() != null) {
      result = done(stored.subscribers.displayName(id, changes.displayName()));
    }
    if (changes.aliases() != null) {
      result = done(stored.subscribers.aliases(id, changes.aliases().stream().map(this::address).toList()));
    }
    if (changes.im() != null) {
      result = done(stored.subscribers.allowIm(id, changes.im()));
    }
    if (changes.settings() != null) {
      for (var setting : changes.settings().entrySet()) {
        result = done(stored.subscribers.setting(id, setting.getKey(), setting.getValue()));
      }
      running.ifPresent(r -> r.im.settingsChanged(id));
    }
    if (changes.enabled() != null) {
      result = done(stored.subscribers.enable(id, changes.enabled()));
    }
    if (changes.password() != null) {
      result = done(stored.subscribers.password(id, changes.password()));
    }
    return result;
  }

  @Override
  public void remove(String user) {
    done(stored.subscribers.remove(address(user)));
  }

  @Override
  public List<Happened> trace(String messageId) {
    return stored.trace.find(messageId).stream()
        .map(e -> new Happened(e.at().truncatedTo(ChronoUnit.MILLIS).toString(), e.what().name().toLowerCase(Locale.ROOT), e.who(), e.detail()))
        .toList();
  }

  @Override
  public List<Waiting> queue(String user) {
    return ready(recipient(user)).stream().map(LocalAdministration::waiting).toList();
  }

  @Override
  public int delete(String user, String messageId) {
    AddressOfRecord id = recipient(user);
    List<Long> sequences =
        ready(id).stream()
            .map(DeferredQueue.Ready::waiting)
            .filter(w -> messageId.isEmpty() || w.messageId().equals(messageId))
            .map(w -> w.sequence())
            .toList();
    if (running.isPresent()) {
      return running.get().im.deferred().delete(id, sequences);
    }
    return stored.queue.delete(id, sequences).messages();
  }

  @Override
  public List<Registered> registrations() {
    Running server = running.orElseThrow(LocalAdministration::notRunning);
    List<Registered> all = new ArrayList<>();
    Set<AddressOfRecord> users = new HashSet<>();
    stored.subscribers.list().forEach(s -> users.add(s.id()));
    server.core.users().forEach(users::add);
    for (AddressOfRecord user : users) {
      for (Device device : server.core.devices(user)) {
        all.add(new Registered(user.value(), device.id().value(), device.registered(), String.join(" ", new TreeSet<>(device.features().tags()))));
      }
    }
    all.sort(Comparator.comparing(Registered::user).thenComparing(Registered::device));
    return all;
  }

  @Override
  public Announced announce(List<String> to, String contentType, String text) {
    SystemMessages messages = running.orElseThrow(LocalAdministration::notRunning).im.systemMessages();
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    MediaType type;
    try {
      type = MediaType.parse(contentType);
    } catch (Malformed e) {
      throw new NotPossible(NotPossible.Kind.WRONG, "\"" + contentType + "\" is no media type: " + e.getMessage());
    }
    List<AddressOfRecord> users = to.stream().map(this::known).toList();
    SystemMessages.Report report = users.isEmpty() ? messages.sendToAll(type, body) : messages.send(users, type, body);
    return new Announced(report.messageId(), report.delivered(), report.stored(), report.failed().stream().map(AddressOfRecord::value).toList());
  }

  @Override
  public BackedUp backup(String folder) {
    if (!(stored.engine instanceof RocksEngine database)) {
      throw new NotPossible(NotPossible.Kind.WRONG, "with storage.engine = memory there is nothing to copy");
    }
    try {
      Path target = Path.of(folder);
      if (!target.isAbsolute()) {
        throw new NotPossible(NotPossible.Kind.WRONG, "\"" + folder + "\" must be an absolute path on the server's machine");
      }
      Files.createDirectories(target);
      if (Files.exists(target.resolve("db"))) {
        throw new NotPossible(NotPossible.Kind.WRONG, "there is a copy in " + folder + " already: name another folder");
      }
      if (target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
      }
      database.checkpoint(target.resolve("db"));
      return new BackedUp(target.toString(), size(target.resolve("db")));
    } catch (IOException | InvalidPathException e) {
      throw new NotPossible(NotPossible.Kind.WRONG, "can't write " + folder + " (" + e.getMessage() + "): name a folder that the server may write");
    }
  }

  private static long size(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  @Override
  public void close() {
    onClose.run();
  }

  private List<DeferredQueue.Ready> ready(AddressOfRecord user) {
    return stored.queue.list(user, MOST_LISTED, w -> true);
  }

  private static Waiting waiting(DeferredQueue.Ready ready) {
    var w = ready.waiting();
    return new Waiting(
        w.sequence(),
        w.kind().name().toLowerCase(Locale.ROOT),
        w.from().value(),
        w.messageId(),
        w.received().toString(),
        w.expires().toString(),
        w.bytes(),
        w.contentType(),
        w.state().awaited().stream().map(a -> a.id().value()).toList(),
        w.state().acknowledged().stream().map(d -> d.value()).sorted().toList());
  }

  private static User user(Subscriber s) {
    List<String> identities = s.identities().stream().map(AddressOfRecord::value).toList();
    return new User(s.id().value(), s.displayName(), identities, s.enabled(), s.mayUseIm(), s.settings());
  }

  private static User done(Change change) {
    return switch (change) {
      case Change.Done done -> user(done.after());
      case Change.Refused refused -> throw new NotPossible(NotPossible.Kind.WRONG, refused.why());
    };
  }

  /// Of another domain too: something may wait here for its users.
  private AddressOfRecord recipient(String user) {
    AddressOfRecord id = address(user);
    boolean elsewhere = running.filter(server -> !server.core.mayUseIm(id) && !server.core.devices(id).isEmpty()).isPresent();
    return elsewhere ? id : known(user);
  }

  private AddressOfRecord known(String user) {
    AddressOfRecord id = address(user);
    return stored.subscribers
        .resolve(id)
        .map(Subscriber::id)
        .or(() -> running.filter(server -> server.core.mayUseIm(id)).map(server -> id)) // behind another core the users are in its profiles, not here
        .orElseThrow(() -> new NotPossible(NotPossible.Kind.MISSING, "there is no user " + id));
  }

  /// `alice`, `alice@domain`, `+4912345` or a URI.
  private AddressOfRecord address(String user) {
    String uri = user;
    if (user.startsWith("+")) {
      uri = "tel:" + user;
    } else if (!user.matches("(?i)(sips?|tel):.*")) {
      uri = "sip:" + user + (user.indexOf('@') >= 0 ? "" : "@" + stored.domain);
    }
    try {
      return AddressOfRecord.of(uri);
    } catch (Malformed e) {
      throw new NotPossible(NotPossible.Kind.WRONG, "\"" + user + "\" is no address: " + e.getMessage());
    }
  }

  @Override
  public void reloadTls() {
    running.orElseThrow(LocalAdministration::notRunning).reloadTls.run();
  }

  private static NotPossible notRunning() {
    return new NotPossible(NotPossible.Kind.NOT_RUNNING, "the server has to be running for this: ./tucket serve");
  }
}
