// A server that is measured.
package tucket.app.load.bench;

import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// Runs until it is closed.
interface Subject extends AutoCloseable {
  String name();

  /// Where it speaks SIP.
  Endpoint at(Protocol protocol);

  /// CPU seconds that it has used so far, all its processes and threads together.
  double cpu();

  @Override
  void close();
}
