// The folder that holds everything durable, and the engine in it.
package tucket.app.assembly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tucket.app.admin.Administration;
import tucket.app.admin.LocalAdministration;
import tucket.app.config.Config;
import tucket.server.DurableTrace;
import tucket.server.core.Subscribers;
import tucket.server.im.deferred.DeferredQueue;
import tucket.server.im.deferred.StorageCharging;
import tucket.store.Engine;
import tucket.store.MemoryEngine;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;
import tucket.store.Unavailable;
import tucket.transport.net.SystemClock;

/// `<data>/db` is the database, `<data>/admin.token` the secret of the admin API, `<data>/lab-tls` the lab certificate.
public final class DataFolder {
  private DataFolder() {}

  static Engine engine(Config config) {
    if (config.storage() == Config.Storage.MEMORY) {
      return new MemoryEngine();
    }
    Path folder = config.data().resolve("db");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new Unavailable("Can't make the folder " + folder + " (" + e.getMessage() + "): choose another one with the setting data.", e);
    }
    return new RocksEngine(folder, RocksSettings.DEFAULT);
  }

  /// Administration of a server that does not run, on its data alone; the folder is locked until the result is closed. Throws [Unavailable]
  /// where the data is in use or not there.
  public static Administration administration(Config config) {
    if (config.storage() == Config.Storage.MEMORY) {
      throw new Unavailable("The server does not run, and with storage.engine = memory it leaves nothing behind: start it with ./tucket serve.");
    }
    Engine engine = engine(config);
    SystemClock clock = new SystemClock();
    Subscribers subscribers = new Subscribers(engine, new Translation(config).core(), config.limits());
    DurableTrace trace = new DurableTrace(engine, clock, 1);
    DeferredQueue queue = new DeferredQueue(engine, clock, config.limits(), new StorageCharging(engine), trace);
    return new LocalAdministration(
        new LocalAdministration.Stored(config.domain(), subscribers, trace, queue, engine),
        Optional.empty(),
        () -> {
          engine.close();
          clock.close();
        });
  }
}
