// An IM Server with its world around it.
package tucket.server.im;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Uri;
import tucket.server.DurableTrace;
import tucket.server.Limits;
import tucket.server.im.participating.Circumstances;
import tucket.server.im.settings.ImSettings;
import tucket.server.im.settings.UserSettings;
import tucket.server.reference.Leg;
import tucket.server.reference.MemoryXdms;
import tucket.server.reference.XdmAddress;
import tucket.store.Engine;
import tucket.transport.Chance;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Threads;
import tucket.transport.World;

/// alice, bob and carol are users of example.com. To be closed; the engine is the caller's.
public final class ImLab implements AutoCloseable {
  public static final AddressOfRecord ALICE = AddressOfRecord.of("sip:alice@example.com");
  public static final AddressOfRecord BOB = AddressOfRecord.of("sip:bob@example.com");
  public static final AddressOfRecord CAROL = AddressOfRecord.of("sip:carol@example.com");

  public final StillClock clock;
  public final FakeCore core;
  public final Engine engine;
  public final Set<AddressOfRecord> keeping = ConcurrentHashMap.newKeySet();
  public final MemoryXdms xdms = new MemoryXdms();
  public final FakePresence presence = new FakePresence();
  private final Map<AddressOfRecord, UserSettings> chosen = new ConcurrentHashMap<>();
  public final List<Throwable> thrown = new CopyOnWriteArrayList<>();
  public final DurableTrace trace;
  public final World world;
  public final ImSettings settings;
  public final Limits limits;
  public ImServer im;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger numbers = new AtomicInteger();

  public ImLab(Engine engine) {
    this(engine, ImSettings.of("example.com"), Limits.DEFAULT);
  }

  public ImLab(Engine engine, ImSettings settings, Limits limits) {
    this(engine, settings, limits, new FakeCore(), new StillClock());
    core.add(ALICE);
    core.add(BOB);
    core.add(CAROL);
  }

  private ImLab(Engine engine, ImSettings settings, Limits limits, FakeCore core, StillClock clock) {
    this.engine = engine;
    this.settings = settings;
    this.limits = limits;
    this.core = core;
    this.clock = clock;
    world = new World(clock, new NoNetwork(), new Seeded(7), threads());
    trace = new DurableTrace(engine, clock, 10_000);
    im = serve();
  }

  private ImServer serve() {
    Circumstances.Sources sources = new Circumstances.Sources(this::settingsOf, presence, Optional.of(xdms), user -> user, core::identities);
    ImServer server = new ImServer(new ImServer.Parts(world, core, engine, trace, sources, limits, Optional.empty()), settings);
    core.serve(server);
    server.start();
    return server;
  }

  private UserSettings settingsOf(AddressOfRecord user) {
    return chosen.getOrDefault(user, UserSettings.DEFAULT).withStorePagerMessages(keeping.contains(user));
  }

  /// The user has these settings from now on, but for the storing of pager messages: that is in `keeping`.
  public void sets(AddressOfRecord user, UserSettings to) {
    chosen.put(user, to);
    im.settingsChanged(user);
  }

  /// The user's access rules: the content of the ruleset element.
  public void rules(AddressOfRecord user, String rules) {
    xdms.put(XdmAddress.of("org.openmobilealliance.access-rules", user, "access-rules"), """
        <ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:ocp="urn:oma:xml:xdm:common-policy" xmlns:oxe="urn:oma:xml:xdm:extensions">
        %s</ruleset>""".formatted(rules));
  }

  /// Stops the server and starts another one on the same store, among the same phones.
  public ImLab restart() {
    im.close();
    im = serve();
    return this;
  }

  /// The same world with another engine: after a crash.
  public ImLab restartOn(Engine other) {
    im.close();
    ImLab next = new ImLab(other, settings, limits, core, clock);
    next.keeping.addAll(keeping);
    return next;
  }

