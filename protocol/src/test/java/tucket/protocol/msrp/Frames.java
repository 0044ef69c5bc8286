// Collects what the reader finds into whole requests and responses.
package tucket.protocol.msrp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A sink that remembers; reads a stream in slices as wanted.
final class Frames implements MsrpReader.Sink {
  /// A request with its body, or a response with none.
  record Frame(MsrpMessage head, String body, String end) {}

  final List<Frame> all = new ArrayList<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private MsrpMessage head = new MsrpRequest("none", "NONE", List.of());

  @Override
  public void request(MsrpRequest request) {
    head = request;
    body.reset();
  }

  @Override
  public void body(byte[] data, int from, int to) {
    body.writeBytes(Arrays.copyOfRange(data, from, to));
  }

  @Override
  public void end(Continuation continuation, boolean hadBody) {
    all.add(new Frame(head, body.toString(java.nio.charset.StandardCharsets.ISO_8859_1), continuation + (hadBody ? "" : " bodiless")));
  }

  @Override
  public void response(MsrpResponse response) {
    all.add(new Frame(response, "", ""));
  }

  static List<Frame> read(byte[] data) {
    Frames frames = new Frames();
    MsrpReader reader = new MsrpReader();
    reader.read(data, frames);
    return frames.all;
  }

  static List<Frame> read(String text) {
    return read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
