// A server inside another program, with a client of its own.
//
//   java -cp 'app/target/lib/*' examples/embedding/Embedded.java

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tucket.app.assembly.Assembly;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Pager;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// Exit code 0 where the message of the operator reached the user.
public final class Embedded {
  private Embedded() {}

  public static void main(String[] args) throws Exception {
    // What stands in no file comes from tucket.conf, which `tucket config` prints. Port 0 is any free one.
    List<String> settings = List.of("domain=im.example", "sip.listen=[\"tcp:127.0.0.1:0\"]", "msrp.listen=[]", "http.listen=\"\"", "storage.engine=memory",
        "lab.users=false", "log.level=warn");
    CountDownLatch told = new CountDownLatch(1);
    try (Assembly server = Assembly.start(ConfigFile.read(Optional.empty(), settings))) {
      System.out.println("serves im.example at " + server.listening());
      server.administration().add("dave", "a password", "Dave", List.of());
      server.administration().announce(List.of("dave"), "text/plain", "Welcome, Dave"); // he is away: it is stored for him
      try (SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
          ImClient dave = new ImClient(world.world(),
              ClientSettings.of(Account.of("sip:dave@im.example", "dave", "a password"), server.listening().getFirst()))) {
        dave.pager().listen(new Pager.Listener() {
          @Override
          public void message(Incoming message) {
            System.out.println(message.from() + ": " + message.text());
            told.countDown();
          }
        });
        dave.register();
        boolean arrived = told.await(30, TimeUnit.SECONDS);
        dave.leave();
        server.stop(Duration.ofSeconds(5));
        System.exit(arrived ? 0 : 1);
      }
    }
  }
}
