// Look-ups in the real DNS, with a cache.
package tucket.transport.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import tucket.protocol.sip.IpAddress;
import tucket.transport.Clock;
import tucket.transport.Unavailable;

/// One question is sent to one server at a time, to the next one where it does not answer or can't; aliases (CNAME) are followed.
/// Thread-safe.
final class DnsRecords implements Records {
  private static final int MOST_ALIASES = 8;

  private final DnsNameResolver resolver;
  private final DnsServerAddressStreamProvider servers;
  private final DnsSettings settings;
  private final Clock clock;
  private final DnsCache cache;

  DnsRecords(DnsNameResolver resolver, DnsServerAddressStreamProvider servers, DnsSettings settings, Clock clock) {
    this.resolver = resolver;
    this.servers = servers;
    this.settings = settings;
    this.clock = clock;
    this.cache = new DnsCache(clock, settings);
  }

  @Override
  public List<Naptr> naptr(String name) {
    return found(DnsType.NAPTR, name, Naptr.class);
  }

  @Override
  public List<Srv> srv(String name) {
    return found(DnsType.SRV, name, Srv.class);
  }

  @Override
  public void expect(List<String> srvNames) {
    srvNames.forEach(name -> asked(DnsType.SRV, name));
  }

  @Override
  public List<InetAddress> addresses(String name) {
    if (IpAddress.isIpv4(name) || IpAddress.isIpv6(name)) {
      return List.of(InetAddress.ofLiteral(name));
    }
    asked(DnsType.AAAA, name);
    List<InetAddress> all = new ArrayList<>();
    Unavailable failure = null;
    for (DnsType type : List.of(DnsType.A, DnsType.AAAA)) {
      try {
        all.addAll(found(type, name, InetAddress.class));
      } catch (Unavailable silent) {
        failure = silent;
      }
    }
    if (all.isEmpty() && failure != null) {
      throw failure;
    }
    return all;
  }

  int cached() {
    return cache.size();
  }

  private CompletableFuture<DnsCache.Answer> asked(DnsType type, String name) {
    return cache.answer(new DnsCache.Key(type, name), () -> new Query(type, name).begin());
  }

  private <T> List<T> found(DnsType type, String name, Class<T> kind) {
    try {
      return asked(type, name).get().records().stream().map(kind::cast).toList();
    } catch (ExecutionException failure) {
      // A new one each time, with the caller's own trace: the failure may be a kept one.
      Throwable cause = failure.getCause();
      throw new Unavailable(cause instanceof Unavailable plain ? String.valueOf(plain.getMessage()) : "DNS failed", cause);
    } catch (InterruptedException unwanted) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while DNS was asked for " + name);
    }
  }

  /// One question on its way, from server to server and from alias to alias; all on the resolver's loop after the first step.
  private final class Query {
    private final DnsType type;
    private final String asked;
    private final CompletableFuture<DnsCache.Answer> answer = new CompletableFuture<>();
    private final DnsServerAddressStream stream;
    private String name;
    private int aliases;
    private int sent;
    private long life;

    Query(DnsType type, String name) {
      this.type = type;
      this.asked = name;
      this.name = name;
      this.life = settings.longestLife().toNanos();
      this.stream = servers.nameServerAddressStream(name);
    }

    CompletableFuture<DnsCache.Answer> begin() {
      next("no server was asked");
      return answer;
    }

    private void next(String before) {
      if (sent++ >= settings.queries()) {
        answer.completeExceptionally(
            new Unavailable("DNS gave no answer about " + asked + " (" + type + "): " + before + "; check the name servers."));
        return;
      }
      InetSocketAddress server = stream.next();
      try {
        resolver.query(server, new DefaultDnsQuestion(name, type.wire())).addListener(done -> answered(server, done));
      } catch (RuntimeException noName) {
        answer.completeExceptionally(new Unavailable("\"" + asked + "\" is no name that DNS could know.", noName));
      }
    }

    @SuppressWarnings("unchecked")
    private void answered(InetSocketAddress server, Future<?> done) {
      if (!done.isSuccess()) {
        Throwable cause = done.cause();
        boolean silent = cause instanceof DnsNameResolverTimeoutException;
        next(silent ? "no answer from " + server : server + " can't be asked: " + cause.getMessage());
        return;
      }
      var envelope = (AddressedEnvelope<DnsResponse, InetSocketAddress>) done.getNow();
      try {
        read(server, envelope.content());
      } catch (IndexOutOfBoundsException | CorruptedFrameException | IllegalArgumentException senseless) {
        next("the answer of " + server + " makes no sense");
      } finally {
        envelope.release();
      }
    }

    private void read(InetSocketAddress server, DnsResponse response) {
      if (response.code().equals(DnsResponseCode.NXDOMAIN)) {
        finish(List.of(), settings.emptyLife().toNanos());
        return;
      }
      if (!response.code().equals(DnsResponseCode.NOERROR)) {
        next(server + " says " + response.code());
        return;
      }
      Map<String, String> alias = new HashMap<>();
      Map<String, List<Object>> records = new HashMap<>();
      for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
        DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
        if (record instanceof ByteBufHolder raw) {
          life = Math.min(life, Math.max(0, record.timeToLive()) * 1_000_000_000L);
          ByteBuf data = raw.content().duplicate();
          if (record.type().equals(type.wire())) {
            type.read(data).ifPresent(value -> records.computeIfAbsent(DnsType.plain(record.name()), key -> new ArrayList<>()).add(value));
          } else if (record.type().equals(DnsRecordType.CNAME)) {
            alias.put(DnsType.plain(record.name()), DnsType.name(data));
          }
        }
      }
      String before = name;
      while (!records.containsKey(name) && alias.containsKey(name) && aliases++ < MOST_ALIASES) {
        name = alias.getOrDefault(name, name);
      }
      List<Object> mine = records.getOrDefault(name, List.of());
      if (mine.isEmpty() && !name.equals(before) && aliases < MOST_ALIASES) {
        next("an alias led nowhere");
        return;
      }
      finish(mine, mine.isEmpty() ? settings.emptyLife().toNanos() : life);
    }

    private void finish(List<Object> records, long lifeNanos) {
      answer.complete(new DnsCache.Answer(List.copyOf(records), clock.nanos() + lifeNanos));
    }
  }
}
