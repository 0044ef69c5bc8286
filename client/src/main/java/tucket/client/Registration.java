// What a registrar granted.
package tucket.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.Uri;

/// `expires` is the life the registrar gave, `serviceRoute` the route it wants requests to take (RFC 3608), `gruu` the public address of
/// this very device
/// (RFC 5627), `associated` the user's other addresses (P-Associated-URI), `flowTimer` how often it
/// wants a sign of life over the flow (RFC 5626 section 9).
public record Registration(Duration expires, List<Uri> serviceRoute, Optional<Uri> gruu, List<Uri> associated, Optional<Duration> flowTimer) {}
