// A device of a user, as the fake Core knows it.
package tucket.server.im;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.FeatureSet;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;

/// Answers 200 until it is told otherwise, and remembers what it acknowledged, in order.
public final class FakePhone {
  private final DeviceId id;
  private final boolean lasting;
  private final FeatureSet features;
  private final List<SipRequest> tried = new ArrayList<>();
  private final List<SipRequest> got = new ArrayList<>();
  private boolean registered = true;
  private Function<SipRequest, Integer> answers = r -> 200;

  FakePhone(String id, boolean lasting, boolean im) {
    this.id = new DeviceId(id);
    this.lasting = lasting;
    this.features = im ? FeatureSet.of(Params.parse(";+g.oma.sip-im", 0)) : FeatureSet.NONE;
  }

  public DeviceId id() {
    return id;
  }

  synchronized Device device() {
    return new Device(id, registered, lasting, features);
  }

  synchronized boolean isRegistered() {
    return registered;
  }

  synchronized boolean isLasting() {
    return lasting;
  }

  /// It loses its binding.
  public synchronized FakePhone goesAway() {
    registered = false;
    return this;
  }

  synchronized void comes() {
    registered = true;
  }

  /// It answers every MESSAGE so.
  public synchronized FakePhone answers(int status) {
    return answers(r -> status);
  }

  /// It answers by this; the function may block, and may answer -1: the binding is gone.
  public synchronized FakePhone answers(Function<SipRequest, Integer> by) {
    answers = by;
    return this;
  }

  Optional<SipResponse> take(SipRequest request) {
    Function<SipRequest, Integer> by;
    synchronized (this) {
      if (!registered) {
        return Optional.empty();
      }
      tried.add(request);
      by = answers;
    }
    int status = by.apply(request);
    if (status < 0) {
      return Optional.empty();
    }
    if (status < 300) {
      synchronized (this) {
        got.add(request);
      }
    }
    return Optional.of(SipResponse.to(request, status));
  }

  /// Everything it was handed, also what it refused.
  public synchronized List<SipRequest> tried() {
    return List.copyOf(tried);
  }

  /// What it acknowledged.
  public synchronized List<SipRequest> got() {
    return List.copyOf(got);
  }

  /// The texts it acknowledged, out of CPIM where they were in it.
  public List<String> texts() {
    return got().stream().map(FakePhone::text).toList();
  }

  /// The Message-IDs it acknowledged; `-` for a bare body.
  public List<String> ids() {
    return got().stream().map(r -> cpim(r).flatMap(CpimMessage::messageId).orElse("-")).toList();
  }

  static Optional<CpimMessage> cpim(SipRequest request) {
    boolean is = request.contentType().filter(t -> t.is(MediaType.CPIM)).isPresent();
    return is ? Optional.of(CpimMessage.parse(request.body())) : Optional.empty();
  }

  static String text(SipRequest request) {
    byte[] body = cpim(request).map(m -> m.content().body()).orElseGet(request::body);
    return new String(body, StandardCharsets.UTF_8);
  }
}
