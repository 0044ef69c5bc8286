// The world's failure: a port in use, a host that can't be reached, a name that can't be resolved.
package tucket.transport;

import org.jspecify.annotations.Nullable;

/// The message is a sentence for the person who can act on it.
public final class Unavailable extends RuntimeException {
  public Unavailable(String message) {
    super(message);
  }

  public Unavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
