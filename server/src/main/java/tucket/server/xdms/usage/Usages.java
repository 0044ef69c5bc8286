// All application usages.
package tucket.server.xdms.usage;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The usages whose documents are kept, by AUID. `xcap-caps`, `xcap-directory` and `search` are made when they are asked for and not among them.
public final class Usages {
  private final Map<String, ApplicationUsage> all = new LinkedHashMap<>();

  public Usages() {
    List.of(new ResourceListsUsage(), new RlsServicesUsage(), new PresRulesUsage(), new OmaPresRulesUsage(), new AccessRulesUsage(),
        new GroupsUsage(GroupsUsage.AUID), new GroupsUsage(GroupsUsage.OLDER), new GroupUsageListUsage(), new UserProfileUsage(false),
        new UserProfileUsage(true), new ConvHistoryUsage(), new DeferredListUsage())
        .forEach(usage -> all.put(usage.auid(), usage));
  }

  private Usages(Collection<ApplicationUsage> usages) {
    usages.forEach(usage -> all.put(usage.auid(), usage));
  }

  /// These and others, which take the place of those with the same AUID.
  public Usages with(Collection<ApplicationUsage> others) {
    Usages more = new Usages(all.values());
    others.forEach(usage -> more.all.put(usage.auid(), usage));
    return more;
  }

  public Optional<ApplicationUsage> of(String auid) {
    return Optional.ofNullable(all.get(auid));
  }

  public Collection<ApplicationUsage> all() {
    return List.copyOf(all.values());
  }
}
