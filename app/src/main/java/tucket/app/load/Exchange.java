// A request on its way, until its final response.
package tucket.app.load;

/// RFC 3261 section 17.1.2, what of it a sender in a hurry needs: by UDP the request is sent again until it is answered. Guarded by the load.
final class Exchange {
  private static final long T1 = 500_000_000L;
  private static final long T2 = 4_000_000_000L;
  private static final byte[] NOTHING = new byte[0];

  final Wire wire;
  final int index;
  int sequence;
  int attempt;
  int from;
  int to;
  int device;
  boolean open;
  byte[] data = NOTHING;

  /// When it was sent, or was due: latency is measured from here.
  long since;

  private long interval;
  private long again;

  Exchange(Wire wire, int index) {
    this.wire = wire;
    this.index = index;
  }

  void send(byte[] request, long now) {
    data = request;
    open = true;
    interval = T1;
    again = now + T1;
    wire.send(request);
  }

  /// Sends it again where that is due.
  void repeat(long now) {
    if (wire.isDatagram() && now - again >= 0) {
      interval = Math.min(2 * interval, T2);
      again = now + interval;
      wire.send(data);
    }
  }
}
