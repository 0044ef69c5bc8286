// The ends of MSRP sessions on sockets.
package tucket.server.media;

import tucket.server.reference.Im7ClientServer;
import tucket.transport.World;
import tucket.transport.msrp.MsrpStack;

/// Reference points IM-7 and IM-8 over an [MsrpStack]. Thread-safe.
public final class MsrpMedia implements Im7ClientServer {
  private final World world;
  private final MsrpStack stack;

  public MsrpMedia(World world, MsrpStack stack) {
    this.world = world;
    this.stack = stack;
  }

  @Override
  public boolean serves(boolean secure) {
    return stack.listening(secure).isPresent();
  }

  @Override
  public Media open(boolean secure) {
    return new MsrpLeg(world, stack.open(serves(secure) ? secure : !secure)); // what we do not listen for cannot be offered
  }
}
