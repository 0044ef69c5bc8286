// What a user has set for the IM service.
package tucket.server.im.participating;

import java.util.function.Predicate;
import tucket.protocol.sip.AddressOfRecord;

/// The port to the settings that the client provides. Answers at once, from memory; a change that was acknowledged to the user is in force.
public interface ServiceSettings {
  /// Whether pager-mode messages to this user are stored though he is online, and kept until he asks for them (section 5.3.2.1.3 a).
  boolean storePagerMessages(AddressOfRecord user);

  /// Settings that a function answers.
  static ServiceSettings of(Predicate<AddressOfRecord> storePagerMessages) {
    return storePagerMessages::test;
  }

  /// Nobody has set anything.
  static ServiceSettings none() {
    return user -> false;
  }
}
