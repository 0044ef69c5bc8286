// Answers REGISTER.
package tucket.server.core;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.server.Limits;
import tucket.server.reference.DeviceId;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.World;

/// RFC 3261 section 10.3 with Path (RFC 3327), Service-Route (RFC 3608), outbound (RFC 5626), GRUU (RFC 5627) and P-Associated-URI (RFC
/// 7315). The response is given only after the bindings are durable. Thread-safe.
public final class Registrar {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int MAX_CONTACT = 700;
  private static final int MAX_AGENT = 200;
  private static final int MAX_PATH = 16;
  private static final int MAX_REG_ID = Integer.MAX_VALUE;

  /// One Contact of the request, understood. `expires` in seconds; 0 takes the binding away.
  private record Wanted(NameAddr contact, SipUri uri, Optional<DeviceId> instance, int regId, int q, long expires) {
    DeviceId device() {
      return instance.orElseGet(() -> new DeviceId(uri.toString()));
    }

    boolean isOf(Binding b) {
      return instance.isPresent()
          ? b.lasting() && b.device().equals(instance.get()) && b.regId() == regId
          : !b.lasting() && b.contact().uri() instanceof SipUri theirs && theirs.sameAs(uri);
    }
  }

  /// What stays the same for all contacts of a request.
  private record Context(SipRequest request, Flow flow, Subscriber user, boolean direct, List<String> path, String callId, long cseq,
      Instant now, long nanos) {}

  private final World world;
  private final CoreSettings settings;
  private final Limits limits;
  private final Bindings bindings;
  private final OwnAddresses addresses;
  private final Gruus gruus;

  Registrar(World world, CoreSettings settings, Limits limits, Bindings bindings, OwnAddresses addresses, Gruus gruus) {
    this.world = world;
    this.settings = settings;
    this.limits = limits;
    this.bindings = bindings;
    this.addresses = addresses;
    this.gruus = gruus;
  }

  /// Registers, refreshes, unregisters or only reports the devices of an authenticated user.
  public SipResponse register(SipRequest request, Flow flow, Subscriber user) {
    boolean direct = request.vias().size() == 1;
    List<String> path = request.values(Header.PATH);
    if (path.size() > MAX_PATH) {
      throw new Malformed("Path has more than " + MAX_PATH + " values");
    }
    request.addresses(Header.PATH); // each must be readable, for it becomes a Route
    Context context = new Context(request, flow, user, direct, path, request.callId(), request.cseq().number(), world.clock().now(),
        world.clock().nanos());
    if (request.isContactStar()) {
      return clear(context);
    }
    boolean outbound = supports(request, "outbound");
    List<Wanted> wanted = request.has(Header.CONTACT) ? wanted(context, outbound) : List.of();
    Optional<SipResponse> refused = refusal(context, wanted, outbound);
    if (refused.isPresent()) {
      return refused.get();
    }
    if (wanted.isEmpty()) {
      return registered(context, bindings.live(user.id()), false);
    }
    if (bindings.size() >= limits.registrationsTotal() && bindings.live(user.id()).isEmpty()) {
      return SipResponse.to(request, Status.SERVICE_UNAVAILABLE, "Too many registrations").with(Header.RETRY_AFTER, "60");
    }
    Optional<SipResponse> problem = bindings.change(user.id(), before -> update(context, wanted, before));
    boolean byFlow = outbound && wanted.stream().anyMatch(w -> w.regId() > 0 && w.expires() > 0);
    return problem.orElseGet(() -> registered(context, bindings.live(user.id()), byFlow));
  }

  // RFC 3261 section 10.3 step 6: `*` removes everything, and needs Expires: 0
  private SipResponse clear(Context c) {
    if (c.request.number(Header.EXPIRES).orElse(-1) != 0) {
      return SipResponse.to(c.request, Status.BAD_REQUEST, "Contact * needs Expires: 0");
    }
    boolean late = bindings.change(c.user.id(), before -> {
      boolean old = before.stream().anyMatch(b -> !b.link().over() && outOfOrder(c, b));
      return old ? Bindings.Step.nothing(true, before) : cleared(before);
    });
    return late ? outOfOrder(c.request) : registered(c, List.of(), false);
  }

