// tucket registrations: who is there, with which devices.
package tucket.app.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tucket.app.admin.Administration.Registered;

@Command(
    name = "registrations",
    description = "List the devices of all users: those that are registered, and those that are remembered.",
    footer = {"%nExamples:", "  tucket registrations", "  tucket registrations --json"})
public final class RegistrationsCommand implements Callable<Integer> {
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private Output out = new Output();

  @Override
  public Integer call() {
    List<Registered> devices = admin.with(a -> a.registrations());
    if (devices.isEmpty()) {
      out.line("no device is registered or remembered");
    } else {
      out.table(List.of("user", "device", "registered", "features"), devices.stream().map(RegistrationsCommand::row).toList());
    }
    return Exit.OK;
  }

  private static Map<String, Object> row(Registered r) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("user", r.user());
    row.put("device", r.device());
    row.put("registered", r.registered());
    row.put("features", r.features());
    return row;
  }
}
