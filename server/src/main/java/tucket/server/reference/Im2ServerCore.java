// Reference point IM-2: IM Server to SIP/IP Core.
package tucket.server.reference;

import java.util.List;
import java.util.Map;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.transport.Deadline;
import tucket.transport.Pending;

/// What the IM Server may ask of the SIP/IP Core, and what the Core asks of it (OMA AD SIMPLE IM section 5.5.2). On a wire this is SIP as the
/// ISC reference point has it. All calls run on virtual threads and may block; the answer of somebody further on may come later ([Pending]).
public interface Im2ServerCore {
  /// Sends a request onward to its target through the target's own functions: the terminating leg of a local user, or another domain. The
  /// sender is the one of P-Asserted-Identity, which must be there. Silence is answered 408, a broken path 503.
  Pending<SipResponse> send(SipRequest request, Deadline by);

  /// Hands a request to devices of a local user, past all functions (else a push would meet itself).
  Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by);

  /// Hands an invitation to the functions of its target, where that is a user or a service of ours, or refuses it where it would have to be one;
  /// false where it is for another domain: then [#invite] reaches it. Blocks while it is served.
  default boolean pass(Invitation invitation) {
    return false;
  }

  /// Sends an INVITE to another domain and blocks until its final response. The sender is the one of P-Asserted-Identity.
  default Reached invite(SipRequest invite, Reached.Ringing ringing, Deadline by) {
    return new Reached.Refused(Map.of());
  }

  /// Forks an INVITE to devices of a local user, past all functions: the first 2xx wins, the others are cancelled. A device that says
  /// nothing within the push timeout counts as silent; one that rings has time until `by`.
  default Reached invite(AddressOfRecord user, SipRequest invite, Devices to, Reached.Ringing ringing, Deadline by) {
    return new Reached.Refused(Map.of());
  }

  /// Whether the server of a user of another domain keeps what that user can't be given now (OMA AD SIMPLE IM section 5.3.2.1.3).
  default boolean defersElsewhere(AddressOfRecord user) {
    return true;
  }

  /// The devices of a user: the registered ones, and the lasting ones that are remembered. Where the user is of another domain that domain counts as
  /// his one device, which is always there: what is handed to it goes through his functions.
  List<Device> devices(AddressOfRecord user);

  /// Whether the user is one of ours and may use the IM service by the service profile.
  boolean mayUseIm(AddressOfRecord user);

  /// Whether the address is certainly a user's of ours, so that no list or group has it.
  default boolean isUser(AddressOfRecord address) {
    return mayUseIm(address);
  }

  /// All users of this domain that may use IM, for system messages to everyone. Weakly consistent.
  Iterable<AddressOfRecord> users();

  /// What the IM Server offers to the Core.
  interface Application {
    /// Handles a request of the IM service on one leg of the served user and returns its final response. `request` carries
    /// P-Asserted-Identity of the sender.
    Pending<SipResponse> handle(SipRequest request, Leg leg, AddressOfRecord served, Deadline by);

    /// Serves an invitation to a session on one leg of the served user; blocks until it is answered. `request` carries P-Asserted-Identity.
    default void invited(Invitation invitation, Leg leg, AddressOfRecord served) {
      invitation.refuse(SipResponse.to(invitation.request(), Status.METHOD_NOT_ALLOWED));
    }

    /// A device of the user registered, or a registered one gave a sign of life (third-party REGISTER, TS 24.229 section 5.4.1.7). Returns at
    /// once: what follows from it happens on another thread.
    void registered(AddressOfRecord user);

    /// The last binding of the user is gone.
    default void deregistered(AddressOfRecord user) {}
  }
}