  private Bindings.Step<Boolean> cleared(List<Binding> before) {
    Bindings.Step<Boolean> step = bindings.end(before, b -> true, Bindings.Event.UNREGISTERED);
    return new Bindings.Step<>(false, step.bindings(), step.reasons());
  }

  private static boolean outOfOrder(Context c, Binding b) {
    return b.callId().equals(c.callId) && c.cseq <= b.cseq();
  }

  // RFC 3261 section 10.3 step 7
  private static SipResponse outOfOrder(SipRequest request) {
    return SipResponse.to(request, Status.SERVER_INTERNAL_ERROR, "CSeq is out of order").with(Header.RETRY_AFTER, "1");
  }

  private List<Wanted> wanted(Context c, boolean outbound) {
    List<Wanted> all = new ArrayList<>();
    for (NameAddr contact : c.request.addresses(Header.CONTACT)) {
      if (!(contact.uri() instanceof SipUri uri)) {
        throw new Malformed("Contact must be a SIP URI");
      }
      if (contact.toString().length() > MAX_CONTACT * 4 || uri.toString().length() > MAX_CONTACT) {
        throw new Malformed("Contact is too long");
      }
      Optional<DeviceId> instance = Router.instance(contact).filter(i -> i.value().length() <= MAX_CONTACT);
      int regId = instance.isPresent() && firstHopKeepsFlows(c) ? regId(contact) : 0;
      all.add(new Wanted(contact, uri, instance, regId, q(contact), expires(c.request, contact)));
    }
    return all;
  }

  // RFC 5626 section 6
  private static boolean firstHopKeepsFlows(Context c) {
    return c.direct || !c.path.isEmpty() && NameAddr.parse(c.path.getFirst()).uri() instanceof SipUri hop && hop.params().has("ob");
  }

  private static int regId(NameAddr contact) {
    long id = number(contact.params().value("reg-id").orElse("0"), -1);
    if (id < 0 || id > MAX_REG_ID) {
      throw new Malformed("Contact parameter reg-id is not a number");
    }
    return (int) id;
  }

  private static int q(NameAddr contact) {
    String text = contact.params().value("q").orElse("1");
    if (!text.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?")) {
      throw new Malformed("Contact parameter q is not from 0 to 1");
    }
    return (int) Math.round(Double.parseDouble(text) * 1000);
  }

  // RFC 3261 section 10.2.1.1; a value that is no number counts as missing (section 20.10 and 20.19)
  private long expires(SipRequest request, NameAddr contact) {
    long byHeader = request.has(Header.EXPIRES) ? number(request.first(Header.EXPIRES).orElse(""), -1) : -1;
    long wanted = contact.params().value("expires").map(v -> number(v, -1)).filter(v -> v >= 0).orElse(byHeader);
    return Math.min(wanted < 0 ? settings.registration().toSeconds() : wanted, limits.registrationMax().toSeconds());
  }

  private static long number(String text, long otherwise) {
    boolean digits = !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(ch -> ch >= '0' && ch <= '9');
    return digits ? Long.parseLong(text) : otherwise;
  }

  private Optional<SipResponse> refusal(Context c, List<Wanted> wanted, boolean outbound) {
    long shortest = limits.registrationMin().toSeconds();
    if (wanted.stream().anyMatch(w -> w.expires() > 0 && w.expires() < shortest)) {
      return Optional.of(SipResponse.to(c.request, Status.INTERVAL_TOO_BRIEF).with(Header.MIN_EXPIRES, Long.toString(shortest)));
    }
    boolean asksFlow = wanted.stream().anyMatch(w -> w.instance().isPresent() && w.contact().params().has("reg-id"));
    boolean hasFlow = wanted.stream().anyMatch(w -> w.regId() > 0);
    if (asksFlow && !hasFlow && outbound && !c.direct) {
      return Optional.of(SipResponse.to(c.request, Status.FIRST_HOP_LACKS_OUTBOUND)); // RFC 5626 section 6
    }
    if (hasFlow && wanted.stream().filter(w -> w.expires() > 0).count() > 1) {
      return Optional.of(SipResponse.to(c.request, Status.BAD_REQUEST, "Contact with reg-id must be the only one")); // RFC 5626 section 6
    }
    // a device inside our own domain would send everything round in circles
    if (wanted.stream().anyMatch(w -> w.expires() > 0 && addresses.isOurs(w.uri()))) {
      return Optional.of(SipResponse.to(c.request, Status.BAD_REQUEST, "Contact must not be an address of this server"));
    }
    return Optional.empty();
  }

