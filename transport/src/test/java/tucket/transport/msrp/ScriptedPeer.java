// A peer that writes and reads MSRP by hand over a plain socket.
package tucket.transport.msrp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import tucket.transport.Endpoint;

/// `theirs` is the URI that it claims in From-Path, which nobody can connect to unless the test says otherwise.
final class ScriptedPeer implements AutoCloseable {
  private static final int PATIENCE = 30_000;

  final String theirs;
  private final Socket socket;
  private final InputStream in;
  private String ours = "";
  private int count;

  private ScriptedPeer(Socket socket, String theirs) throws IOException {
    this.socket = socket;
    this.theirs = theirs;
    socket.setSoTimeout(PATIENCE);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// Connects to where the stack listens, as active terminals do.
  static ScriptedPeer connect(Endpoint to, String theirs) throws IOException {
    return new ScriptedPeer(new Socket(to.address().getAddress(), to.port()), theirs);
  }

  /// Waits for the stack to connect, as passive terminals do.
  static ScriptedPeer accept(ServerSocket at, String theirs) throws IOException {
    at.setSoTimeout(PATIENCE);
    return new ScriptedPeer(at.accept(), theirs);
  }

  /// Towards that session from now on.
  ScriptedPeer to(MsrpEnd end) {
    ours = end.uri().toString();
    return this;
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// The empty SEND of terminals: neither Byte-Range nor Content-Type.
  void greet() throws IOException {
    String id = next();
    write("MSRP " + id + " SEND\r\nTo-Path: " + ours + "\r\nFrom-Path: " + theirs + "\r\nMessage-ID: empty" + id + "\r\n-------" + id + "$\r\n");
  }

  /// A SEND of text in one piece; returns its transaction id.
  String send(String text) throws IOException {
    return send(text, "Byte-Range: 1-" + text.length() + "/" + text.length());
  }

  /// The same with those lines in place of Byte-Range.
  String send(String text, String lines) throws IOException {
    String id = next();
    write("MSRP " + id + " SEND\r\nTo-Path: " + ours + "\r\nFrom-Path: " + theirs + "\r\nMessage-ID: m" + id + "\r\n"
        + (lines.isEmpty() ? "" : lines + "\r\n") + "Content-Type: text/plain\r\n\r\n" + text + "\r\n-------" + id + "$\r\n");
    return id;
  }

  String next() {
    count++;
    return "tid" + "0".repeat(5) + count;
  }

  /// What comes next, up to its end line, which is the last line of it. Empty at the end of the stream.
  String read() throws IOException {
    StringBuilder got = new StringBuilder();
    String id = "";
    while (true) {
      StringBuilder line = new StringBuilder();
      int c = in.read();
      while (c >= 0 && c != '\n') {
        line.append((char) c);
        c = in.read();
      }
      if (c < 0) {
        return got.toString();
      }
      got.append(line).append('\n');
      if (id.isEmpty()) {
        id = line.toString().split(" ")[1];
      } else if (line.toString().startsWith("-------" + id)) {
        return got.toString();
      }
    }
  }

  /// The status of the response that comes next, for that transaction.
  int status(String id) throws IOException {
    String[] words = read().lines().findFirst().orElse("").split(" ");
    if (words.length < 3 || !words[1].equals(id)) {
      throw new AssertionError("no response to " + id + " but " + String.join(" ", words));
    }
    return Integer.parseInt(words[2]);
  }

  /// Reads a SEND and answers it with that status line behind `MSRP tid `.
  String answer(String status) throws IOException {
    String request = read();
    String id = request.split(" ")[1];
    write("MSRP " + id + " " + status + "\r\nTo-Path: " + ours + "\r\nFrom-Path: " + theirs + "\r\n-------" + id + "$\r\n");
    return request;
  }

  /// Whether nothing comes for a while.
  boolean isSilent() throws IOException {
    socket.setSoTimeout(300);
    try {
      in.mark(1);
      int c = in.read();
      in.reset();
      return c < 0;
    } catch (SocketTimeoutException nothing) {
      return true;
    } finally {
      socket.setSoTimeout(PATIENCE);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
