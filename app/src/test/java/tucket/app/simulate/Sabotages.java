// Servers that are wrong in one way each.
package tucket.app.simulate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.Schema;
import tucket.server.reference.Delivery;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im7ClientServer;
import tucket.server.reference.Invitation;
import tucket.server.reference.Reached;
import tucket.store.Engine;
import tucket.store.Entry;
import tucket.store.Key;
import tucket.store.Kind;
import tucket.store.Partition;
import tucket.store.Transaction;
import tucket.store.View;
import tucket.transport.Deadline;
import tucket.transport.Pending;
import tucket.transport.World;

final class Sabotages {
  private Sabotages() {}

  /// A device that says nothing counts as one that has the message: it leaves the queue before the acknowledgement.
  static final class SilenceIsConsent implements Sabotage {
    @Override
    public Im2ServerCore core(Im2ServerCore right, World world) {
      return new Wrapped(right) {
        @Override
        public Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
          return right.deliver(user, request, to, by).then(delivery -> {
            Map<DeviceId, SipResponse> answers = new LinkedHashMap<>();
            delivery.answers().forEach((device, answer) -> answers.put(device, answer.status() == 408 ? SipResponse.to(request, 200) : answer));
            return new Delivery(answers);
          });
        }
      };
    }
  }

  /// The Message-ID changes on its way to the device.
  static final class Renames implements Sabotage {
    @Override
    public Im2ServerCore core(Im2ServerCore right, World world) {
      return new Wrapped(right) {
        @Override
        public Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
          String body = new String(request.body(), StandardCharsets.UTF_8).replace("imdn.Message-ID: m-", "imdn.Message-ID: M-");
          return right.deliver(user, request.withBody(request.contentType().orElseThrow(), body.getBytes(StandardCharsets.UTF_8)), to, by);
        }
      };
    }
  }

  /// A new message is said to be stored, and is not.
  static final class AnswersTooEarly implements Sabotage {
    @Override
    public Engine engine(Engine right) {
      return new Altered(right) {
        @Override
        void alter(Transaction tx) {
          Key queue = Key.of(Schema.QUEUE);
          Key state = Key.of(Schema.STATE);
          tx.deleteRange(queue.bytes(), queue.end());
          tx.deleteRange(state.bytes(), state.end());
        }
      };
    }
  }

  /// What a user deletes is said to be gone, and is not.
  static final class KeepsWhatIsDeleted implements Sabotage {
    @Override
    public Engine engine(Engine right) {
      return new Altered(right) {
        @Override
        void alter(Transaction tx) {
          Key trace = Key.of(Schema.TRACE);
          for (Entry entry : tx.scan(trace.bytes(), trace.end(), Integer.MAX_VALUE)) {
            if (new String(entry.value(), StandardCharsets.ISO_8859_1).contains("by the user")) {
              throw new Undone();
            }
          }
        }

        @Override
        public <T> T write(Partition of, Function<Transaction, T> body) {
          List<T> results = new ArrayList<>();
          try {
            return super.write(of, tx -> {
              results.add(body.apply(tx));
              return results.getLast();
            });
          } catch (Undone deletion) {
            return results.getLast();
          }
        }
      };
    }
  }

  private static final class Undone extends RuntimeException {}

  /// What a device has taken is handed to it once more, two minutes later.
  static final class DeliversAgain implements Sabotage {
    @Override
    public Im2ServerCore core(Im2ServerCore right, World world) {
      return new Wrapped(right) {
        @Override
        public Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
          Runnable again = () -> right.deliver(user, request, to, Deadline.in(Duration.ofSeconds(12), world.clock())).await();
          world.clock().after(Duration.ofMinutes(2), () -> world.threads().start("again", again));
          return right.deliver(user, request, to, by);
        }
      };
    }
  }

  /// A message in a session is answered 200 before it is safe, and its fate forgotten.
  static final class SettlesTooEarly implements Sabotage {
    @Override
    public Im7ClientServer media(Im7ClientServer right) {
      return new Heard(right) {
        @Override
        void message(Im7ClientServer.Listener listener, Im7ClientServer.Content content, IntConsumer settle) {
          settle.accept(200);
          listener.message(content, status -> {});
        }
      };
    }
  }

  /// A message in a session is answered 200 and goes nowhere.
  static final class SwallowsInSession implements Sabotage {
    @Override
    public Im7ClientServer media(Im7ClientServer right) {
      return new Heard(right) {
        @Override
        void message(Im7ClientServer.Listener listener, Im7ClientServer.Content content, IntConsumer settle) {
          settle.accept(200);
        }
      };
    }
  }

  /// The end of a connection is not noticed, so that its dialog stays.
  static final class HearsOfNoLoss implements Sabotage {
    @Override
    public Im7ClientServer media(Im7ClientServer right) {
      return new Heard(right) {
        @Override
        void lost(Im7ClientServer.Listener listener, String why) {}
      };
    }
  }

  /// The right media, but for what is told of it.
  private abstract static class Heard implements Im7ClientServer {
    private final Im7ClientServer right;

    Heard(Im7ClientServer right) {
      this.right = right;
    }

    void message(Listener listener, Content content, IntConsumer settle) {
      listener.message(content, settle);
    }

    void lost(Listener listener, String why) {
      listener.lost(why);
    }

    @Override
    public boolean serves(boolean secure) {
      return right.serves(secure);
    }

    @Override
    public Media open(boolean secure) {
      return new End(right.open(secure));
    }

    private Listener heard(Listener listener) {
      return new Listener() {
        @Override
        public void message(Content content, IntConsumer settle) {
          Heard.this.message(listener, content, settle);
        }

        @Override
        public void lost(String why) {
          Heard.this.lost(listener, why);
        }
      };
    }

    private final class End implements Media {
      private final Media right;

      End(Media right) {
        this.right = right;
      }

      @Override
      public byte[] offer(Terms terms) {
        return right.offer(terms);
      }

      @Override
      public byte[] answer(MessageOffer offer, Terms terms, Listener listener) {
        return right.answer(offer, terms, heard(listener));
      }

      @Override
      public Optional<Terms> answered(byte[] sdp, Listener listener) {
        return right.answered(sdp, heard(listener));
      }

      @Override
      public byte[] description() {
        return right.description();
      }

      @Override
      public void send(Content content, IntConsumer outcome) {
        right.send(content, outcome);
      }

      @Override
      public void send(Content content, IntConsumer outcome, IntConsumer reported) {
        right.send(content, outcome, reported);
      }

      @Override
      public void end() {
        right.end();
      }
    }
  }

  /// The right Core.
  private static class Wrapped implements Im2ServerCore {
    private final Im2ServerCore right;

    Wrapped(Im2ServerCore right) {
      this.right = right;
    }

    @Override
    public Pending<SipResponse> send(SipRequest request, Deadline by) {
      return right.send(request, by);
    }

    @Override
    public Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
      return right.deliver(user, request, to, by);
    }

    @Override
    public boolean pass(Invitation invitation) {
      return right.pass(invitation);
    }

    @Override
    public Reached invite(SipRequest invite, Reached.Ringing ringing, Deadline by) {
      return right.invite(invite, ringing, by);
    }

    @Override
    public Reached invite(AddressOfRecord user, SipRequest invite, Devices to, Reached.Ringing ringing, Deadline by) {
      return right.invite(user, invite, to, ringing, by);
    }

    @Override
    public List<Device> devices(AddressOfRecord user) {
      return right.devices(user);
    }

    @Override
    public boolean mayUseIm(AddressOfRecord user) {
      return right.mayUseIm(user);
    }

    @Override
    public Iterable<AddressOfRecord> users() {
      return right.users();
    }
  }

  /// The right engine, but for what is done at the end of each transaction.
  private abstract static class Altered implements Engine {
    private final Engine right;

    Altered(Engine right) {
      this.right = right;
    }

    abstract void alter(Transaction tx);

    @Override
    public <T> T read(Partition of, Function<View, T> body) {
      return right.read(of, body);
    }

    @Override
    public <T> T write(Partition of, Function<Transaction, T> body) {
      return right.write(of, tx -> {
        T result = body.apply(tx);
        if (of.kind().equals(Schema.USER)) {
          alter(tx);
        }
        return result;
      });
    }

    @Override
    public Iterable<Partition> partitions(Kind kind) {
      return right.partitions(kind);
    }

    @Override
    public void close() {}
  }
}
