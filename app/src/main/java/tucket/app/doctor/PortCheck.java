// Whether the configured ports can be listened on, and who is in the way.
package tucket.app.doctor;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tucket.app.config.Config;
import tucket.transport.Endpoint;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// Binds each port for a moment. One that the running server of the same data folder has is as it should be.
final class PortCheck implements Check {
  private final Machine machine;
  private final Network network;

  PortCheck(Machine machine, Network network) {
    this.machine = machine;
    this.network = network;
  }

  @Override
  public String area() {
    return "ports";
  }

  @Override
  public void look(Config config, Findings to) {
    Map<Endpoint, String> ports = new LinkedHashMap<>();
    config.sip().listen().forEach(e -> ports.put(e, "sip.listen"));
    config.http().ifPresent(at -> ports.put(new Endpoint(Protocol.TCP, at), "http.listen"));
    config.xdms().listen().ifPresent(at -> ports.put(new Endpoint(Protocol.TCP, at), "xdms.listen"));
    Optional<Long> server = new DataLock(machine).holder(config.data());
    ports.forEach((endpoint, setting) -> look(endpoint, setting, server, to));
    if (config.http().stream().anyMatch(at -> !at.getAddress().isLoopbackAddress())) {
      to.warning(
          "the admin API can be reached from other machines, without TLS",
          "set http.listen to a loopback address and put a TLS proxy before it, or close its port in the firewall");
    }
  }

  private void look(Endpoint endpoint, String setting, Optional<Long> server, Findings to) {
    String shown = setting + " " + (setting.equals("http.listen") ? endpoint.hostPort() : endpoint.toString());
    if (endpoint.port() == 0) {
      to.ok(shown + " takes any free port");
      return;
    }
    Optional<Listeners.Bound> there = new Listeners(machine).at(endpoint.protocol() == Protocol.UDP, endpoint.address());
    if (there.isPresent()) {
      inUse(shown, setting, there.get(), server, to);
      return;
    }
    try {
      // Whether TLS works is another check's affair.
      Endpoint plain = endpoint.protocol() == Protocol.UDP ? endpoint : new Endpoint(Protocol.TCP, endpoint.address());
      network.listen(plain, (flow, data) -> {}).close();
      to.ok(shown + " is free" + privilege(endpoint.address()));
    } catch (Unavailable taken) {
      String message = String.valueOf(taken.getMessage());
      int remedy = message.indexOf(": ");
      to.problem("can't listen on " + shown, remedy < 0 ? message : message.substring(remedy + 2).replaceFirst("\\.$", ""));
    }
  }

  private void inUse(String shown, String setting, Listeners.Bound there, Optional<Long> server, Findings to) {
    long owner = there.owner().orElse(-1);
    if (owner >= 0 && server.stream().anyMatch(s -> s == owner)) {
      to.ok(shown + " is served by the running server, " + machine.name(owner));
      return;
    }
    String who = owner < 0 ? "another user's process" : machine.name(owner);
    String stop = owner < 0 ? "find it as root with `ss -lntup`, then stop it" : "stop it (`kill " + owner + "`)";
    to.problem(shown + " is in use by " + who, stop + ", or choose another port with the setting " + setting);
  }

  private String privilege(InetSocketAddress address) {
    long first = machine.number("proc/sys/net/ipv4/ip_unprivileged_port_start").orElse(1024);
    return address.getPort() < first ? "; below " + first + " the server needs root or CAP_NET_BIND_SERVICE (the systemd unit gives it)" : "";
  }
}
