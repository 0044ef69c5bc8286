// A session's relay: asking it to act for us, and the path that it grants.
package tucket.transport.msrp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.MsrpHeader;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpResponse;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.MsrpWriter;
import tucket.transport.Deadline;
import tucket.transport.Unavailable;

/// The client's side of RFC 4976 section 5.1, with one relay. Thread-safe.
final class RelayClient {
  private static final int TRANSACTION_BYTES = 8;
  private static final int TRIES = 4;

  final MsrpConnection connection;
  private final MsrpStack stack;
  private final MsrpUri self;
  private final Map<String, CompletableFuture<MsrpResponse>> asked = new ConcurrentHashMap<>();
  private volatile List<MsrpUri> usePath = List.of();

  RelayClient(MsrpStack stack, MsrpConnection connection, MsrpUri self) {
    this.stack = stack;
    this.connection = connection;
    this.self = self;
  }

  /// The To-Path up to the peer's own path.
  List<MsrpUri> usePath() {
    return usePath;
  }

  /// What peers are told: the relay that they reach first, then the others, then us.
  List<MsrpUri> path() {
    List<MsrpUri> path = new ArrayList<>(usePath.reversed());
    path.add(self);
    return path;
  }

  /// Takes the answer to an AUTH; false where it is none.
  boolean answered(MsrpResponse response) {
    CompletableFuture<MsrpResponse> waiting = asked.remove(response.transactionId());
    return waiting != null && waiting.complete(response);
  }

  /// Blocks until the relay has granted a path; throws [Unavailable] where it does not.
  void authenticate(MsrpUri relay, RelayLogin login) {
    Optional<String> authorization = Optional.empty();
    Optional<String> expires = Optional.empty();
    for (int i = 0; i < TRIES; i++) {
      MsrpRequest auth = MsrpRequest.of(stack.world().chance().token(TRANSACTION_BYTES), MsrpRequest.AUTH, List.of(relay), List.of(self));
      auth = authorization.isPresent() ? auth.with(MsrpHeader.AUTHORIZATION, authorization.get()) : auth;
      auth = expires.isPresent() ? auth.with(MsrpHeader.EXPIRES, expires.get()) : auth;
      MsrpResponse answer = ask(relay, auth);
      switch (answer.status()) {
        case MsrpStatus.OK -> {
          usePath = MsrpUri.parsePath(answer.first(MsrpHeader.USE_PATH).orElseThrow(() -> new Malformed("200 to AUTH without Use-Path")));
          return;
        }
        case MsrpStatus.UNAUTHORIZED -> {
          List<String> challenges =
              answer.headers().stream().filter(h -> h.name().equalsIgnoreCase(MsrpHeader.WWW_AUTHENTICATE)).map(MsrpHeader::value).toList();
          authorization = login.authorization(MsrpRequest.AUTH, relay.toString(), challenges);
          if (authorization.isEmpty()) {
            throw refused(relay, answer);
          }
        }
        case MsrpStatus.OUT_OF_BOUNDS ->
            expires = answer.first(MsrpHeader.MIN_EXPIRES).or(() -> answer.first(MsrpHeader.MAX_EXPIRES)).or(() -> Optional.of("3600"));
        default -> throw refused(relay, answer);
      }
    }
    throw new Unavailable("The MSRP relay " + relay + " takes neither this password nor any life of the path.");
  }

  private static Unavailable refused(MsrpUri relay, MsrpResponse answer) {
    return new Unavailable("The MSRP relay " + relay + " refuses: " + answer.status() + " " + answer.comment());
  }

  private MsrpResponse ask(MsrpUri relay, MsrpRequest auth) {
    CompletableFuture<MsrpResponse> answer = new CompletableFuture<>();
    asked.put(auth.transactionId(), answer);
    Duration patience = stack.settings().times().response();
    try {
      connection.flow.send(MsrpWriter.write(auth));
      return Deadline.in(patience, stack.world().clock()).await(answer, stack.world().clock())
          .orElseThrow(() -> new Unavailable("The MSRP relay " + relay + " does not answer."));
    } finally {
      asked.remove(auth.transactionId());
    }
  }
}
