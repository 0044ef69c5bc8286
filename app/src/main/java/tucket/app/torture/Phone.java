// A device of the crash test: comes and goes, answers late, wrongly or not at all, and says what it has been shown.
package tucket.app.torture;

import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.transport.Endpoint;
import tucket.transport.Unavailable;
import tucket.transport.sip.ServerTransaction;

/// One thread switches it on and off and sends what it has to say. Its port stays the same, so that nobody else is found there while it is off.
final class Phone {
  private static final String EXPIRES = "600";
  private static final long REGISTER_EVERY_MS = 2_000;
  private static final long LOOK_MS = 50;
  private static final int NOTES_AT_ONCE = 8;

  private final Stage stage;
  private final String person;
  private final String device;
  private final Endpoint local;
  private final SplittableRandom random; // of the phone's own thread
  private final SplittableRandom moods; // guarded by this
  private final Queue<Note> notes = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean lost = new AtomicBoolean();
  private @Nullable Terminal terminal;
  private volatile @Nullable Talks talks;
  private long registeredAt;
  private volatile boolean known;

  /// A notification to be sent, and the message it speaks of.
  private record Note(Item notification, Item about) {}

  Phone(Stage stage, String person, String device, Endpoint local, SplittableRandom random) {
    this.stage = stage;
    this.person = person;
    this.device = device;
    this.local = local;
    this.random = random;
    this.moods = random.split();
    stage.ledger.device(person, device);
  }

  void start() {
    stage.start(device, this::live);
  }

  /// How many notifications it still has to send.
  int unsaid() {
    return notes.size();
  }

  /// Whether the server has acknowledged a registration of it.
  boolean wasRegistered() {
    return known;
  }

  private void live() {
    try {
      while (!stage.isOver()) {
        on();
        if (!stage.isOver()) {
          off();
        }
      }
    } finally {
      close();
    }
  }

  private void on() {
    long until = now() + random.nextLong(1_500, 6_000);
    while (!stage.isOver() && (stage.isSteady() || now() < until)) {
      Terminal line = open();
      if (line == null) {
        stage.pause(LOOK_MS);
        continue;
      }
      if (lost.getAndSet(false) || now() - registeredAt > REGISTER_EVERY_MS) {
        register(line, EXPIRES);
      }
      say(line);
      stage.pause(LOOK_MS);
    }
  }

  /// Politely, or as a phone that loses its network.
  private void off() {
    Terminal line = terminal;
    if (line != null && random.nextInt(3) == 0) {
      register(line, "0");
    }
    close();
    long until = now() + random.nextLong(300, 3_000);
    while (!stage.isOver() && !stage.isSteady() && now() < until) {
      stage.pause(LOOK_MS);
    }
  }

  private long now() {
    return stage.world.clock().nanos() / 1_000_000;
  }

  private @Nullable Terminal open() {
    if (terminal == null) {
      Endpoint server = stage.home(person).at(local.protocol());
      try {
        Terminal line = new Terminal(stage.world, stage.account(person), server, local, this::arrived, () -> lost.set(true));
        terminal = line;
        talks = new Talks(stage.world, line, local);
        registeredAt = now() - REGISTER_EVERY_MS - 1;
      } catch (Unavailable taken) {
        return null; // the port is not free yet
      }
    }
    return terminal;
  }

  private void close() {
    if (terminal != null) {
      terminal.close();
      terminal = null;
    }
    Talks open = talks;
    if (open != null) {
      open.close();
      talks = null;
    }
  }

  private void register(Terminal line, String expires) {
    SipUri contact = Stage.contact(person, local);
    String features = stage.sessions ? Talks.FEATURES : ";+g.oma.sip-im";
    NameAddr self = NameAddr.of(stage.address(person));
    SipRequest request = SipRequest.of("REGISTER", SipUri.of("", stage.home(person).domain()))
        .edit()
        .with(Header.TO, self.toString())
        .with(Header.CONTACT, NameAddr.of(contact) + ";+sip.instance=\"<" + instance() + ">\";reg-id=1" + features + ";expires=" + expires)
        .with(Header.EXPIRES, expires)
        .with(Header.SUPPORTED, "path, outbound, gruu")
        .request();
    boolean done = line.request(request, Stage.PATIENCE).isSuccess();
    known |= done && !expires.equals("0");
    registeredAt = done ? now() : now() - REGISTER_EVERY_MS + 200;
  }

