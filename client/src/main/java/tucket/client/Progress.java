// What is known of a message that we sent.
package tucket.client;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.imdn.Imdn;

/// `sent` is empty while the server has not answered; `reported` is every status that a notification told, by anyone.
public record Progress(Optional<Sent> sent, Set<Imdn.Status> reported) {
  public Progress {
    reported = Set.copyOf(reported);
  }

  Progress with(Imdn.Status status) {
    EnumSet<Imdn.Status> more = EnumSet.of(status);
    more.addAll(reported);
    return new Progress(sent, more);
  }

  public boolean delivered() {
    return reported.contains(Imdn.Status.DELIVERED) || displayed();
  }

  public boolean displayed() {
    return reported.contains(Imdn.Status.DISPLAYED);
  }

  public boolean failed() {
    return reported.contains(Imdn.Status.FAILED) || reported.contains(Imdn.Status.FORBIDDEN) || reported.contains(Imdn.Status.ERROR);
  }
}
