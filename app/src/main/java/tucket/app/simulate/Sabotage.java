// Makes parts of the server wrong on purpose, to prove that the laws can be broken.
package tucket.app.simulate;

import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im7ClientServer;
import tucket.store.Engine;
import tucket.transport.World;

/// What stands between the server and its storage, between the IM Server and the Core, and between it and its media.
public interface Sabotage {
  /// None.
  Sabotage NONE = new Sabotage() {};

  default Engine engine(Engine right) {
    return right;
  }

  default Im2ServerCore core(Im2ServerCore right, World world) {
    return right;
  }

  default Im7ClientServer media(Im7ClientServer right) {
    return right;
  }
}
