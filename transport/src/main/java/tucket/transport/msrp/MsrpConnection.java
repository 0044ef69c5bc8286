// One connection that carries MSRP.
package tucket.transport.msrp;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.Continuation;
import tucket.protocol.msrp.MsrpReader;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpResponse;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.MsrpWriter;
import tucket.protocol.msrp.SessionEvent;
import tucket.transport.Flow;

/// Reads on the network's event threads and hands what it finds to the sessions that it is for; a request for none is answered 481.
final class MsrpConnection implements MsrpReader.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(MsrpConnection.class);

  final Flow flow;
  final long number;
  private final MsrpStack stack;
  private final MsrpReader reader = new MsrpReader();
  private final Set<MsrpEnd> ends = ConcurrentHashMap.newKeySet();
  private final Set<RelayPath> paths = ConcurrentHashMap.newKeySet();
  private final Set<Object> pausing = new HashSet<>();
  private final AtomicInteger wrongLogins = new AtomicInteger();
  private @Nullable MsrpEnd current;
  private @Nullable RelayedRequest passing;
  private @Nullable MsrpRequest orphan;
  private Optional<String> objection = Optional.empty(); // to the orphan

  MsrpConnection(MsrpStack stack, Flow flow, long number) {
    this.stack = stack;
    this.flow = flow;
    this.number = number;
  }

  void received(byte[] data) {
    try {
      reader.read(data, this);
    } catch (Malformed noise) {
      flow.close(); // where the next message begins is lost
    }
  }

  @Override
  public void request(MsrpRequest head) {
    current = null;
    passing = null;
    orphan = head;
    try {
      if (isRelayed(head)) {
        return;
      }
      Optional<MsrpEnd> end = stack.find(head.toPath().getFirst().sessionId());
      objection = end.flatMap(e -> e.objection(flow));
      if (end.isPresent() && objection.isEmpty()) {
        current = end.get();
        orphan = null;
        add(end.get());
        end.get().post(new SessionEvent.Head(number, head));
      }
    } catch (Malformed unreadable) {
      orphan = null; // nobody to answer to
    }
  }

  /// Whether it is for the relay to pass on.
  private boolean isRelayed(MsrpRequest head) {
    Optional<RelayPath> path = stack.relay().flatMap(r -> r.find(head.toPath().getFirst().sessionId()));
    if (path.isPresent()) {
      passing = new RelayedRequest(path.get(), head, this);
      orphan = null;
    }
    return path.isPresent();
  }

  /// A path that a relay has handed out over this connection.
  void carries(RelayPath path) {
    paths.add(path);
  }

  void forget(RelayPath path) {
    paths.remove(path);
    pause(path, false);
  }

  void add(MsrpEnd end) {
    if (ends.add(end)) {
      end.over(this);
    }
  }

  int sessions() {
    return ends.size();
  }

  /// The session has ended; a connection that no other one uses is closed.
  void released(MsrpEnd end) {
    pause(end, false);
    ends.remove(end);
    if (ends.isEmpty() && paths.isEmpty()) {
      flow.close();
    }
  }

  /// Nothing is read while any of the sessions, or of the relay's paths, wants that.
  void pause(Object who, boolean on) {
    synchronized (pausing) {
      if (on ? pausing.add(who) : pausing.remove(who)) {
        flow.reading(pausing.isEmpty());
      }
    }
  }

  @Override
  public void body(byte[] data, int from, int to) {
    if (current != null) {
      current.body(number, data, from, to);
    } else if (passing != null) {
      passing.body(data, from, to);
    }
  }

  @Override
  public void end(Continuation continuation, boolean hadBody) {
    if (current != null) {
      current.post(new SessionEvent.End(number, continuation));
    } else if (passing != null) {
      passing.end(continuation, hadBody);
    } else if (orphan != null && stack.relay().filter(r -> r.isAsked(orphan())).isPresent()) {
      authenticate(stack.relay().get(), orphan());
    } else if (orphan != null && objection.isPresent()) {
      refuse(Optional.of(orphan), objection.get());
    } else if (orphan != null && orphan.wantsResponse(MsrpStatus.NO_SESSION)) {
      try {
        flow.send(MsrpWriter.write(MsrpResponse.to(orphan, MsrpStatus.NO_SESSION)));
      } catch (Malformed unreadable) {
        flow.close();
      }
    }
    current = null;
    passing = null;
    orphan = null;
  }

  private MsrpRequest orphan() {
    return Objects.requireNonNull(orphan);
  }

  private void authenticate(MsrpRelay relay, MsrpRequest auth) {
    try {
      MsrpResponse answer = relay.authenticate(auth, this, wrongLogins);
      flow.send(MsrpWriter.write(answer));
      if (answer.status() == MsrpStatus.FORBIDDEN) {
        flow.close();
      }
    } catch (Malformed unreadable) {
      flow.send(MsrpWriter.write(MsrpResponse.to(auth, MsrpStatus.BAD_REQUEST)));
    }
  }

  /// RFC 4975 section 14.4: this is not the peer that was meant. He is told why where he has asked for something, and cut.
  void refuse(Optional<MsrpRequest> request, String why) {
    LOG.warn("event=msrp_peer_refused peer={} why=\"{}\"", flow.remote(), why);
    try {
      request.filter(r -> r.wantsResponse(MsrpStatus.FORBIDDEN))
          .ifPresent(r -> flow.send(MsrpWriter.write(MsrpResponse.to(r, MsrpStatus.FORBIDDEN).withComment(why))));
    } catch (Malformed unreadable) {
      LOG.debug("{} can't be answered", flow.remote());
    }
    flow.close();
  }

  @Override
  public void response(MsrpResponse response) {
    try {
      String id = response.toPath().getFirst().sessionId();
      stack.find(id).ifPresent(e -> e.answered(response));
      stack.relay().flatMap(r -> r.find(id)).ifPresent(p -> p.answered(response));
    } catch (Malformed unreadable) {
      ends.forEach(e -> e.post(new SessionEvent.Answered(response))); // known by its transaction id alone
    }
  }

  /// The connection is gone.
  void lost() {
    ends.stream().sorted(Comparator.comparing(e -> e.uri().sessionId())).forEach(e -> e.post(new SessionEvent.Lost(number)));
    stack.relay().ifPresent(r -> List.copyOf(paths).forEach(r::remove));
  }
}
