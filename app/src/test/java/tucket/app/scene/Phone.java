// A device of somebody in a scene.
package tucket.app.scene;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Pager;
import tucket.client.Receipt;
import tucket.client.Refused;
import tucket.client.Session;
import tucket.client.Sessions;
import tucket.protocol.document.DeferredList;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.sip.Uri;
import tucket.transport.World;

/// Keeps all that arrived over its whole life, also while it was off in between; what a step has looked at is marked as seen.
final class Phone implements Pager.Listener, Sessions.Listener, AutoCloseable {
  private static final List<String> RCSE =
      List.of("+g.oma.sip-im", "+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcse.im\"");

  final String owner;
  final String device;
  final List<Incoming> messages = new CopyOnWriteArrayList<>();
  final List<Receipt> receipts = new CopyOnWriteArrayList<>();
  final List<DeferredList> notices = new CopyOnWriteArrayList<>();
  int seenMessages;
  int seenNotices;
  final Wire wire = new Wire();
  final Set<String> unanswered = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  private final World world;
  private volatile ClientSettings settings;
  /// The entity tag of what this phone has published, by event package.
  final Map<String, String> tags = new ConcurrentHashMap<>();
  private volatile @Nullable ImClient client;
  private volatile int answer = 200;
  private volatile boolean once;
  private volatile boolean rcse;
  private volatile boolean tlsAlone;
  private final AtomicInteger nextInvitation = new AtomicInteger();
  private volatile Optional<MsrpUri> relay = Optional.empty();
  private volatile @Nullable Session session;
  private CountDownLatch silence = new CountDownLatch(0);

  Phone(World world, String owner, String device, ClientSettings settings) {
    this.world = new World(world.clock(), new TappedNetwork(world.network(), wire), world.chance(), world.threads());
    this.owner = owner;
    this.device = device;
    this.settings = settings;
  }

  String name() {
    return owner + "'s " + device;
  }

  boolean isOn() {
    return client != null;
  }

  void change(ClientSettings to) {
    ClientSettings capable = rcse ? to.withFeatures(RCSE) : to;
    ClientSettings proven = tlsAlone ? capable.withMediaTls(ClientSettings.MediaTls.ALWAYS) : capable;
    settings = relay.map(proven::withRelay).orElse(proven);
  }

  /// From now on it has sessions and takes no messages outside of them.
  void becomesRcse() {
    rcse = true;
  }

  /// From its next registration on it opens no session without TLS.
  void insistsOnTls() {
    tlsAlone = true;
    off();
  }

  /// From its next registration on its sessions go by way of that relay.
  void usesRelay(MsrpUri at) {
    relay = Optional.of(at);
    off();
  }

  Session session() {
    Session current = session;
    if (current == null || current.isOver()) {
      throw new AssertionError(name() + " is in no session");
    }
    return current;
  }

  boolean isInSession() {
    Session current = session;
    return current != null && !current.isOver();
  }

  void joins(Session opened) {
    session = opened;
  }

  @Override
  public void opened(Session opened) {
    session = opened;
  }

  @Override
  public void message(Session in, Incoming message) {
    take(message);
  }

  ClientSettings settings() {
    return settings;
  }

  /// The client, switched on where it is off.
  synchronized ImClient client() {
    ImClient on = client;
    if (on == null) {
      on = new ImClient(world, settings);
      on.pager().listen(this);
      on.sessions().listen(this);
      client = on;
    }
    return on;
  }

  /// Closes its sockets without a word.
  synchronized void off() {
    ImClient on = client;
    if (on != null) {
      silence.countDown();
      on.close();
      client = null;
    }
  }

  /// From now on messages are answered so; 0 is silence.
  synchronized void answers(int status, boolean justOnce) {
    silence.countDown();
    silence = new CountDownLatch(status == 0 ? 1 : 0);
    answer = status;
    once = justOnce;
  }

  /// A message of that text is answered so, whenever it comes; 200 takes it again.
  void refuses(String text, int status) {
    refusals.put(text, status == 200 ? 0 : status);
  }

  /// The next INVITE is answered so, the one after it as ever.
  void refusesNextInvitation(int status) {
    nextInvitation.set(status);
  }

  @Override
  public void invited(Uri from) {
    int status = nextInvitation.getAndSet(0);
    if (status != 0) {
      throw new Refused(status, "as the scene wants it");
    }
  }

  @Override
  public void message(Incoming message) {
    if (rcse) {
      throw new Refused(403, "as RCS-e terminals do");
    }
    take(message);
  }

  private void take(Incoming message) {
    int always = refusals.getOrDefault(message.text(), 0);
    if (always != 0) {
      throw new Refused(always, "as the scene wants it");
    }
    int status = answer;
    CountDownLatch quiet;
    synchronized (this) {
      quiet = silence;
      if (once) {
        answer = 200;
        once = false;
        silence = new CountDownLatch(0);
      }
    }
    if (status == 0) {
      unanswered.add(message.text());
      await(quiet);
      unanswered.remove(message.text());
      throw new Refused(480, "as the scene wants it"); // a 408 would not leave (RFC 4320 section 4.2)
    }
    if (status != 200) {
      throw new Refused(status, "as the scene wants it");
    }
    messages.add(message);
  }

  @Override
  public void receipt(Receipt receipt) {
    receipts.add(receipt);
  }

  @Override
  public void waiting(DeferredList list) {
    notices.add(list);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits until all that was shown is confirmed.
  void settle() {
    ImClient on = client;
    if (on != null) {
      try {
        on.pager().settle(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    off();
  }
}
