// tucket serve: runs the server until it is told to stop.
package tucket.app.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tucket.app.assembly.Assembly;
import tucket.app.assembly.LabUsers;
import tucket.app.assembly.Logging;
import tucket.app.config.Config;
import tucket.app.config.Version;

@Command(
    name = "serve",
    description = "Run the server. Ctrl-C or SIGTERM stops it: requests under way come to their end, new ones are turned away.",
    footer = {
      "%nExamples:",
      "  tucket serve",
      "  tucket serve --config my.conf",
      "  tucket serve --set storage.engine=memory --set http.listen=127.0.0.1:8081"
    })
public final class ServeCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private Output out = new Output();

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long requests under way may take at the end (default: ${DEFAULT-VALUE}).")
  private int grace = 10;

  @Override
  public Integer call() throws InterruptedException {
    Config config = options.read();
    Logging.use(config.log());
    Assembly server = Assembly.start(config);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped), "stop"));
    ready(server);
    Supervisor.ready();
    stopped.await();
    return Exit.OK;
  }

  private void stop(Assembly server, CountDownLatch stopped) {
    out.line("Stopping.");
    server.stop(Duration.ofSeconds(grace));
    stopped.countDown();
  }

  private void ready(Assembly server) {
    Config config = server.config();
    List<String> sip = server.listening().stream().map(Object::toString).toList();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "ready");
    fields.put("domain", config.domain());
    fields.put("sip", sip);
    server.http().ifPresent(at -> fields.put("http", "http://" + at.getAddress().getHostAddress() + ":" + at.getPort()));
    String scheme = config.xdms().tls() ? "https://" : "http://";
    server.xcap().ifPresent(at -> fields.put("xcap", scheme + at.getAddress().getHostAddress() + ":" + at.getPort() + "/xcap"));
    out.object(fields);
    out.line("Tucket %s serves %s", Version.NUMBER, config.domain());
    out.line("  SIP    %s", String.join("  ", sip));
    out.line("  HTTP   %s", fields.getOrDefault("http", "none"));
    out.line("  XCAP   %s", fields.getOrDefault("xcap", "none"));
    out.line("  data   %s", config.storage() == Config.Storage.MEMORY ? "in memory, gone at the end" : config.data());
    if (!server.labUsers().isEmpty()) {
      out.line(
          "  users  %s: made for a trial on this machine",
          server.labUsers().stream().map(u -> u + " (password " + LabUsers.passwordOf(u).orElse("") + ")").collect(Collectors.joining(", ")));
    }
    out.line("Ready. Ctrl-C stops it.");
  }
}
