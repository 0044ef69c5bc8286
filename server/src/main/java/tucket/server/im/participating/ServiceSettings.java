// What users have set for the IM service.
package tucket.server.im.participating;

import java.util.function.Function;
import java.util.function.Predicate;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.im.settings.UserSettings;

/// The port to the settings that clients provide. Answers at once, from memory; a change that was acknowledged to the user is in force.
@FunctionalInterface
public interface ServiceSettings {
  /// What is in force for a user.
  UserSettings of(AddressOfRecord user);

  /// Settings of which only the storing of pager messages is ever another than usual.
  static ServiceSettings storing(Predicate<AddressOfRecord> storePagerMessages) {
    return user -> UserSettings.DEFAULT.withStorePagerMessages(storePagerMessages.test(user));
  }

  /// What users have published over what holds for who publishes nothing.
  static ServiceSettings over(PublishedSettings published, Function<AddressOfRecord, UserSettings> otherwise) {
    return user -> published.of(user, otherwise);
  }

  /// Nobody has set anything.
  static ServiceSettings none() {
    return user -> UserSettings.DEFAULT;
  }
}