  private Bindings.Step<Optional<SipResponse>> update(Context c, List<Wanted> wanted, List<Binding> before) {
    List<Binding> now = new ArrayList<>(before);
    Map<Binding, Bindings.Event> reasons = new LinkedHashMap<>();
    for (Wanted w : wanted) {
      Optional<Binding> old = now.stream().filter(w::isOf).findFirst();
      boolean inForce = old.filter(b -> !b.link().over()).isPresent();
      if (inForce && outOfOrder(c, old.get())) {
        return Bindings.Step.nothing(Optional.of(outOfOrder(c.request)), before);
      }
      if (w.expires() == 0) {
        if (inForce) {
          drop(old.get(), now, reasons, c, Bindings.Event.UNREGISTERED);
        }
        continue;
      }
      old.ifPresent(now::remove);
      dropStale(w, now, reasons, c);
      Binding fresh = fresh(c, w, old.filter(b -> !b.link().over()));
      now.add(fresh);
      reasons.put(fresh, inForce ? Bindings.Event.REFRESHED : Bindings.Event.CREATED);
    }
    if (!makeRoom(c, now, reasons)) {
      String why = "Too many devices, at most " + limits.devicesPerUser();
      return Bindings.Step.nothing(Optional.of(SipResponse.to(c.request, Status.FORBIDDEN, why)), before);
    }
    return new Bindings.Step<>(Optional.empty(), now, reasons);
  }

  // One instance is one device: registered without reg-id it has one binding, and with reg-id none without (RFC 5626 section 4.2).
  private static void dropStale(Wanted w, List<Binding> now, Map<Binding, Bindings.Event> reasons, Context c) {
    if (w.instance().isEmpty()) {
      return;
    }
    for (Binding b : List.copyOf(now)) {
      if (b.lasting() && b.device().equals(w.device()) && b.regId() != w.regId() && (w.regId() == 0 || b.regId() == 0 || b.link().over())) {
        now.remove(b);
        if (!b.link().over()) {
          reasons.put(b.endedAt(c.now, c.nanos), Bindings.Event.DEACTIVATED);
        }
      }
    }
  }

  private static void drop(Binding b, List<Binding> now, Map<Binding, Bindings.Event> reasons, Context c, Bindings.Event why) {
    now.remove(b);
    Binding ended = b.endedAt(c.now, c.nanos);
    reasons.put(ended, why);
    if (b.lasting()) {
      now.add(ended);
    }
  }

  // Clients that never unregister leave contacts behind: those without instance give way to new ones, the oldest first.
  private boolean makeRoom(Context c, List<Binding> now, Map<Binding, Bindings.Event> reasons) {
    while (true) {
      List<Binding> live = now.stream().filter(b -> b.isLive(c.nanos)).toList();
      if (live.stream().map(Binding::device).distinct().count() <= limits.devicesPerUser()) {
        return true;
      }
      Optional<Binding> oldest =
          live.stream().filter(b -> !b.lasting() && !reasons.containsKey(b)).min(Comparator.comparing(Binding::since));
      if (oldest.isEmpty()) {
        return false;
      }
      drop(oldest.get(), now, reasons, c, Bindings.Event.DEACTIVATED);
    }
  }