  private Threads threads() {
    return (name, body) -> {
      running.incrementAndGet();
      Thread.ofVirtual().name(name).start(() -> {
        try {
          body.run();
        } catch (Throwable t) {
          thrown.add(t);
        } finally {
          running.decrementAndGet();
        }
      });
    };
  }

  /// Whether no thread of the server runs.
  public boolean isQuiet() {
    return running.get() == 0;
  }

  /// Waits until no thread of the server runs.
  public ImLab quiet() {
    org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(2)).until(this::isQuiet);
    return this;
  }

  public FakePhone phone(AddressOfRecord user, String id) {
    return core.add(user, new FakePhone(id, true, true));
  }

  public FakePhone plainPhone(AddressOfRecord user, String id) {
    return core.add(user, new FakePhone(id, true, false));
  }

  /// A phone without `+sip.instance`.
  public FakePhone namelessPhone(AddressOfRecord user, String id) {
    return core.add(user, new FakePhone(id, false, true));
  }

  /// The phone registers.
  public void registers(AddressOfRecord user, FakePhone phone) {
    phone.comes();
    im.registered(user);
  }

  public Deadline soon() {
    return Deadline.in(Duration.ofSeconds(28), clock);
  }

  /// `from` sends it; the answer is his server's.
  public SipResponse send(AddressOfRecord from, SipRequest request) {
    return im.handle(request, Leg.ORIGINATING, from, soon()).await();
  }

  /// A text in CPIM with that Message-ID.
  public SipResponse text(AddressOfRecord from, AddressOfRecord to, String id, String text, Disposition... wanted) {
    return send(from, message(from, to, cpim(from, to, id, text, wanted)));
  }

  /// A notification that the message `about` was delivered.
  public SipResponse delivered(AddressOfRecord from, AddressOfRecord to, String id, String about) {
    return send(from, message(from, to, notification(from, to, id, about)));
  }

  public static CpimMessage cpim(AddressOfRecord from, AddressOfRecord to, String id, String text, Disposition... wanted) {
    return CpimMessage.builder().from(from.value()).to(to.value()).messageId(id).dateTime("2026-11-22T07:59:00.000Z").request(wanted)
        .content(MediaType.TEXT_PLAIN.with("charset", "utf-8"), text.getBytes(StandardCharsets.UTF_8)).build();
  }

  public static CpimMessage notification(AddressOfRecord from, AddressOfRecord to, String id, String about) {
    Imdn imdn = Imdn.of(about, "2026-11-22T07:59:00.000Z", Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED);
    return CpimMessage.builder().from(from.value()).to(to.value()).messageId(id).dateTime("2026-11-22T07:59:30.000Z").content(imdn.entity())
        .build();
  }

  public SipRequest message(AddressOfRecord from, AddressOfRecord to, CpimMessage cpim) {
    return message(from, to, MediaType.CPIM, cpim.write());
  }

  public SipRequest bare(AddressOfRecord from, AddressOfRecord to, String text) {
    return message(from, to, MediaType.TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8));
  }

  public SipRequest message(AddressOfRecord from, AddressOfRecord to, MediaType type, byte[] body) {
    int n = numbers.incrementAndGet();
    Edit edit = SipRequest.of("MESSAGE", Uri.parse(to.value())).edit()
        .with(Header.VIA, "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK" + n)
        .with(Header.MAX_FORWARDS, "70")
        .with(Header.FROM, "<" + from + ">;tag=f" + n)
        .with(Header.TO, "<" + to + ">")
        .with(Header.CALL_ID, "call-" + n)
        .with(Header.CSEQ, n + " MESSAGE")
        .with(Header.P_ASSERTED_IDENTITY, "<" + from + ">");
    return edit.body(type, body).request();
  }

  @Override
  public void close() {
    im.close();
  }

  private static final class Seeded implements Chance {
    private final Random random;

    Seeded(long seed) {
      random = new Random(seed);
    }

    @Override
    public void fill(byte[] bytes) {
      random.nextBytes(bytes);
    }
  }

  private static final class NoNetwork implements Network {
    @Override
    public Listener listen(Endpoint local, FlowHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
