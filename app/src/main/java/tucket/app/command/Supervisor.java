// Tells the service manager that the server is ready.
package tucket.app.command;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// systemd's readiness protocol (sd_notify(3), `Type=notify`), by its own program `systemd-notify`, so that no socket of our own is wanted.
final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final int PATIENCE_SECONDS = 10;

  private Supervisor() {}

  /// Does nothing where no service manager asked to be told.
  static void ready() {
    if (System.getenv("NOTIFY_SOCKET") == null) {
      return;
    }
    try {
      Process notice = new ProcessBuilder("systemd-notify", "--ready").redirectErrorStream(true).start();
      if (!notice.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || notice.exitValue() != 0) {
        LOG.warn("event=not_notified why=\"systemd-notify failed\"");
      }
    } catch (IOException e) {
      LOG.warn("event=not_notified why=\"{}\"", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
