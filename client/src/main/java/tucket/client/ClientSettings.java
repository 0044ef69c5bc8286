// What can be set about a client.
package tucket.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tucket.protocol.msrp.MsrpUri;
import tucket.transport.Endpoint;
import tucket.transport.sip.SipSettings;

/// `server` is the SIP server (outbound proxy) that takes every request; its protocol is the one the client speaks. `local` is where the
/// client listens
/// (port 0: any free port). `instance` is the URN of the device (RFC 5626 section 4.1); empty text makes a fresh one, so that the client is
/// a new device.
/// `features` are the feature tags of the Contact (RFC 3840) as they stand there. `expires` is the life of the registration that is asked
/// for, `patience` how
/// long one request may take, `keepAlive` the time between the CRLF pings of a connection (RFC 5626 section 4.4.1; zero: none). `confirm`
/// says whether
/// `delivered` notifications are sent without being told to. A message over `largeOver` bytes, with its wrapper, is sent in large message mode.
/// `relay` is the MSRP relay by way of which sessions go (RFC 4976), such as `msrps://198.51.100.1:2855;tcp`, for who stands behind a NAT.
public record ClientSettings(
    Account account, Endpoint server, Endpoint local, String instance, List<String> features, Duration expires, Duration patience, Duration keepAlive,
    boolean confirm, int largeOver, String userAgent, SipSettings stack, MediaTls mediaTls,
    Optional<MsrpUri> relay) {

  /// Whether the media of sessions goes over TLS.
  public enum MediaTls {
    /// Where the signalling does; with who does not know that, over bare TCP.
    AS_SIGNALLING,
    /// Or there is no session.
    ALWAYS,
    NEVER
  }

  /// OMA SIMPLE IM, able to take system messages (OMA-TS-SIMPLE_IM section 5.2).
  public static final List<String> IM_FEATURES = List.of("+g.oma.sip-im", "+g.oma.sip-im.system-message", "+g.oma.sip-im.large-message");

  /// RFC 3428 section 8: what is larger does not go by MESSAGE.
  public static final int LARGE = 1300;

  /// A fresh device that listens on the loopback or any-address that fits the server's.
  public static ClientSettings of(Account account, Endpoint server) {
    InetAddress address = server.address().getAddress();
    InetAddress here = address.isLoopbackAddress() ? address : InetAddress.ofLiteral(address.getAddress().length == 4 ? "0.0.0.0" : "::");
    return new ClientSettings(
        account, server, new Endpoint(server.protocol(), new InetSocketAddress(here, 0)), "", IM_FEATURES, Duration.ofHours(1), Duration.ofSeconds(32),
        Duration.ofSeconds(90), true, LARGE, "IM-client/OMA1.0 Tucket", SipSettings.DEFAULT,
        MediaTls.AS_SIGNALLING, Optional.empty());
  }

  public ClientSettings withInstance(String urn) {
    return new ClientSettings(account, server, local, urn, features, expires, patience, keepAlive, confirm, largeOver, userAgent, stack, mediaTls, relay);
  }

  public ClientSettings withLocal(Endpoint here) {
    return new ClientSettings(account, server, here, instance, features, expires, patience, keepAlive, confirm, largeOver, userAgent, stack, mediaTls, relay);
  }

  public ClientSettings withFeatures(List<String> tags) {
    return new ClientSettings(
        account, server, local, instance, List.copyOf(tags), expires, patience, keepAlive, confirm, largeOver, userAgent, stack, mediaTls, relay);
  }

  public ClientSettings withExpires(Duration life) {
    return new ClientSettings(account, server, local, instance, features, life, patience, keepAlive, confirm, largeOver, userAgent, stack, mediaTls, relay);
  }

  public ClientSettings withPatience(Duration span) {
    return new ClientSettings(account, server, local, instance, features, expires, span, keepAlive, confirm, largeOver, userAgent, stack, mediaTls, relay);
  }

  public ClientSettings withConfirm(boolean on) {
    return new ClientSettings(account, server, local, instance, features, expires, patience, keepAlive, on, largeOver, userAgent, stack, mediaTls, relay);
  }

  public ClientSettings withLargeOver(int bytes) {
    return new ClientSettings(account, server, local, instance, features, expires, patience, keepAlive, confirm, bytes, userAgent, stack, mediaTls, relay);
  }

  public ClientSettings withStack(SipSettings settings) {
    return new ClientSettings(
        account, server, local, instance, features, expires, patience, keepAlive, confirm, largeOver, userAgent, settings, mediaTls, relay);
  }

  public ClientSettings withMediaTls(MediaTls when) {
    return new ClientSettings(account, server, local, instance, features, expires, patience, keepAlive, confirm, largeOver, userAgent, stack, when, relay);
  }

  public ClientSettings withRelay(MsrpUri at) {
    return new ClientSettings(
        account, server, local, instance, features, expires, patience, keepAlive, confirm, largeOver, userAgent, stack, mediaTls, Optional.of(at));
  }
}
