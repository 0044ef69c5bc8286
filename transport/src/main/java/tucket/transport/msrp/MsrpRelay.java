// The relay role: clients behind a NAT are reached over the connection that they have opened.
package tucket.transport.msrp;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.MsrpHeader;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpResponse;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.MsrpUri;
import tucket.transport.Clock;
import tucket.transport.Endpoint;

/// RFC 4976. A client proves by AUTH who it is and gets a URI (Use-Path) that leads to it as long as its connection stands and the URI has not expired;
/// what comes for that URI is passed to it, and what it sends over that URI is passed on. Nobody else's requests are. Belongs to an [MsrpStack];
/// thread-safe.
final class MsrpRelay {
  private static final Logger LOG = LoggerFactory.getLogger(MsrpRelay.class);
  private static final int ID_BYTES = 16;
  private static final int WRONG_LOGINS = 5;

  final MsrpStack stack;
  final RelaySettings settings;
  private final RelayUsers users;
  private final Map<String, RelayPath> paths = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

  MsrpRelay(MsrpStack stack, RelaySettings settings, RelayUsers users) {
    this.stack = stack;
    this.settings = settings;
    this.users = users;
  }

  Optional<RelayPath> find(String sessionId) {
    return Optional.ofNullable(paths.get(sessionId));
  }

  int size() {
    return paths.size();
  }

  /// Whether an AUTH is for this relay itself and not to be passed on: it names one of our addresses and no session.
  boolean isAsked(MsrpRequest head) {
    List<MsrpUri> to = head.toPath();
    return head.is(MsrpRequest.AUTH) && to.size() == 1 && to.getFirst().sessionId().isEmpty();
  }

  /// RFC 4976 section 6.3; the answer. `tries` counts the wrong logins of the connection.
  MsrpResponse authenticate(MsrpRequest auth, MsrpConnection client, AtomicInteger tries) {
    Endpoint from = new Endpoint(client.flow.protocol(), client.flow.remote());
    if (settings.tlsAlone() && !from.protocol().secure()) {
      return MsrpResponse.to(auth, MsrpStatus.FORBIDDEN).withComment("AUTH is taken over TLS alone");
    }
    List<String> given = auth.headers().stream().filter(h -> h.name().equalsIgnoreCase(MsrpHeader.AUTHORIZATION)).map(MsrpHeader::value).toList();
    return switch (users.judge(auth.toPath().getLast().toString(), given, from.address().getAddress())) {
      case RelayUsers.Verdict.Challenged again -> {
        if (!given.isEmpty() && tries.incrementAndGet() >= WRONG_LOGINS) {
          yield MsrpResponse.to(auth, MsrpStatus.FORBIDDEN).withComment("Too many wrong passwords");
        }
        yield again.challenges().stream().reduce(MsrpResponse.to(auth, MsrpStatus.UNAUTHORIZED),
            (r, c) -> r.and(MsrpHeader.WWW_AUTHENTICATE, c), (one, other) -> other);
      }
      case RelayUsers.Verdict.Forbidden no -> MsrpResponse.to(auth, MsrpStatus.FORBIDDEN).withComment(no.reason());
      case RelayUsers.Verdict.Admitted user -> admitted(auth, client, user);
    };
  }

  private MsrpResponse admitted(MsrpRequest auth, MsrpConnection client, RelayUsers.Verdict.Admitted user) {
    Duration life = settings.usual();
    Optional<String> wished = auth.first(MsrpHeader.EXPIRES);
    if (wished.isPresent()) {
      life = Duration.ofSeconds(seconds(wished.get()));
      if (life.compareTo(settings.least()) < 0) {
        return MsrpResponse.to(auth, MsrpStatus.OUT_OF_BOUNDS).with(MsrpHeader.MIN_EXPIRES, Long.toString(settings.least().toSeconds()));
      }
      if (life.compareTo(settings.most()) > 0) {
        return MsrpResponse.to(auth, MsrpStatus.OUT_OF_BOUNDS).with(MsrpHeader.MAX_EXPIRES, Long.toString(settings.most().toSeconds()));
      }
    }
    if (paths.size() >= settings.paths() || !count(user.user())) {
      return MsrpResponse.to(auth, MsrpStatus.FORBIDDEN).withComment("Too many paths at once");
    }
    MsrpUri own = auth.toPath().getFirst();
    MsrpUri uri = MsrpUri.of(own.secure(), own.host(), own.port(), stack.world().chance().token(ID_BYTES));
    RelayPath path = new RelayPath(this, uri, client, user.user());
    paths.put(uri.sessionId(), path);
    Clock.Alarm end = stack.world().clock().after(life, () -> remove(path));
    path.endsBy(end);
    client.carries(path);
    LOG.info("event=relay_path user={} peer={} life={}", user.user(), client.flow.remote(), life.toSeconds());
    return MsrpResponse.granted(auth, List.of(uri), life.toSeconds()).with(MsrpHeader.AUTHENTICATION_INFO, user.info());
  }

  private static long seconds(String text) {
    if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new Malformed("Expires is no number of seconds");
    }
    return Long.parseLong(text);
  }

  private boolean count(String user) {
    int now = counts.computeIfAbsent(user, u -> new AtomicInteger()).incrementAndGet();
    if (now > settings.pathsOfUser()) {
      release(user);
      return false;
    }
    return true;
  }

  private void release(String user) {
    counts.computeIfPresent(user, (u, n) -> n.decrementAndGet() == 0 ? null : n);
  }

  /// It has expired, or the client's connection is gone.
  void remove(RelayPath path) {
    if (paths.remove(path.uri().sessionId(), path)) {
      release(path.user());
      path.close();
    }
  }
}
