// What a network tells about a flow.
package tucket.transport;

/// Called on the network's own event threads, for one flow never at the same time twice: must be short and must not block.
public interface FlowHandler {
  default void opened(Flow flow) {}

  /// Bytes that arrived: a whole datagram, or whatever a stream had. The array is the receiver's to keep.
  void received(Flow flow, byte[] data);

  /// The connection has ended; `why` is a short phrase for logs.
  default void closed(Flow flow, String why) {}
}
