// The ready users of a server that is tried out on one machine.
package tucket.app.assembly;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.app.config.Config;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.server.core.Subscribers;

/// Their passwords are no secret: they are made on loopback only, and shown.
public final class LabUsers {
  public static final List<String> NAMES = List.of("alice", "bob", "carol");

  private static final Logger LOG = LoggerFactory.getLogger(LabUsers.class);

  private LabUsers() {}

  /// The password of a lab user.
  public static Optional<String> passwordOf(String name) {
    return NAMES.contains(name) ? Optional.of(name + "-lab") : Optional.empty();
  }

  /// Makes them where they are wanted and there are no users yet; returns who was made.
  static List<String> make(Config config, Subscribers subscribers) {
    if (!config.lab().users() || config.core().mode() == Config.Mode.EXTERNAL || subscribers.list().iterator().hasNext()) {
      return List.of();
    }
    if (!config.onlyLoopback()) {
      LOG.warn("event=no_lab_users why=\"a listener can be reached from other machines; make users with ./tucket user add, or set lab.users = false\"");
      return List.of();
    }
    for (String name : NAMES) {
      AddressOfRecord id = AddressOfRecord.of(SipUri.of(name, config.domain()));
      subscribers.add(id, passwordOf(name).orElseThrow(), Character.toUpperCase(name.charAt(0)) + name.substring(1), List.of());
    }
    return NAMES;
  }
}
