// Session mode: INVITE, MSRP, and the server in the place of who is absent.
package tucket.server.im.participating;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Trace;
import tucket.server.im.deferred.DeferredMessagingFunction;
import tucket.server.im.message.DisplayNames;
import tucket.server.im.message.Reading;
import tucket.server.im.message.Reports;
import tucket.server.im.message.Responses;
import tucket.server.im.message.SessionMessages;
import tucket.server.im.policy.Policy;
import tucket.server.im.settings.ImSettings;
import tucket.server.im.settings.ServiceAddresses;
import tucket.server.im.settings.SessionSettings;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im7ClientServer;
import tucket.server.reference.Invitation;
import tucket.server.reference.Leg;
import tucket.transport.Deadline;
import tucket.transport.World;

/// OMA-TS-SIMPLE_IM sections 6.1.1.2 and 6.1.2.2. In one process the functions of both users share one relay: the originating one passes the
/// invitation on, the terminating one joins the legs. Thread-safe; blocks until an invitation is answered.
public final class SessionMode {
  private static final Logger LOG = LoggerFactory.getLogger(SessionMode.class);

  private final Parts parts;
  private final ParticipatingFunction participating;

  /// What session mode works with.
  public record Parts(World world, Im2ServerCore core, Im7ClientServer media, SessionMessages messages, Responses responses, Policy policy,
      Circumstances circumstances, DisplayNames names, DeferredMessagingFunction deferred, ImSettings operator, SessionSettings session,
      ServiceAddresses services, Reports reports, Trace trace, Crossings crossings) {
    public Parts(World world, Im2ServerCore core, Im7ClientServer media, SessionMessages messages, Responses responses, Policy policy,
        Circumstances circumstances, DisplayNames names, DeferredMessagingFunction deferred, ImSettings operator, SessionSettings session,
        ServiceAddresses services, Reports reports, Trace trace) {
      this(world, core, media, messages, responses, policy, circumstances, names, deferred, operator, session, services, reports, trace, new Crossings());
    }
  }

  /// `participating` sends what comes in a session with a list to its members.
  public SessionMode(Parts parts, ParticipatingFunction participating) {
    this.parts = parts;
    this.participating = participating;
  }

  /// Serves an invitation on one leg.
  public void invited(Invitation invitation, Leg leg, AddressOfRecord served) {
    Responses responses = parts.responses();
    try {
      Optional<AddressOfRecord> from = SessionMessages.author(invitation.request());
      if (from.isEmpty()) {
        invitation.refuse(responses.of(invitation.request(), Status.FORBIDDEN, "P-Asserted-Identity is missing"));
      } else if (leg == Leg.TERMINATING && parts.services().isService(served)) {
        invitation.refuse(responses.notAllowed(invitation.request()));
      } else if (leg == Leg.ORIGINATING) {
        originate(invitation, from.get(), served);
      } else {
        SessionSetup setup = new SessionSetup(parts, invitation, from.get(), served);
        if (setup.isAdmitted(Leg.TERMINATING, served)) {
          setup.terminate();
        }
      }
    } catch (Malformed e) {
      invitation.refuse(responses.of(invitation.request(), Status.BAD_REQUEST, String.valueOf(e.getMessage())));
    } catch (tucket.store.Unavailable | tucket.transport.Unavailable e) {
      LOG.warn("INVITE to {} is refused for now: {}", served, e.getMessage());
      invitation.refuse(responses.later(invitation.request(), Status.SERVICE_UNAVAILABLE, Status.reason(Status.SERVICE_UNAVAILABLE), 10));
    } catch (RuntimeException e) {
      LOG.error("INVITE for {}, Call-ID {}", served, invitation.request().first(Header.CALL_ID).orElse(""), e);
      invitation.refuse(responses.of(invitation.request(), Status.SERVER_INTERNAL_ERROR));
    }
  }

  private void originate(Invitation invitation, AddressOfRecord from, AddressOfRecord served) {
    switch (parts.names().resolve(invitation.request(), served)) {
      case DisplayNames.Refused(SipResponse response) -> invitation.refuse(response);
      case DisplayNames.Addressed(SipRequest found) ->
          onward(found.equals(invitation.request()) ? invitation : new Readdressed(invitation, found), from, served);
    }
  }

  private void onward(Invitation invitation, AddressOfRecord from, AddressOfRecord served) {
    AddressOfRecord to = AddressOfRecord.of(invitation.request().uri());
    SessionSetup setup = new SessionSetup(parts, invitation, from, to);
    if (setup.isAdmitted(Leg.ORIGINATING, served) && !ListSession.serve(parts, participating, invitation, setup, served)
        && !parts.core().pass(invitation)) {
      setup.elsewhere();
    }
  }

  /// Sends a message or a notification to a party of a session that the session does not reach any more: through the functions of that
  /// party, which deliver it or store it. An MSRP status.
  static int sendOutside(Parts parts, Reading reading) {
    int status = outside(parts, reading);
    return status < 300 ? MsrpStatus.OK : status == 413 ? MsrpStatus.STOP_SENDING : MsrpStatus.TIMEOUT;
  }

  /// The same as a SIP status: 202 where it is kept here because nobody else keeps it.
  static int outside(Parts parts, Reading reading) {
    Deadline by = Deadline.in(java.time.Duration.ofSeconds(28), parts.world().clock());
    int status = parts.core().send(parts.messages().outside(reading), by).await().status();
    return parts.deferred().keptForOther(reading, status) ? Status.ACCEPTED : status;
  }
}
