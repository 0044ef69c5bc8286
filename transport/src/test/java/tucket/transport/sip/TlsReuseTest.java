// TLS: names that certificates have to show, and connections that the peer proved to be its own (RFC 5922, RFC 5923).
package tucket.transport.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.Uri;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.dns.Resolver;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class TlsReuseTest {
  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  /// A domain with its own certificate, network and stack; everybody trusts both certificates.
  private final class Domain {
    final String name;
    final World world;
    final SipStack stack;
    final Endpoint at;

    Domain(String name, TlsSettings.Identity identity, Path trust, Resolver resolver) {
      this.name = name;
      TlsSettings tls = TlsSettings.server(identity).withTrust(new TlsSettings.Authorities(trust)).withClientAuth(TlsSettings.ClientAuth.WANTED);
      SystemWorld own = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(tls));
      world = own.world();
      stack = new SipStack(world, SipSettings.DEFAULT.withSentBy(name), resolver, tx -> tx.respond(Requests.answer(tx.request(), 200)));
      at = stack.listen(Requests.endpoint(Protocol.TLS, 0));
      open.add(stack);
      open.add(own);
    }

    Outcome send(String uri) {
      CompletableFuture<Outcome> outcome = new CompletableFuture<>();
      SipRequest request = Requests.message("x").withUri(Uri.parse(uri));
      world.threads().start("sender", () ->
          outcome.complete(stack.send(request, Target.nextHop(request), Deadline.in(Duration.ofSeconds(20), world.clock()))));
      return Scene.ended(outcome);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void aDomainThatProvedItsNameIsReachedOverTheConnectionItOpened() throws IOException {
    TlsSettings.Identity forA = SelfSigned.make(folder.resolve("a"), List.of("a.example"), YEAR);
    TlsSettings.Identity forB = SelfSigned.make(folder.resolve("b"), List.of("b.example"), YEAR);
    Path trust = folder.resolve("both.pem");
    Files.writeString(trust, Files.readString(forA.certificateChain()) + Files.readString(forB.certificateChain()));
    List<Domain> domains = new ArrayList<>();
    Resolver resolver = uri -> domains.stream().filter(d -> uri.host().endsWith(d.name)).map(d -> d.at).toList();
    Domain a = new Domain("a.example", forA, trust, resolver);
    Domain b = new Domain("b.example", forB, trust, resolver);
    domains.addAll(List.of(a, b));

    assertThat(a.send("sips:bob@b.example")).isInstanceOf(Outcome.Answered.class);
    assertThat(b.send("sips:alice@a.example")).isInstanceOf(Outcome.Answered.class);
    assertThat(a.stack.counters().connections()).isEqualTo(1);
    assertThat(b.stack.counters().connections()).isEqualTo(1);

    // the same address under a name that the certificate does not show is another matter
    assertThat(a.send("sips:bob@evil.b.example")).isInstanceOf(Outcome.Unreachable.class);
  }
}
