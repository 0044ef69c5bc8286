// The Participating IM Function: the service point of a user.
package tucket.server.im.participating;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.server.documents.ListUris;
import tucket.server.im.controlling.GroupDistribution;
import tucket.server.im.deferred.Retrieval;
import tucket.server.im.message.DisplayNames;
import tucket.server.im.message.EnvelopeReader;
import tucket.server.im.message.Responses;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.transport.Deadline;
import tucket.transport.Pending;

/// OMA AD SIMPLE IM section 5.3.2.4.1. Serves one user on one leg; what is sent to an address of the service itself is answered here.
/// Thread-safe.
public final class ParticipatingFunction {
  private final Im2ServerCore core;
  private final ServiceAddresses services;
  private final PagerMode pager;
  private final Retrieval retrieval;
  private final Responses responses;
  private final GroupDistribution groups;
  private final DisplayNames names;

  public ParticipatingFunction(Im2ServerCore core, ServiceAddresses services, PagerMode pager, Retrieval retrieval, Responses responses,
      GroupDistribution groups, DisplayNames names) {
    this.groups = groups;
    this.names = names;
    this.core = core;
    this.services = services;
    this.pager = pager;
    this.retrieval = retrieval;
    this.responses = responses;
  }

  /// A MESSAGE that the served user sends.
  public Pending<SipResponse> originate(SipRequest request, AddressOfRecord served, Deadline by) {
    return switch (names.resolve(request, served)) {
      case DisplayNames.Refused(SipResponse response) -> Pending.of(response);
      case DisplayNames.Addressed(SipRequest addressed) -> originate(addressed, served, AddressOfRecord.of(addressed.uri()), by);
    };
  }

  /// A MESSAGE to many that has come in a session of the served user: one message of it, which may be larger than a MESSAGE of a client.
  SipResponse originateInSession(SipRequest request, AddressOfRecord served, Deadline by) {
    GroupDistribution.Onward onward = (one, recipient) -> pager.originateToOneOfManyInSession(one, served, recipient, by);
    AddressOfRecord to = AddressOfRecord.of(request.uri());
    return to.equals(services.exploder())
        ? groups.toUriList(request, served, onward)
        : list(to).map(l -> groups.toList(request, served, l, onward)).orElseGet(() -> responses.of(request, Status.NOT_FOUND));
  }

  /// How the served user, who sends `request`, stands to the list or group with that URI; empty where it is none.
  Optional<GroupDistribution.Standing> standing(SipRequest request, AddressOfRecord to, AddressOfRecord served) {
    return list(to).map(l -> groups.standing(request, served, l));
  }

  /// The list that has this address: one of our domain that no user has.
  private Optional<ListUris.Found> list(AddressOfRecord to) {
    boolean maybe = to.uri() instanceof SipUri sip && sip.host().equals(services.domain()) && !core.isUser(to);
    return maybe ? groups.list(to) : Optional.empty();
  }

  private Pending<SipResponse> originate(SipRequest request, AddressOfRecord served, AddressOfRecord to, Deadline by) {
    GroupDistribution.Onward onward = (one, recipient) -> pager.originateToOneOfMany(one, served, recipient, by);
    if (to.equals(services.exploder())) {
      return Pending.of(groups.toUriList(request, served, onward));
    }
    if (services.isService(to)) {
      return Pending.of(toService(request, served, to));
    }
    Optional<ListUris.Found> list = list(to);
    return list.isPresent() ? Pending.of(groups.toList(request, served, list.get(), onward)) : pager.originate(request, served, to, by);
  }

  /// A MESSAGE to the served user.
  public Pending<SipResponse> terminate(SipRequest request, AddressOfRecord served, Deadline by) {
    Optional<AddressOfRecord> from = EnvelopeReader.sender(request);
    if (from.isEmpty()) {
      return Pending.of(responses.of(request, Status.FORBIDDEN, "P-Asserted-Identity is missing"));
    }
    if (services.isService(served)) {
      return Pending.of(toService(request, from.get(), served));
    }
    return pager.terminate(request, from.get(), served, by);
  }

  private SipResponse toService(SipRequest request, AddressOfRecord from, AddressOfRecord service) {
    if (service.equals(services.deferred()) || service.equals(services.delete())) {
      if (!core.mayUseIm(from)) { // only our own users have deferred messages here
        return responses.of(request, Status.FORBIDDEN);
      }
      return service.equals(services.delete()) ? retrieval.delete(request, from) : retrieval.retrieve(request, from);
    }
    return pager.toSystem(request, from, service);
  }

  /// Any other request that the served user sends and that needs nothing of us.
  public Pending<SipResponse> passOn(SipRequest request, Deadline by) {
    return core.send(request, by).then(answer -> responses.relay(request, answer));
  }

  /// Any other request to the served user that needs nothing of us: the best of his devices' answers (RFC 3261 section 16.7).
  public Pending<SipResponse> passToDevices(SipRequest request, AddressOfRecord served, Deadline by) {
    return core.deliver(served, request, new Devices.All(), by).then(delivery -> best(delivery.answers()).map(a -> responses.relay(request, a))
        .orElseGet(() -> responses.of(request, Status.TEMPORARILY_UNAVAILABLE)));
  }

  private static Optional<SipResponse> best(Map<?, SipResponse> answers) {
    List<SipResponse> all = List.copyOf(answers.values());
    Optional<SipResponse> good = all.stream().filter(SipResponse::isSuccess).findFirst();
    Optional<SipResponse> declined = all.stream().filter(r -> r.status() >= 600).findFirst();
    return good.or(() -> declined).or(() -> all.stream().min(java.util.Comparator.comparingInt(SipResponse::status)));
  }
}
