// An m=message stream, understood: what an MSRP offer or answer says.
package tucket.protocol.sdp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;
import tucket.protocol.msrp.MsrpUri;

/// The attributes of message media: RFC 4975 section 8 (path, accept-types, accept-wrapped-types, max-size), RFC 6135 (setup), RFC 8122
/// (fingerprint), RFC 6714 (msrp-cema), RFC 5547 (files). `others` keeps what we do not know. Reading is lenient: `maxsize` counts as
/// `max-size`, session-level setup, fingerprint, direction and connection count too.
public record MessageMedia(
    Connection connection,
    int port,
    boolean tls,
    List<String> acceptTypes,
    List<String> acceptWrappedTypes,
    Optional<Setup> setup,
    List<MsrpUri> path,
    OptionalLong maxSize,
    Direction direction,
    Optional<Fingerprint> fingerprint,
    boolean cema,
    Optional<FileSelector> fileSelector,
    Optional<String> fileTransferId,
    Optional<String> fileDisposition,
    List<Attribute> others) {
  private static final Set<String> KNOWN = Set.of("accept-types", "accept-wrapped-types", "setup", "path", "max-size", "maxsize",
      "fingerprint",
      "msrp-cema", "file-selector", "file-transfer-id", "file-disposition", "sendrecv", "sendonly", "recvonly", "inactive");
  /// The discard port, which an active end writes because it listens nowhere.
  private static final int DISCARD = 9;

  public MessageMedia {
    acceptTypes = List.copyOf(acceptTypes);
    acceptWrappedTypes = List.copyOf(acceptWrappedTypes);
    path = List.copyOf(path);
    others = List.copyOf(others);
  }

  /// A stream as the server offers it: CPIM with anything in it, both directions.
  public static MessageMedia of(Connection connection, int port, List<MsrpUri> path, Setup setup) {
    boolean tls = path.getFirst().secure();
    return new MessageMedia(connection, port, tls, List.of("message/cpim", "application/im-iscomposing+xml"), List.of("*"),
        Optional.of(setup), path,
        OptionalLong.empty(), Direction.SENDRECV, Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
  }

  /// Whether a stream is MSRP, over TCP or TLS (or named so by a WebSocket client).
  public static boolean isMessage(Media media) {
    return media.type().equalsIgnoreCase("message") && media.protocol().toUpperCase(Locale.ROOT).endsWith("/MSRP");
  }

  /// Understands one stream of a description. [Malformed] where it has no path (unless refused) or a broken one.
  public static MessageMedia of(SessionDescription sdp, Media media) {
    if (!isMessage(media)) {
      throw new Malformed("SDP m= line is not message over MSRP");
    }
    List<MsrpUri> path = media.attribute("path").map(MsrpUri::parsePath).orElse(List.of());
    if (path.isEmpty() && !media.isRejected()) {
      throw new Malformed("SDP message media without a=path");
    }
    Connection connection = sdp.connection(media).orElse(Connection.of("0.0.0.0"));
    OptionalLong maxSize = media.attribute("max-size").or(() -> media.attribute("maxsize")).map(MessageMedia::size)
        .orElse(OptionalLong.empty());
    List<Attribute> others = media.attributes().stream().filter(a -> !KNOWN.contains(a.name().toLowerCase(Locale.ROOT))).toList();
    return new MessageMedia(connection, media.port(), media.protocol().toUpperCase(Locale.ROOT).contains("TLS"), words(media,
        "accept-types"),
        words(media, "accept-wrapped-types"), sdp.attribute(media, "setup").flatMap(Setup::of), path, maxSize, Direction.in(sdp, media),
        fingerprint(sdp, media), media.attribute("msrp-cema").isPresent(),
        media.attribute("file-selector").map(FileSelector::parse), media.attribute("file-transfer-id"),
            media.attribute("file-disposition"), others);
  }

  /// RFC 8122 section 5: a stream may tell several, by several hash functions. One that can't be read must not pass for none.
  private static Optional<Fingerprint> fingerprint(SessionDescription sdp, Media media) {
    List<Attribute> told = media.attribute("fingerprint").isPresent() ? media.attributes() : sdp.attributes();
    List<Fingerprint> all = told.stream().filter(a -> a.name().equalsIgnoreCase("fingerprint"))
        .map(a -> Fingerprint.parse(a.value().orElse("")).orElseGet(() -> new Fingerprint("unreadable", ""))).toList();
    return Fingerprint.best(all);
  }

  private static OptionalLong size(String text) {
    try {
      long value = Long.parseLong(text.strip());
      return value > 0 ? OptionalLong.of(value) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static List<String> words(Media media, String attribute) {
    List<String> found = new ArrayList<>();
    for (Attribute a : media.attributes()) {
      if (a.name().equalsIgnoreCase(attribute)) {
        Arrays.stream(a.value().orElse("").split("[ \t]+")).filter(w -> !w.isEmpty()).forEach(found::add);
      }
    }
    return found;
  }

  /// The stream as it is written: attributes in the order that terminals use, the direction always there.
  public Media media() {
    List<Attribute> a = new ArrayList<>();
    a.add(Attribute.of("accept-types", acceptTypes.isEmpty() ? "*" : String.join(" ", acceptTypes)));
    if (!acceptWrappedTypes.isEmpty()) {
      a.add(Attribute.of("accept-wrapped-types", String.join(" ", acceptWrappedTypes)));
    }
    fileTransferId.ifPresent(v -> a.add(Attribute.of("file-transfer-id", v)));
    fileDisposition.ifPresent(v -> a.add(Attribute.of("file-disposition", v)));
    fileSelector.ifPresent(v -> a.add(Attribute.of("file-selector", v.toString())));
    setup.ifPresent(s -> a.add(Attribute.of("setup", s.word())));
    if (!path.isEmpty()) {
      a.add(Attribute.of("path", MsrpUri.writePath(path)));
    }
    if (cema) {
      a.add(Attribute.flag("msrp-cema"));
    }
    fingerprint.ifPresent(f -> a.add(Attribute.of("fingerprint", f.toString())));
    a.add(Attribute.flag(direction.word()));
    maxSize.ifPresent(s -> a.add(Attribute.of("max-size", Long.toString(s))));
    a.addAll(others);
    return new Media("message", port, protocol(), List.of("*"), Optional.of(connection), a, List.of());
  }

  /// As the m= line has it (RFC 4975 section 8.1).
  public String protocol() {
    return tls ? "TCP/TLS/MSRP" : "TCP/MSRP";
  }

  /// Whether a message of that type may be sent to whoever wrote this; `*` and `type/*` are honoured (RFC 4975 section 8.6).
  public boolean accepts(MediaType type) {
    return matches(acceptTypes, type);
  }

  /// Whether that type may be sent inside a wrapper such as CPIM.
  public boolean acceptsWrapped(MediaType type) {
    return matches(acceptWrappedTypes, type) || accepts(type);
  }

  private static boolean matches(List<String> types, MediaType type) {
    for (String t : types) {
      int semicolon = t.indexOf(';');
      String name = (semicolon < 0 ? t : t.substring(0, semicolon)).toLowerCase(Locale.ROOT);
      if (name.equals("*") || name.equals("*/*") || name.equals(type.name()) || name.equals(type.type() + "/*")) {
        return true;
      }
    }
    return false;
  }

  /// Whether the writer refused the stream.
  public boolean isRejected() {
    return port == 0;
  }

  /// Whether one can connect to the c= and m= lines: neither the unspecified address nor port 0 or 9.
  public boolean isReachable() {
    return connection.isSpecified() && port != 0 && port != DISCARD;
  }

  /// The role that the writer will really play. A port 9 means active whatever setup says: one terminal swaps the ports, writing its real
  /// one when active and 9 when passive, and cannot be connected to then. Empty where it leaves the choice, or says nothing.
  public Optional<Setup> role() {
    if (setup.isPresent() && setup.get() == Setup.HOLDCONN) {
      return setup;
    }
    return isReachable() ? setup.filter(s -> s != Setup.ACTPASS) : Optional.of(Setup.ACTIVE);
  }

  /// Where to connect, if we are the active end: the c= and m= lines, as terminals and their gateways have it (RFC 6714 section 4 does
  /// too), or the first URI of the path where those lead nowhere. Host without brackets and port; empty where neither can be connected
  /// to.
  public Optional<Target> target() {
    if (isReachable()) {
      return Optional.of(new Target(connection.address(), port));
    }
    return path.stream().findFirst().map(u -> new Target(u.host().replaceAll("[\\[\\]]", ""), u.portOrDefault()))
        .filter(t -> Connection.of(t.host).isSpecified() && t.port != 0 && t.port != DISCARD);
  }

  /// A host and a port.
  public record Target(String host, int port) {}

  /// Whether the c= and m= lines agree with the path (RFC 6714 section 4.2). Peers behind a border controller of the field disagree and
  /// mean well, so this is for those who say `msrp-cema` only.
  public boolean matchesPath() {
    return path.stream().findFirst()
        .map(u -> u.portOrDefault() == port && u.host().replaceAll("[\\[\\]]", "").equalsIgnoreCase(connection.address())).orElse(false);
  }

  public MessageMedia withDirection(Direction d) {
    return new MessageMedia(connection, port, tls, acceptTypes, acceptWrappedTypes, setup, path, maxSize, d, fingerprint, cema,
        fileSelector,
        fileTransferId, fileDisposition, others);
  }

  public MessageMedia withSetup(Setup s) {
    return new MessageMedia(connection, port, tls, acceptTypes, acceptWrappedTypes, Optional.of(s), path, maxSize, direction, fingerprint,
        cema,
        fileSelector, fileTransferId, fileDisposition, others);
  }

  public MessageMedia withTypes(List<String> types, List<String> wrapped) {
    return new MessageMedia(connection, port, tls, types, wrapped, setup, path, maxSize, direction, fingerprint, cema, fileSelector,
        fileTransferId,
        fileDisposition, others);
  }

  public MessageMedia withMaxSize(long bytes) {
    return new MessageMedia(connection, port, tls, acceptTypes, acceptWrappedTypes, setup, path, OptionalLong.of(bytes), direction,
        fingerprint, cema,
        fileSelector, fileTransferId, fileDisposition, others);
  }

  public MessageMedia withFingerprint(Fingerprint f) {
    return new MessageMedia(connection, port, tls, acceptTypes, acceptWrappedTypes, setup, path, maxSize, direction, Optional.of(f), cema,
        fileSelector, fileTransferId, fileDisposition, others);
  }

  /// `a=msrp-cema`, which an answer has where the offer has it (RFC 6714 section 4.3).
  public MessageMedia withCema(boolean on) {
    return new MessageMedia(connection, port, tls, acceptTypes, acceptWrappedTypes, setup, path, maxSize, direction, fingerprint, on,
        fileSelector, fileTransferId, fileDisposition, others);
  }

  /// A selector alone, which tells the size of one large message.
  public MessageMedia withSelector(FileSelector selector) {
    return new MessageMedia(connection, port, tls, acceptTypes, acceptWrappedTypes, setup, path, maxSize, direction, fingerprint, cema,
        Optional.of(selector), fileTransferId, fileDisposition, others);
  }

  public MessageMedia withFile(FileSelector selector, String transferId) {
    return new MessageMedia(connection, port, tls, acceptTypes, acceptWrappedTypes, setup, path, maxSize, direction, fingerprint, cema,
        Optional.of(selector), Optional.of(transferId), fileDisposition, others);
  }
}