  private Binding fresh(Context c, Wanted w, Optional<Binding> old) {
    Optional<Endpoint> source = c.direct ? Optional.of(new Endpoint(c.flow.protocol(), c.flow.remote())) : Optional.empty();
    boolean sameCall = old.filter(b -> b.callId().equals(c.callId)).isPresent();
    NameAddr contact = w.contact().withoutParam("expires");
    Binding.Link link = Binding.Link.of(c.direct ? Optional.of(c.flow) : Optional.empty(), c.user.credentials().epoch(),
        c.nanos + Duration.ofSeconds(w.expires()).toNanos());
    String epoch = sameCall ? old.orElseThrow().epoch() : world.chance().token(8);
    String agent = c.request.first(Header.USER_AGENT).map(a -> a.length() > MAX_AGENT ? a.substring(0, MAX_AGENT) : a).orElse("");
    boolean nated = c.direct && isNated(w.uri(), c.flow);
    return new Binding(w.device(), w.instance().isPresent(), w.regId(), contact, w.q(), c.path, c.callId, c.cseq, epoch,
        old.map(Binding::since).orElse(c.now), c.now.plusSeconds(w.expires()), agent, source, nated, link);
  }

  // The host of the contact is an address, but not the one that the packet came from; or a name that can't exist (RFC 7118 section 5.1).
  private static boolean isNated(SipUri contact, Flow flow) {
    String host = contact.host();
    if (host.endsWith(".invalid")) {
      return true;
    }
    boolean literal = host.startsWith("[") || host.chars().allMatch(ch -> ch >= '0' && ch <= '9' || ch == '.');
    if (!literal) {
      return false;
    }
    try {
      return !InetAddress.ofLiteral(host.startsWith("[") ? host.substring(1, host.length() - 1) : host).equals(flow.remote().getAddress());
    } catch (IllegalArgumentException noAddress) {
      return true;
    }
  }

  private SipResponse registered(Context c, List<Binding> live, boolean byFlow) {
    Edit edit = SipResponse.to(c.request, Status.OK).edit();
    boolean gruu = supports(c.request, "gruu");
    long nanos = world.clock().nanos();
    for (Binding b : live) {
      edit.append(Header.CONTACT, contact(c.user.id(), b, gruu, nanos));
    }
    c.path.forEach(hop -> edit.append(Header.PATH, hop));
    edit.with(Header.SERVICE_ROUTE, "<" + addresses.at(c.flow, Router.ORIGINATING).withParam("lr") + ">");
    for (AddressOfRecord identity : c.user.identities()) {
      edit.append(Header.P_ASSOCIATED_URI, "<" + identity.uri() + ">");
    }
    edit.with(Header.SUPPORTED, "path, gruu, outbound");
    if (byFlow) {
      edit.with(Header.REQUIRE, "outbound");
      edit.with(Header.FLOW_TIMER, Long.toString(settings.flowTimer().toSeconds()));
    }
    return edit.with(Header.DATE, DATE.format(c.now)).response();
  }

  private String contact(AddressOfRecord user, Binding b, boolean gruu, long nanos) {
    long left = Math.max(0, (b.link().untilNanos() - nanos + 999_999_999L) / 1_000_000_000L);
    StringBuilder out = new StringBuilder(256);
    out.append(new NameAddr(b.contact().displayName(), b.contact().uri(), Params.NONE));
    for (Params.Param p : b.contact().params().list()) {
      out.append(';').append(p.name());
      boolean plain = p.name().equals("q") || p.name().equals("reg-id");
      p.value().ifPresent(v -> out.append('=').append(plain ? v : quoted(v))); // RFC 3840 section 9: feature parameters are quoted
    }
    out.append(";expires=").append(left);
    if (gruu && b.lasting()) {
      out.append(";pub-gruu=").append(quoted(Gruus.publicOf(user, b.device().value()).toString()));
      if (settings.temporaryGruus()) {
        String domain = ((SipUri) user.uri()).host();
        out.append(";temp-gruu=").append(quoted(gruus.temporary(user, domain, b.device(), b.epoch()).toString()));
      }
    }
    return out.toString();
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static boolean supports(SipRequest request, String tag) {
    return request.values(Header.SUPPORTED).stream().anyMatch(tag::equalsIgnoreCase)
        || request.values(Header.REQUIRE).stream().anyMatch(tag::equalsIgnoreCase);
  }
}
