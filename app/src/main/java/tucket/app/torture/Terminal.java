// A bare SIP client for the crash test: a socket, digest, requests and what comes in.
package tucket.app.torture;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tucket.client.Account;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// Apart from the client library on purpose: what that one does for its user (recognising repeats, answering) would hide what the server does.
/// Thread-safe.
final class Terminal implements AutoCloseable {
  private static final int CHALLENGES = 2;

  private final World world;
  private final Account account;
  private final Endpoint server;
  private final SipStack stack;
  private final AtomicLong sequence = new AtomicLong(1);
  private volatile @Nullable Held registrar;
  private volatile @Nullable Held proxy;

  private record Held(DigestChallenge challenge, AtomicLong uses) {}

  /// Listens at `local` and hands each request that comes in to `arrivals`; `lost` hears when a connection ends. Throws [Unavailable].
  Terminal(World world, Account account, Endpoint server, Endpoint local, Consumer<ServerTransaction> arrivals, Runnable lost) {
    this.world = world;
    this.account = account;
    this.server = server;
    this.stack = new SipStack(
        world,
        SipSettings.DEFAULT,
        uri -> {
          throw new Unavailable("everything goes to the server");
        },
        new SipStack.Handler() {
          @Override
          public void request(ServerTransaction tx) {
            arrivals.accept(tx);
          }

          @Override
          public void closed(Flow flow) {
            lost.run();
          }
        });
    try {
      stack.listen(local);
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  Account account() {
    return account;
  }

  /// Sends a request, proves who sends it, and blocks for the final response: 408 for silence, 503 for a server that is not there.
  SipResponse request(SipRequest request, Duration patience) {
    SipRequest whole = request.edit()
        .with(Header.FROM, NameAddr.of(account.address()).withTag(world.chance().token(6)).toString())
        .with(Header.CALL_ID, world.chance().token(12))
        .with(Header.MAX_FORWARDS, "70")
        .request();
    SipResponse response = exchange(whole, patience);
    for (int i = 0; i < CHALLENGES && challenged(response); i++) {
      response = exchange(whole, patience);
    }
    return response;
  }

  private SipResponse exchange(SipRequest request, Duration patience) {
    Edit edit = request.edit().with(Header.CSEQ, sequence.incrementAndGet() + " " + request.method());
    prove(edit, request, Header.AUTHORIZATION, registrar);
    prove(edit, request, Header.PROXY_AUTHORIZATION, proxy);
    SipRequest proven = edit.request();
    return stack.send(proven, new Target.To(server), Deadline.in(patience, world.clock())).asResponse(proven);
  }

  private void prove(Edit edit, SipRequest request, Header header, @Nullable Held held) {
    if (held != null) {
      edit.with(
          header,
          Digest.answer(
                  held.challenge, account.name(), account.password(), request.method(), request.uriText(), world.chance().token(8),
                  held.uses.incrementAndGet(), request.body())
              .toString());
    }
  }

  private boolean challenged(SipResponse response) {
    if (response.status() == 401) {
      registrar = held(response, Header.WWW_AUTHENTICATE).orElse(null);
      return registrar != null;
    }
    if (response.status() == 407) {
      proxy = held(response, Header.PROXY_AUTHENTICATE).orElse(null);
      return proxy != null;
    }
    return false;
  }

  private static Optional<Held> held(SipResponse response, Header header) {
    return DigestChallenge.choose(response.lines(header)).map(challenge -> new Held(challenge, new AtomicLong()));
  }

  /// Sends the ACK of a 2xx.
  void acknowledge(SipRequest ack) {
    stack.acknowledge(ack, new Target.To(server));
  }

  /// Sends a request within a dialog and blocks for the final response.
  void within(SipRequest request, Duration patience) {
    stack.send(request, new Target.To(server), Deadline.in(patience, world.clock()));
  }

  /// As a phone that loses its network.
  @Override
  public void close() {
    stack.close();
  }
}