  private String instance() {
    return "urn:uuid:" + java.util.UUID.nameUUIDFromBytes(device.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /// Sends some of the notifications that wait, each until it is acknowledged.
  private void say(Terminal line) {
    for (int i = 0; i < NOTES_AT_ONCE; i++) {
      Note note = notes.peek();
      if (note == null) {
        return;
      }
      SipResponse answer = line.request(Texts.notification(note.notification, note.about, stage::address, stage.dateTime()), Stage.PATIENCE);
      if (!answer.isSuccess()) {
        return; // the same again, with the same id, at the next look
      }
      stage.ledger.acknowledged(note.notification);
      notes.remove();
    }
  }

  private void arrived(ServerTransaction tx) {
    SipRequest request = tx.request();
    Talks open = talks;
    if (open != null && (request.is("INVITE") || request.to().tag().isPresent())) {
      called(open, tx);
      return;
    }
    if (!request.is("MESSAGE")) {
      tx.respond(SipResponse.to(request, Status.OK));
      return;
    }
    int mood = stage.isSteady() ? 100 : mood();
    if (mood < 3) {
      return; // lost on the way up to the user: no answer
    }
    if (mood < 7) {
      tx.respond(SipResponse.to(request, mood < 5 ? Status.SERVICE_UNAVAILABLE : mood < 6 ? Status.TEMPORARILY_UNAVAILABLE : Status.SERVER_INTERNAL_ERROR));
      return;
    }
    try {
      Optional<Item> item = Texts.read(request, person);
      if (stage.sessions && item.filter(i -> i.kind() == Item.Kind.MESSAGE).isPresent()) {
        tx.respond(SipResponse.to(request, Status.FORBIDDEN)); // as RCS-e terminals do
        return;
      }
      item.ifPresentOrElse(i -> shown(i, tx, mood), () -> tx.respond(SipResponse.to(request, Status.OK)));
    } catch (Malformed | NumberFormatException unreadable) {
      tx.respond(SipResponse.to(request, Status.BAD_REQUEST, String.valueOf(unreadable.getMessage())));
    }
  }

  private void called(Talks open, ServerTransaction tx) {
    if (open.within(tx)) {
      return;
    }
    int mood = stage.isSteady() ? 100 : mood();
    if (mood < 3) {
      return;
    }
    if (mood < 8) {
      tx.respond(SipResponse.to(tx.request(), mood < 5 ? Status.BUSY_HERE : mood < 7 ? Status.TEMPORARILY_UNAVAILABLE : Status.SERVER_INTERNAL_ERROR));
      return;
    }
    try {
      Talks.part(tx.request(), MediaType.CPIM).ifPresent(cpim -> taken(cpim, "INVITE"));
      open.accept(tx, Stage.contact(person, local), cpim -> heard(cpim, "in session"));
    } catch (Malformed unreadable) {
      tx.respond(SipResponse.to(tx.request(), Status.BAD_REQUEST, String.valueOf(unreadable.getMessage())));
    }
  }

  /// What it does with a message in a session: the MSRP status, or 0 for losing the connection instead. `way` is noted.
  int heard(byte[] cpim, String way) {
    if (!stage.isSteady() && mood() < 2) {
      return 0; // the connection is gone in the middle
    }
    try {
      taken(cpim, way);
      return Status.OK;
    } catch (Malformed | NumberFormatException unreadable) {
      return Status.BAD_REQUEST;
    }
  }

  private void taken(byte[] cpim, String way) {
    Texts.read(cpim, person).ifPresent(item -> {
      int life = stage.life.get();
      if (stage.ledger.arrived(device, item, way, stage.dateTime(), life) && item.kind() == Item.Kind.MESSAGE) {
        notes.add(new Note(Texts.delivered(item, device), item));
      }
      stage.ledger.answered(device, item.messageId(), life);
    });
  }

  private synchronized int mood() {
    return moods.nextInt(100);
  }

  private void shown(Item item, ServerTransaction tx, int mood) {
    if (stage.ledger.arrived(device, item, "MESSAGE", stage.dateTime(), stage.life.get()) && item.kind() == Item.Kind.MESSAGE) {
      notes.add(new Note(Texts.delivered(item, device), item));
    }
    if (mood < 10) {
      stage.pause(mood < 9 ? 300 : 1_200);
    }
    int life = stage.life.get();
    tx.respond(SipResponse.to(tx.request(), Status.OK));
    stage.ledger.answered(device, item.messageId(), life);
  }
}
