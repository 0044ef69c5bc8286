// Sentences about what is published.
package tucket.app.scene;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import tucket.client.Publisher;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.SipResponse;

/// A phone has one publication in each event package; the rows under a step are its document.
final class PublicationSentences {
  private static final Duration LIFE = Duration.ofSeconds(3600);

  private PublicationSentences() {}

  static void tell(Steps steps) {
    steps.on("WHO publishes (?<event>[\\w.-]+)(?: again)? as (?<type>\\S+)(?<deflated> deflated)?(?: for (?<life>\\d+)s)?", s -> {
      Duration life = s.has("life") ? Duration.ofSeconds(s.number("life")) : LIFE;
      MediaType type = MediaType.parse(s.part("type"));
      publish(s, p -> s.has("deflated") ? p.publish(type, s.block().allDeflated(), "deflate", life) : p.publish(type, s.block().all(), life));
    });
    steps.on("WHO refreshes (?<event>[\\w.-]+)", s -> publish(s, p -> p.refresh(LIFE)));
    steps.on("WHO removes (?<event>[\\w.-]+)", s -> publish(s, Publisher::remove));
  }

  private static void publish(Steps.Said s, Function<Publisher, SipResponse> how) {
    Phone phone = s.phone();
    String event = s.part("event");
    Publisher publisher = new Publisher(phone.client(), event, Optional.ofNullable(phone.tags.get(event)));
    s.stage().answered(Optional.of(how.apply(publisher)));
    publisher.tag().ifPresentOrElse(t -> phone.tags.put(event, t), () -> phone.tags.remove(event));
  }
}
