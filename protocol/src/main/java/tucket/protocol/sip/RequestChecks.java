// The checks that every request gets before anything is done for it.
package tucket.protocol.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.sip.SipValidity.Fault;

/// RFC 3261 sections 8.2.1, 8.2.2, 10.3 and 16.3 in one place: version, method, validity, scheme, hops, extensions.
///
/// @param methods the methods that this element knows; they become Allow
/// @param extensions the option tags that it supports, in lower case
/// @param schemes the schemes of Request-URIs that it understands, in lower case
public record RequestChecks(List<String> methods, Set<String> extensions, Set<String> schemes) {
  public RequestChecks {
    methods = List.copyOf(methods);
    extensions = Set.copyOf(extensions);
    schemes = Set.copyOf(schemes);
  }

  /// The checks of an element that forwards: those of an end point, Max-Forwards of 0 (483) and Proxy-Require (420).
  /// Answers are never sent to an ACK.
  ///
  /// @return the answer to a request that must not go on, or empty where it may
  public Optional<SipResponse> check(SipRequest request) {
    return check(request, true);
  }

  /// The checks of an element that answers the request itself (RFC 4475 section 3.3.11: it has no use for Max-Forwards).
  public Optional<SipResponse> checkAsEndpoint(SipRequest request) {
    return check(request, false);
  }

  /// What an element that asks for credentials looks at before it does (RFC 3261 section 16.3): version, syntax, scheme, hops and Proxy-Require. It says
  /// nothing about who and what is served. An OPTIONS without hops left may be answered by any element (step 3).
  public Optional<SipResponse> beforeAuthentication(SipRequest request) {
    Optional<Fault> fault = SipValidity.check(request).or(() -> address(request));
    if (fault.isPresent()) {
      return answer(request, fault.get());
    }
    if (!request.is(Methods.OPTIONS) && request.number(Header.MAX_FORWARDS).orElse(1) == 0) {
      return Optional.of(SipResponse.to(request, Status.TOO_MANY_HOPS));
    }
    return extensions(request, Header.PROXY_REQUIRE);
  }

  /// What the element that answers looks at once it knows who asks (RFC 3261 section 8.2, which begins with authentication): the method (8.2.1) and
  /// Require (8.2.2.3).
  public Optional<SipResponse> afterAuthentication(SipRequest request) {
    Optional<SipResponse> refused = method(request);
    return refused.isPresent() ? refused : extensions(request, Header.REQUIRE);
  }

  private Optional<SipResponse> check(SipRequest request, boolean forwards) {
    Optional<Fault> fault = SipValidity.check(request);
    if (fault.isPresent() && fault.get().status() == Status.VERSION_NOT_SUPPORTED) {
      return answer(request, fault.get());
    }
    Optional<SipResponse> refused = method(request);
    if (refused.isPresent()) {
      return refused; // before its other faults: RFC 4475 section 3.1.2.18 prefers the 501 where CSeq names another method as well
    }
    Optional<Fault> wrong = fault.or(() -> address(request));
    if (wrong.isPresent()) {
      return answer(request, wrong.get());
    }
    if (forwards && request.number(Header.MAX_FORWARDS).orElse(1) == 0) {
      return Optional.of(SipResponse.to(request, Status.TOO_MANY_HOPS));
    }
    return extensions(request, forwards ? Header.PROXY_REQUIRE : Header.REQUIRE);
  }

  private Optional<SipResponse> method(SipRequest request) {
    if (methods.contains(request.method())) {
      return Optional.empty();
    }
    int status = Methods.ALL.contains(request.method()) ? Status.METHOD_NOT_ALLOWED : Status.NOT_IMPLEMENTED;
    return Optional.of(SipResponse.to(request, status).with(Header.ALLOW, String.join(", ", methods)));
  }

  private Optional<Fault> address(SipRequest request) {
    if (!schemes.contains(request.uri().scheme())) {
      return Optional.of(new Fault(Status.UNSUPPORTED_URI_SCHEME, Status.reason(Status.UNSUPPORTED_URI_SCHEME)));
    }
    // RFC 3261 section 10.3, RFC 4475 section 3.3.4: the address-of-record has to be one of ours
    return request.is(Methods.REGISTER) && request.to().uri() instanceof OtherUri
        ? Optional.of(new Fault(Status.BAD_REQUEST, "To is neither a SIP nor a tel URI"))
        : Optional.empty();
  }

  private static Optional<SipResponse> answer(SipRequest request, Fault fault) {
    return Optional.of(SipResponse.to(request, fault.status(), fault.reason()));
  }

  private Optional<SipResponse> extensions(SipRequest request, Header h) {
    // RFC 3261 section 8.2.2.3: not for ACK and CANCEL
    if (request.is(Methods.ACK) || request.is(Methods.CANCEL)) {
      return Optional.empty();
    }
    List<String> unknown = new ArrayList<>();
    for (String tag : request.values(h)) {
      if (!Grammar.isToken(tag)) {
        return answer(request, new Fault(Status.BAD_REQUEST, h.name() + " has something other than option tags"));
      }
      if (!extensions.contains(Grammar.lower(tag))) {
        unknown.add(tag);
      }
    }
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(SipResponse.to(request, Status.BAD_EXTENSION).with(Header.UNSUPPORTED, String.join(", ", unknown)));
  }
}
