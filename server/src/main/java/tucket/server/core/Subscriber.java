// A user of this core as his service profile has it.
package tucket.server.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;

/// The service profile of one user.
///
/// @param id the default public identity
/// @param displayName empty text where there is none
/// @param aliases further public identities, such as `tel:+33612345678`
/// @param credentials what his passwords are checked against
/// @param enabled whether he may use anything at all
/// @param mayUseIm whether he may use the IM service
/// @param settings service settings by name, such as `storePagerMessages`
/// @param version grows by one with every change
public record Subscriber(
    AddressOfRecord id,
    String displayName,
    List<AddressOfRecord> aliases,
    Credentials credentials,
    boolean enabled,
    boolean mayUseIm,
    Map<String, String> settings,
    long version) {
  public Subscriber {
    aliases = List.copyOf(aliases);
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings)); // the order is stored
  }

  /// All public identities, the default one first.
  public List<AddressOfRecord> identities() {
    List<AddressOfRecord> all = new ArrayList<>(aliases.size() + 1);
    all.add(id);
    all.addAll(aliases);
    return all;
  }

  public boolean owns(AddressOfRecord identity) {
    return id.equals(identity) || aliases.contains(identity);
  }

  public Optional<String> setting(String name) {
    return Optional.ofNullable(settings.get(name));
  }

  Subscriber withDisplayName(String to) {
    return new Subscriber(id, to, aliases, credentials, enabled, mayUseIm, settings, version);
  }

  Subscriber withAliases(List<AddressOfRecord> to) {
    return new Subscriber(id, displayName, to, credentials, enabled, mayUseIm, settings, version);
  }

  Subscriber withCredentials(Credentials to) {
    return new Subscriber(id, displayName, aliases, to, enabled, mayUseIm, settings, version);
  }

  Subscriber withEnabled(boolean to) {
    return new Subscriber(id, displayName, aliases, credentials, to, mayUseIm, settings, version);
  }

  Subscriber withIm(boolean to) {
    return new Subscriber(id, displayName, aliases, credentials, enabled, to, settings, version);
  }

  Subscriber withSettings(Map<String, String> to) {
    return new Subscriber(id, displayName, aliases, credentials, enabled, mayUseIm, to, version);
  }

  Subscriber withVersion(long to) {
    return new Subscriber(id, displayName, aliases, credentials, enabled, mayUseIm, settings, to);
  }
}
