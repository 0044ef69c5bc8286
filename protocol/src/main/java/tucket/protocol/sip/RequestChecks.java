// The checks that every request gets before anything is done for it.
package tucket.protocol.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// RFC 3261 sections 8.2.1, 8.2.2 and 16.3 in one place: version, method, validity, scheme, hops, extensions.
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

  /// The answer to a request that must not go on, or empty where it may. Never send an answer to an ACK.
  public Optional<SipResponse> check(SipRequest request) {
    Optional<SipValidity.Fault> fault = SipValidity.check(request);
    if (fault.isPresent() && fault.get().status() == Status.VERSION_NOT_SUPPORTED) {
      return Optional.of(SipResponse.to(request, fault.get().status(), fault.get().reason()));
    }
    if (!methods.contains(request.method())) {
      // also where CSeq names another method: RFC 4475 section 3.1.2.18
      boolean standard = Methods.ALL.contains(request.method());
      int status = standard ? Status.METHOD_NOT_ALLOWED : Status.NOT_IMPLEMENTED;
      return Optional.of(SipResponse.to(request, status).with(Header.ALLOW, String.join(", ", methods)));
    }
    if (fault.isPresent()) {
      return Optional.of(SipResponse.to(request, fault.get().status(), fault.get().reason()));
    }
    if (!schemes.contains(request.uri().scheme())) {
      return Optional.of(SipResponse.to(request, Status.UNSUPPORTED_URI_SCHEME));
    }
    if (request.number(Header.MAX_FORWARDS).orElse(70) == 0 && !request.is(Methods.OPTIONS)) {
      return Optional.of(SipResponse.to(request, Status.TOO_MANY_HOPS));
    }
    return extensions(request);
  }

  private Optional<SipResponse> extensions(SipRequest request) {
    // RFC 3261 section 8.2.2.3: not for ACK and CANCEL
    if (request.is(Methods.ACK) || request.is(Methods.CANCEL)) {
      return Optional.empty();
    }
    List<String> unknown = new ArrayList<>();
    for (Header h : List.of(Header.REQUIRE, Header.PROXY_REQUIRE)) {
      for (String tag : request.values(h)) {
        if (!extensions.contains(Grammar.lower(tag))) {
          unknown.add(tag);
        }
      }
    }
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(SipResponse.to(request, Status.BAD_EXTENSION).with(Header.UNSUPPORTED, String.join(", ", unknown)));
  }
}
