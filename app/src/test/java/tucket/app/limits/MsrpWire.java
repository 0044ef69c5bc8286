// MSRP by hand over a TCP connection.
package tucket.app.limits;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;

/// The active end, which has been told the path of the server. Blocks; for one thread.
final class MsrpWire implements AutoCloseable {
  /// What it says that its own path is.
  static final String OURS = "msrp://127.0.0.1:9/hand;tcp";

  private final HandSocket socket;
  private String theirs;
  private int count;

  /// `path` as it stands in the server's SDP.
  MsrpWire(String path) {
    theirs = path;
    socket = new HandSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(path.replaceFirst(".*:(\\d+)/.*", "$1"))));
  }

  /// The empty SEND by which the server knows whose connection this is; returns when it is answered.
  void greet() throws IOException {
    String id = "greet" + ++count;
    socket.write("MSRP " + id + " SEND\r\nTo-Path: " + theirs + "\r\nFrom-Path: " + OURS + "\r\nMessage-ID: " + id + "\r\n-------" + id + "$\r\n");
    read();
  }

  /// A text in one piece.
  void send(String text) throws IOException {
    String id = "send" + ++count;
    socket.write("MSRP " + id + " SEND\r\nTo-Path: " + theirs + "\r\nFrom-Path: " + OURS + "\r\nMessage-ID: " + id + "\r\nByte-Range: 1-" + text.length() + "/"
        + text.length() + "\r\nContent-Type: text/plain\r\n\r\n" + text + "\r\n-------" + id + "$\r\n");
  }

  /// From now on to that path.
  void to(String path) {
    theirs = path;
  }

  /// Logs in to the server as a relay (RFC 4976 section 5.1); returns the URI that it hands out.
  String login(String relay, String user, String password) throws IOException {
    String challenge = line(auth(relay, ""), "WWW-Authenticate: ");
    String proof = Digest.answer(DigestChallenge.parse(challenge), user, password, "AUTH", relay, "cnonce", 1, new byte[0]).toString();
    return line(auth(relay, "Authorization: " + proof + "\r\n"), "Use-Path: ");
  }

  private String auth(String relay, String lines) throws IOException {
    String id = "auth" + ++count;
    socket.write("MSRP " + id + " AUTH\r\nTo-Path: " + relay + "\r\nFrom-Path: " + OURS + "\r\n" + lines + "-------" + id + "$\r\n");
    return read();
  }

  private static String line(String message, String name) {
    return message.lines().filter(l -> l.startsWith(name)).findFirst().orElseThrow(() -> new AssertionError(message)).substring(name.length()).strip();
  }

  /// The next request or response; what has come of it at the end of the stream.
  String read() throws IOException {
    return socket.readLines(got -> got.lastIndexOf("-------" + got.split(" ")[1]) > 0);
  }

  /// Answers that request with 200.
  void answer(String request) throws IOException {
    String id = request.split(" ")[1];
    socket.write("MSRP " + id + " 200 OK\r\nTo-Path: " + theirs + "\r\nFrom-Path: " + OURS + "\r\n-------" + id + "$\r\n");
  }

  /// Whether nothing comes for a while.
  boolean isSilent() throws IOException {
    return socket.isSilent();
  }

  /// Whether the server closes the connection before anything more comes.
  boolean isCut() throws IOException {
    return socket.isCut();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
