// Somebody who writes: one message after the other, each until the server has acknowledged it.
package tucket.app.torture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.transport.Endpoint;
import tucket.transport.sip.ServerTransaction;

/// Where no answer came, or one that is no 2xx, the same message is sent again under the same Message-ID: so a client behaves that wants
/// neither loss nor doubles.
final class Writer {
  private final Stage stage;
  private final String person;
  private final Endpoint local;
  private final Endpoint server;
  private final List<String> recipients;
  private final SplittableRandom random;
  private final LongAdder refusals;
  private final LongAdder retries;
  private final Talks.Takes incoming;
  private volatile boolean stopped;

  /// `refusals` counts the 503 that the server itself answered, `retries` everything that was not acknowledged. `incoming` is shown what comes in
  /// the sessions that this one opens.
  Writer(Stage stage, String person, Endpoint local, Endpoint server, List<String> recipients, SplittableRandom random, LongAdder refusals,
      LongAdder retries, Talks.Takes incoming) {
    this.stage = stage;
    this.person = person;
    this.local = local;
    this.server = server;
    this.recipients = List.copyOf(recipients);
    this.random = random;
    this.refusals = refusals;
    this.retries = retries;
    this.incoming = incoming;
  }

  void start() {
    stage.start("writer " + person, this::write);
  }

  /// Ends after the message it is at has been acknowledged.
  void stop() {
    stopped = true;
  }

  private void write() {
    Map<String, Long> numbers = new HashMap<>();
    List<String> others = new ArrayList<>(recipients);
    Consumer<ServerTransaction> nobody = tx -> tx.respond(SipResponse.to(tx.request(), Status.NOT_FOUND));
    if (stage.sessions) {
      talk();
      return;
    }
    try (Terminal line = new Terminal(stage.world, stage.account(person), server, local, nobody, () -> {})) {
      while (!stopped && !stage.isOver()) {
        String to = others.get(random.nextInt(others.size()));
        long number = numbers.merge(to, 1L, Long::sum);
        String content = Texts.content(person, to, number);
        Item item = new Item(Item.Kind.MESSAGE, stage.world.chance().token(10), person, to, number, content);
        send(line, item);
        if (random.nextInt(4) == 0) {
          stage.pause(random.nextLong(1, 20));
        }
      }
    }
  }

  /// Sessions, one after the other: the first message in the INVITE, further ones over MSRP; where a session is lost, another one.
  private void talk() {
    Map<String, Long> numbers = new HashMap<>();
    AtomicReference<Optional<Talks>> sessions = new AtomicReference<>(Optional.empty());
    Consumer<ServerTransaction> arrivals = tx -> {
      if (!sessions.get().map(t -> t.within(tx)).orElse(false)) {
        tx.respond(SipResponse.to(tx.request(), Status.NOT_FOUND));
      }
    };
    try (Terminal line = new Terminal(stage.world, stage.account(person), server, local, arrivals, () -> {});
        Talks talks = new Talks(stage.world, line, local)) {
      sessions.set(Optional.of(talks));
      while (!stopped && !stage.isOver()) {
        String to = recipients.get(random.nextInt(recipients.size()));
        Optional<Talks.Talk> in = Optional.empty();
        for (int left = random.nextInt(1, 8); left > 0 && !stopped && !stage.isOver(); left--) {
          long number = numbers.merge(to, 1L, Long::sum);
          Item item = new Item(Item.Kind.MESSAGE, stage.world.chance().token(10), person, to, number, Texts.content(person, to, number));
          in = say(talks, in, item);
        }
        in.ifPresent(Talks.Talk::bye);
      }
    }
  }

  private Optional<Talks.Talk> say(Talks talks, Optional<Talks.Talk> in, Item item) {
    byte[] cpim = Texts.message(item, stage::address, stage.dateTime()).body();
    Optional<Talks.Talk> talk = in.filter(t -> !t.isOver());
    while (!stage.isOver()) {
      boolean taken;
      if (talk.isPresent()) {
        taken = talk.get().say(cpim);
      } else {
        talk = talks.invite(stage.address(item.to()), cpim, Stage.contact(person, local), incoming);
        taken = talk.isPresent();
      }
      if (taken) {
        stage.ledger.acknowledged(item);
        return talk;
      }
      retries.increment();
      talk.ifPresent(Talks.Talk::bye);
      talk = Optional.empty();
      stage.pause(random.nextLong(50, 300));
    }
    return talk;
  }

  private void send(Terminal line, Item item) {
    SipRequest request = Texts.message(item, stage::address, stage.dateTime());
    while (!stage.isOver()) {
      SipResponse answer = line.request(request, Stage.PATIENCE);
      if (answer.isSuccess()) {
        stage.ledger.acknowledged(item);
        return;
      }
      retries.increment();
      if (answer.status() == Status.SERVICE_UNAVAILABLE && answer.has(tucket.protocol.sip.Header.RETRY_AFTER)) {
        refusals.increment();
      }
      stage.pause(random.nextLong(50, 300));
    }
  }
}
