// A bot on the client library: it answers every message with its text, also those that came while it was away.
//
//   ./tucket serve                                   # in one terminal: makes the users alice, bob and carol
//   ./tucket user add echo --password echo-secret    # in another
//   java -cp 'app/target/lib/*' examples/bot/EchoBot.java sip:echo@tucket.example echo-secret tcp:127.0.0.1:5060
//   ./tucket send --as alice echo "Hello" && ./tucket listen --as alice --count 1

import java.net.URI;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Incoming;
import tucket.client.Outgoing;
import tucket.client.Pager;
import tucket.client.Sent;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// Arguments: its address, its password, and where the server is (`udp:`, `tcp:` or `tls:`, address and port).
public final class EchoBot {
  private EchoBot() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("usage: EchoBot sip:USER@DOMAIN PASSWORD tcp:ADDRESS:PORT");
      System.exit(2);
    }
    SipUri address = (SipUri) Uri.parse(args[0]);
    Account account = new Account(address, address.user(), args[1]);
    // The same device at every start: messages wait for devices, and one that is new each time would leave them waiting for the old one.
    ClientSettings settings = ClientSettings.of(account, endpoint(args[2])).withInstance("urn:uuid:5b4ac1a6-4d5c-4bd6-8f55-ec40bb07ec40");
    try (SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
        ImClient bot = new ImClient(world.world(), settings)) {
      bot.pager().listen(new Pager.Listener() {
        @Override
        public void message(Incoming message) {
          // The server hears 200 when this returns; the answer is sent by another thread, which may block.
          world.world().threads().start("answer", () -> answer(bot, message));
        }
      });
      bot.register(); // and stays registered; what waits is pushed at once
      System.out.println(address + " answers");
      CountDownLatch leave = new CountDownLatch(1);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        bot.leave();
        leave.countDown();
      }));
      leave.await();
    }
  }

  private static void answer(ImClient bot, Incoming message) {
    if (!message.type().type().equals("text")) {
      return;
    }
    Sent sent = bot.pager().send(message.from(), Outgoing.text("You said: " + message.text()).withLife(Duration.ofDays(1)));
    System.out.println(message.from() + ": " + message.text() + " -> " + sent.status() + " " + sent.reason());
  }

  private static Endpoint endpoint(String text) {
    URI at = URI.create(text.replaceFirst(":", "://"));
    return new Endpoint(Protocol.valueOf(at.getScheme().toUpperCase()), new InetSocketAddress(at.getHost(), at.getPort()));
  }
}
