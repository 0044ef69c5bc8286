// Messages from the operator to one, many or all users.
package tucket.server.im.message;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.reference.Im2ServerCore;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.World;

/// OMA requirement S14. The sender is `sip:im-system@domain`, which takes no answers; a system message asks for no notification, and is
/// stored for whoever is offline. It is sent through the terminating functions of its recipient, like any message. Thread-safe.
public final class SystemMessages {
  private static final int PARALLEL = 256;
  private static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(32);

  private final Im2ServerCore core;
  private final World world;
  private final ServiceAddresses services;
  private final ServerNotifications requests;

  public SystemMessages(Im2ServerCore core, World world, ServiceAddresses services, ServerNotifications requests) {
    this.core = core;
    this.world = world;
    this.services = services;
    this.requests = requests;
  }

  /// What became of a system message: how many recipients have it, for how many it waits, and for whom it failed.
  public record Report(String messageId, int delivered, int stored, List<AddressOfRecord> failed) {}

  /// Sends to every user of the service.
  public Report sendToAll(MediaType type, byte[] content) {
    return send(core.users(), type, content);
  }

  /// Sends to these. Blocks until each was served; a few hundred are served at a time.
  public Report send(Iterable<AddressOfRecord> to, MediaType type, byte[] content) {
    String id = "sys-" + world.chance().token(12);
    Clock clock = world.clock();
    AtomicInteger delivered = new AtomicInteger();
    AtomicInteger stored = new AtomicInteger();
    List<AddressOfRecord> failed = new ArrayList<>();
    Semaphore room = new Semaphore(PARALLEL);
    List<CountDownLatch> running = new ArrayList<>();
    for (AddressOfRecord user : to) {
      room.acquireUninterruptibly();
      CountDownLatch done = new CountDownLatch(1);
      running.add(done);
      world.threads().start("system message", () -> {
        try {
          int status = core.send(request(id, user, type, content), Deadline.in(PATIENCE, clock)).await().status();
          if (status == 202) {
            stored.incrementAndGet();
          } else if (status < 300) {
            delivered.incrementAndGet();
          } else {
            add(failed, user);
          }
        } catch (RuntimeException e) {
          add(failed, user);
          throw e; // for the log
        } finally {
          room.release();
          done.countDown();
        }
      });
      running.removeIf(l -> l.getCount() == 0);
    }
    running.forEach(SystemMessages::await);
    synchronized (failed) {
      return new Report(id, delivered.get(), stored.get(), List.copyOf(failed));
    }
  }

  private static void add(List<AddressOfRecord> failed, AddressOfRecord user) {
    synchronized (failed) {
      failed.add(user);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SipRequest request(String id, AddressOfRecord user, MediaType type, byte[] content) {
    CpimMessage cpim =
        CpimMessage.builder()
            .from(services.system().value())
            .to(requests.address(user))
            .messageId(id)
            .dateTime(EnvelopeWriter.dateTime(world.clock().now()))
            .content(type, content)
            .build();
    return requests.request(services.system(), user, cpim);
  }
}
