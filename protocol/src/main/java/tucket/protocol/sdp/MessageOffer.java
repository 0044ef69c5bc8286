// An offer with message media, and the answers to it.
package tucket.protocol.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.protocol.Malformed;
import tucket.protocol.mime.MediaType;

/// The offerer's side of RFC 3264 for MSRP. `index` is where its stream stands among the streams of `sdp`.
public record MessageOffer(SessionDescription sdp, int index, MessageMedia media) {
  /// The first message stream of the description that is not refused; empty where it has none: 488, or 606 as terminals say.
  public static Optional<MessageOffer> in(SessionDescription sdp) {
    for (int i = 0; i < sdp.media().size(); i++) {
      Media m = sdp.media().get(i);
      if (MessageMedia.isMessage(m) && !m.isRejected()) {
        return Optional.of(new MessageOffer(sdp, i, MessageMedia.of(sdp, m)));
      }
    }
    return Optional.empty();
  }

  /// A new offer with that one stream. Setup and direction are always in it, as one terminal takes a missing setup for passive.
  public static MessageOffer of(Origin origin, MessageMedia media) {
    MessageMedia complete = media.setup().isPresent() ? media : media.withSetup(Setup.ACTPASS);
    return new MessageOffer(SessionDescription.of(origin, List.of(complete.media())), 0, complete);
  }

  public byte[] write() {
    return sdp.write();
  }

  /// Our answer with `ours` as the stream: its setup becomes what the offer leaves us (passive where we may choose, if `preferPassive`),
  /// its direction what offer and wish have in common, CEMA is agreed to where it is offered (we connect to c= and m= anyway, and know
  /// sessions by their ids), and every other stream of the offer is refused with port 0 (RFC 3264 section 6).
  public SessionDescription answer(Origin origin, MessageMedia ours, boolean preferPassive) {
    Optional<Setup> role = media.role().or(media::setup);
    Setup setup = preferPassive ? Setup.passiveAnswerTo(role) : Setup.answerTo(role);
    MessageMedia answer = ours.withSetup(setup).withDirection(media.direction().answer(ours.direction())).withCema(media.cema());
    List<Media> streams = new ArrayList<>();
    for (int i = 0; i < sdp.media().size(); i++) {
      Media offered = sdp.media().get(i);
      streams.add(i == index ? answer.media().withProtocol(offered.protocol()) : offered.rejected());
    }
    return SessionDescription.of(origin, streams);
  }

  /// An answer that refuses everything.
  public SessionDescription refusal(Origin origin) {
    return SessionDescription.of(origin, sdp.media().stream().map(Media::rejected).toList());
  }

  /// Whether the offerer could take a message of that type in a CPIM wrapper, or bare.
  public boolean accepts(MediaType type) {
    return media.accepts(type) || media.accepts(MediaType.CPIM) && media.acceptsWrapped(type);
  }

  /// What the answer to this offer says; empty where the peer refused the stream. [Malformed] where it does not fit the offer.
  public Optional<MessageAnswer> accepted(SessionDescription answer) {
    if (answer.media().size() <= index || !MessageMedia.isMessage(answer.media().get(index))) {
      throw new Malformed("SDP answer does not fit the offer");
    }
    MessageMedia theirs = MessageMedia.of(answer, answer.media().get(index));
    return theirs.isRejected() ? Optional.empty() : Optional.of(new MessageAnswer(media, theirs));
  }
}
