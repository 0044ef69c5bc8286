// The dialogs that INVITEs have begun, and what arrives within them.
package tucket.server.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tucket.protocol.Malformed;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.transaction.Dialog;
import tucket.transport.Deadline;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// Each leg of a session is a dialog of its own (back to back, RFC 7092): nothing of one dialog shows in the other but what the functions
/// copy. A request within a dialog is known by Call-ID and both tags, one of them our random one. Bounded; thread-safe.
final class Calls {
  static final Duration T1 = Duration.ofMillis(500);
  static final Duration T2 = Duration.ofSeconds(4);
  static final Duration PATIENCE = Duration.ofSeconds(32); // 64*T1
  private static final int MOST = 100_000;
  private static final Duration BYE_PATIENCE = Duration.ofSeconds(16);
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final String STOPPING = "SIP;cause=503;text=\"The server stops\"";

  /// Headers that belong to one hop or one dialog; everything else travels from one leg to the other.
  private static final List<Header> OF_THE_HOP = List.of(Header.VIA, Header.ROUTE, Header.RECORD_ROUTE, Header.MAX_FORWARDS, Header.FROM, Header.TO,
      Header.CALL_ID, Header.CSEQ, Header.CONTACT, Header.PATH, Header.AUTHORIZATION, Header.PROXY_AUTHORIZATION, Header.PROXY_AUTHENTICATE,
      Header.WWW_AUTHENTICATE, Header.PROXY_REQUIRE, Header.REQUIRE, Header.SUPPORTED, Header.of("RSeq"), Header.of("RAck"));

  private final World world;
  private final SipStack stack;
  private final OwnAddresses addresses;
  private final Map<Dialog.DialogId, CallLeg> legs = new ConcurrentHashMap<>();
  private final Map<ServerTransaction, IncomingCall> pending = new ConcurrentHashMap<>();

  private final AtomicInteger leaving = new AtomicInteger();

  Calls(World world, SipStack stack, OwnAddresses addresses) {
    this.world = world;
    this.stack = stack;
    this.addresses = addresses;
  }

  World world() {
    return world;
  }

  SipStack stack() {
    return stack;
  }

  int size() {
    return legs.size();
  }

  boolean isFull() {
    return legs.size() + pending.size() >= MOST;
  }

  /// An INVITE that is to be answered; `request` is what the functions see of it.
  IncomingCall open(ServerTransaction tx, SipRequest request) {
    IncomingCall call = new IncomingCall(this, tx, request);
    pending.put(tx, call);
    return call;
  }

  void closed(ServerTransaction tx) {
    pending.remove(tx);
  }

  void cancelled(ServerTransaction tx) {
    IncomingCall call = pending.remove(tx);
    if (call != null) {
      call.cancelled();
    }
  }

  void add(CallLeg leg) {
    legs.put(leg.id(), leg);
  }

  void remove(CallLeg leg) {
    legs.remove(leg.id(), leg);
  }

  /// Ends everything, as a server does that stops; blocks until the peers have answered, at most until the deadline.
  void end(Deadline by) {
    List.copyOf(pending.values()).forEach(IncomingCall::giveUp);
    List.copyOf(legs.values()).forEach(leg -> leg.lost(STOPPING));
    while (leaving.get() > 0 && !by.passed(world.clock()) && !Thread.currentThread().isInterrupted()) {
      world.clock().sleep(LOOK);
    }
  }

  /// Sends the BYE of a leg, in the background.
  void leave(SipRequest bye, Target target) {
    leaving.incrementAndGet();
    world.threads().start("bye", () -> {
      try {
        stack.send(bye, target, Deadline.in(BYE_PATIENCE, world.clock()));
      } finally {
        leaving.decrementAndGet();
      }
    });
  }

  /// Serves a request with a To tag, where it is within one of our dialogs or would have to be.
  boolean within(ServerTransaction tx) {
    SipRequest request = tx.request();
    CallLeg leg = legs.get(Dialog.DialogId.ofReceived(request));
    if (leg != null) {
      leg.received(tx);
      return true;
    }
    if (request.is("INVITE") || request.is("BYE") || request.is("UPDATE") || request.is("INFO")) {
      tx.respond(SipResponse.to(request, Status.CALL_DOES_NOT_EXIST));
      return true;
    }
    return false;
  }

  void acknowledged(SipRequest ack) {
    CallLeg leg = legs.get(Dialog.DialogId.ofReceived(ack));
    if (leg != null) {
      leg.acknowledged(ack);
    }
  }

  /// Where a request of ours within a dialog goes: along its route set; else over the flow of the peer; else to its Contact.
  static Target next(SipRequest request, Optional<Flow> flow) {
    if (!request.has(Header.ROUTE) && flow.filter(Flow::isOpen).isPresent()) {
      return new Target.Over(flow.get());
    }
    return Target.nextHop(request);
  }

  /// Our Contact for a peer at that target, with the feature tags of the other leg's Contact.
  String contact(Target target, SipMessage other) {
    SipUri uri = switch (target) {
      case Target.Over over -> addresses.at(over.flow(), Router.CALLS);
      case Target.To to -> addresses.by(to.endpoint().protocol(), Router.CALLS);
      case Target.Resolve resolve -> addresses.by(protocol(resolve), Router.CALLS);
    };
    return contact(uri, other);
  }

  private static Protocol protocol(Target.Resolve to) {
    if (!(to.uri() instanceof SipUri sip)) {
      return Protocol.UDP;
    }
    String transport = sip.transport().orElse(sip.secure() ? "tls" : "udp");
    return switch (transport) {
      case "tcp" -> Protocol.TCP;
      case "tls" -> Protocol.TLS;
      default -> Protocol.UDP;
    };
  }

  String contact(Flow flow, SipMessage other) {
    return contact(addresses.at(flow, Router.CALLS), other);
  }

  private static String contact(SipUri uri, SipMessage other) {
    NameAddr ours = NameAddr.of(uri);
    try {
      Optional<NameAddr> theirs = other.has(Header.CONTACT) ? other.addresses(Header.CONTACT).stream().findFirst() : Optional.empty();
      if (theirs.isPresent()) {
        ours = new NameAddr("", uri, theirs.get().params().without("expires").without("q").without("reg-id"));
      }
    } catch (Malformed unreadable) {
      return ours.toString();
    }
    return ours.toString();
  }

  /// Puts the end-to-end headers and the body of `from` into a message of another leg.
  static Edit carry(SipMessage from, Edit into) {
    for (String name : from.names()) {
      Header h = Header.of(name);
      if (!OF_THE_HOP.contains(h) && !h.equals(Header.CONTENT_LENGTH) && !h.equals(Header.CONTENT_TYPE)) {
        into.without(h);
        from.lines(h).forEach(v -> into.append(h, v));
      }
    }
    boolean timer = from.has(Header.SUPPORTED) && from.values(Header.SUPPORTED).stream().anyMatch("timer"::equalsIgnoreCase);
    if (timer) {
      into.with(Header.SUPPORTED, "timer"); // RFC 4028: refreshed from end to end
    }
    if (from.has(Header.REQUIRE) && from.values(Header.REQUIRE).stream().anyMatch("timer"::equalsIgnoreCase)) {
      into.with(Header.REQUIRE, "timer");
    }
    if (from.bodyLength() > 0) {
      into.with(Header.CONTENT_TYPE, from.first(Header.CONTENT_TYPE).orElse("application/sdp")).bytes(from.body());
    }
    return into;
  }
}
