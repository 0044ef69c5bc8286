// What a network tells about a flow.
package tucket.transport;

/// Called on the network's own event threads, or on one virtual thread of each: for one flow in order and never at the same time twice. Must be
/// short: a short lock may be waited for, nothing else.
public interface FlowHandler {
  default void opened(Flow flow) {}

  /// Bytes that arrived: a whole datagram, or whatever a stream had. The array is the receiver's to keep.
  void received(Flow flow, byte[] data);

  /// The connection has ended; `why` is a short phrase for logs.
  default void closed(Flow flow, String why) {}
}
