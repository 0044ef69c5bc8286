// The session machine: what terminals need of it, and what RFC 4975 says.
package tucket.protocol.msrp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tucket.protocol.fuzz.MsrpCorpus;

class MsrpSessionTest {
  private static final MsrpUri SELF = MsrpUri.parse("msrp://198.51.100.1:2855/mine;tcp");
  private static final List<MsrpUri> PEER = MsrpUri.parsePath("msrp://10.0.0.1:20000/theirs;tcp");
  private static final long SECOND = 1_000_000_000L;

  /// A session whose output is written down as text.
  private static final class Bench implements SessionOutput {
    final List<String> log = new ArrayList<>();
    final List<IncomingMessage> delivered = new ArrayList<>();
    final MsrpSession session;
    private int id;
    long now;
    long ticket;
    long timer;

    Bench(SessionSettings settings) {
      session = new MsrpSession(settings, () -> "tid" + id++, 0);
    }

    Bench on(SessionEvent event) {
      session.on(event, now, this);
      return this;
    }

    /// The bytes of a peer on that connection.
    Bench receive(long connection, String wire) {
      new MsrpReader().read(wire.getBytes(UTF_8), new MsrpReader.Sink() {
        @Override
        public void request(MsrpRequest head) {
          on(new SessionEvent.Head(connection, head));
        }

        @Override
        public void body(byte[] data, int from, int to) {
          on(new SessionEvent.Body(connection, data, from, to));
        }

        @Override
        public void end(Continuation continuation, boolean hadBody) {
          on(new SessionEvent.End(connection, continuation));
        }

        @Override
        public void response(MsrpResponse response) {
          on(new SessionEvent.Answered(response));
        }
      });
      return this;
    }

    Bench submit(String id, int bytes) {
      return on(new SessionEvent.Submit(OutgoingMessage.of(id, "text/plain", "x".repeat(bytes).getBytes(UTF_8))));
    }

    Bench answer(String tid, int status) {
      return on(new SessionEvent.Answered(new MsrpResponse(tid, status, "", List.of())));
    }

    Bench at(long nanos) {
      now = nanos;
      return on(new SessionEvent.Fired());
    }

    List<String> take() {
      List<String> taken = List.copyOf(log);
      log.clear();
      return taken;
    }

    @Override
    public void transmit(long connection, byte[] data) {
      for (Frames.Frame f : Frames.read(data)) {
        log.add(connection + " " + f.head().startLine().substring(5) + f.head().first("Byte-Range").map(r -> " " + r).orElse("")
            + (f.end().startsWith("ABORTED") ? " #" : ""));
      }
    }

    @Override
    public void deliver(IncomingMessage message, long t) {
      delivered.add(message);
      ticket = t;
      log.add("deliver " + new String(message.body(), UTF_8));
    }

    @Override
    public void request(MsrpRequest head, byte[] body, long t) {
      ticket = t;
      log.add("request " + head.method());
    }

    @Override
    public void accepted(String messageId) {
      log.add("accepted " + messageId);
    }

    @Override
    public void failed(String messageId, Failure failure) {
      log.add("failed " + messageId + " " + failure.why() + " " + failure.status());
    }

    @Override
    public void reported(String messageId, int status, ByteRange range) {
      log.add("reported " + messageId + " " + status + " " + range);
    }

    @Override
    public void schedule(long atNanos) {
      timer = atNanos;
    }

    @Override
    public void ended(Ending ending) {
      log.add("ended " + ending);
    }
  }

  private static Bench passive() {
    return new Bench(SessionSettings.of(SELF, PEER, false));
  }

  private static Bench active() {
    return new Bench(SessionSettings.of(SELF, PEER, true));
  }

  private static String send(String tid, String more, String body) {
    return "MSRP " + tid + " SEND\r\n" + MsrpCorpus.PATHS + "Message-ID: " + tid + "\r\n" + more + "Content-Type: text/plain\r\n\r\n"
        + body + "\r\n-------" + tid + "$\r\n";
  }

  @Test
  void theActiveEndSendsAnEmptySendAtOnce() {
    assertThat(active().on(new SessionEvent.Connected(1)).take()).containsExactly("1 tid0 SEND");
  }

  @Test
  void theEmptySendOfATerminalIsAnsweredAtOnceAndBindsTheConnection() {
    Bench b = passive().receive(1, MsrpCorpus.EMPTY_SEND);
    assertThat(b.take()).containsExactly("1 d93kswow 200 OK");
    assertThat(b.submit("m1", 5).take()).containsExactly("1 tid0 SEND 1-5/5");
  }

  @Test
  void bothEndsMaySendAnEmptySendAtOnce() {
    Bench b = active().on(new SessionEvent.Connected(1)).receive(1, MsrpCorpus.EMPTY_SEND).answer("tid0", 200);
    assertThat(b.take()).containsExactly("1 tid0 SEND", "1 d93kswow 200 OK");
    assertThat(b.session.isQuiet()).isTrue();
  }

  @Test
  void aMessageWaitsForAConnection() {
    Bench b = passive().submit("m1", 5);
    assertThat(b.take()).isEmpty();
    assertThat(b.receive(1, MsrpCorpus.EMPTY_SEND).take()).containsExactly("1 d93kswow 200 OK", "1 tid0 SEND 1-5/5");
  }

  @Test
  void aMessageIsAnsweredOnlyAfterItsVerdict() {
    Bench b = passive().receive(1, send("abcd", "", "hello"));
    assertThat(b.take()).containsExactly("deliver hello");
    assertThat(b.on(new SessionEvent.Verdict(b.ticket, 200)).take()).containsExactly("1 abcd 200 OK");
    assertThat(b.on(new SessionEvent.Verdict(b.ticket, 200)).take()).isEmpty();
  }

  @Test
  void aVerdictAgainstAMessageLeavesTheSessionAlive() {
    Bench b = passive().receive(1, send("abcd", "", "hello"));
    assertThat(b.on(new SessionEvent.Verdict(b.ticket, 413)).take()).containsExactly("deliver hello", "1 abcd 413 Stop Sending");
    assertThat(b.session.isEnded()).isFalse();
  }

  @Test
  void chunksBeforeTheLastAreAnsweredAtOnce() {
    Bench b = passive();
    b.receive(1, send("abcd", "Byte-Range: 1-2/4\r\n", "he").replace("abcd$", "abcd+"));
    assertThat(b.take()).containsExactly("1 abcd 200 OK");
    String second = send("efgh", "Byte-Range: 3-4/4\r\n", "lo").replace("Message-ID: efgh", "Message-ID: abcd");
    assertThat(b.receive(1, second).take()).containsExactly("deliver helo");
  }

  @Test
  void aSuccessReportIsOneReportForTheWholeMessage() {
    Bench b = passive().receive(1, send("abcd", "Success-Report: yes\r\n", "hello"));
    assertThat(b.on(new SessionEvent.Verdict(b.ticket, 200)).take()).containsExactly("deliver hello", "1 abcd 200 OK",
        "1 tid0 REPORT 1-5/5");
    b.receive(1, send("efgh", "Success-Report: yes\r\nFailure-Report: no\r\n", "x"));
    assertThat(b.on(new SessionEvent.Verdict(b.ticket, 200)).take()).containsExactly("deliver x", "1 tid1 REPORT 1-1/1");
    b.receive(1, send("ijkl", "Failure-Report: no\r\n", "x"));
    assertThat(b.on(new SessionEvent.Verdict(b.ticket, 413)).take()).containsExactly("deliver x");
  }

  @Test
  void aReportIsHandedUpAndNeverAnswered() {
    assertThat(passive().receive(1, MsrpCorpus.REPORT).take()).containsExactly("reported 12339sdqwer 200 1-106/106");
    assertThat(passive().receive(1, MsrpCorpus.REPORT.replace("000 200 OK", "nonsense")).take()).isEmpty();
  }

  @Test
  void anotherSessionGets481AndAnotherConnection506() {
    Bench b = passive();
    assertThat(b.receive(1, MsrpCorpus.EMPTY_SEND.replace("/mine;", "/other;")).take())
        .containsExactly("1 d93kswow 481 Session Does Not Exist");
    b.receive(1, MsrpCorpus.EMPTY_SEND).take();
    assertThat(b.receive(2, send("abcd", "", "x")).take()).containsExactly("2 abcd 506 Session Already Bound");
    assertThat(b.receive(1, send("abcd", "", "x")).take()).containsExactly("deliver x");
  }

  @Test
  void theSessionIsMatchedByItsIdAlone() {
    assertThat(passive().receive(1, MsrpCorpus.EMPTY_SEND.replace("198.51.100.1:2855", "0.0.0.0:9")).take())
        .containsExactly("1 d93kswow 200 OK");
  }

  @Test
  void anUnknownMethodGets501AndAKnownOneIsHandedUp() {
    assertThat(passive().receive(1, MsrpCorpus.NICKNAME).take()).containsExactly("1 d93kswow 501 Unknown Method");
    Bench room = new Bench(SessionSettings.of(SELF, PEER, false).withMethods(Set.of("NICKNAME"))).receive(1, MsrpCorpus.NICKNAME);
    assertThat(room.on(new SessionEvent.Verdict(room.ticket, 425)).take()).containsExactly("request NICKNAME",
        "1 d93kswow 425 Nickname Usage Failed");
  }

  @Test
  void anOversizeMessageGets413() {
    Bench b = new Bench(SessionSettings.of(SELF, PEER, false).withAssembly(new MsrpAssembly.Limits(4, 8, 2, 2))).receive(1,
        send("abcd", "", "hello"));
    assertThat(b.take()).containsExactly("1 abcd 413 Stop Sending");
  }

  @Test
  void messagesGoOneAfterTheOtherAndNeverInterleaved() {
    Bench b = active().on(new SessionEvent.Connected(1));
    b.take();
    b.submit("m1", 25_000).submit("m2", 3);
    assertThat(b.take()).containsExactly("1 tid2 SEND 1-10240/25000", "1 tid3 SEND 10241-20480/25000", "1 tid4 SEND 20481-25000/25000",
        "1 tid5 SEND 1-3/3");
    assertThat(b.answer("tid2", 200).answer("tid5", 200).answer("tid3", 200).answer("tid4", 200).take()).containsExactly("accepted m2",
        "accepted m1");
  }

  @Test
  void theWindowBoundsWhatIsUnderway() {
    Bench b = new Bench(SessionSettings.of(SELF, PEER, false).withWindow(2, 1, 10)).receive(1, MsrpCorpus.EMPTY_SEND);
    b.take();
    b.submit("m1", 1).submit("m2", 1).submit("m3", 1).submit("m4", 1);
    assertThat(b.take()).containsExactly("1 tid0 SEND 1-1/1", "1 tid1 SEND 1-1/1", "failed m4 FULL 0");
    assertThat(b.answer("tid0", 200).take()).containsExactly("accepted m1", "1 tid2 SEND 1-1/1");
  }

  @Test
  void undecidedMessagesAreBounded() {
    Bench b = new Bench(SessionSettings.of(SELF, PEER, false).withWindow(2, 1, 1)).receive(1, send("abcd", "", "a"));
    assertThat(b.session.isSaturated()).isTrue();
    assertThat(b.receive(1, send("efgh", "", "b")).take()).containsExactly("deliver a", "1 efgh 413 Stop Sending");
  }

  @Test
  void a413StopsTheMessageWithAnAbortAndSparesTheSession() {
    Bench b = new Bench(SessionSettings.of(SELF, PEER, false).withWindow(1, 10, 10)).receive(1, MsrpCorpus.EMPTY_SEND);
    b.take();
    b.submit("m1", 25_000).submit("m2", 1);
    assertThat(b.answer("tid0", 413).take()).containsExactly("1 tid0 SEND 1-10240/25000", "failed m1 REFUSED 413",
        "1 tid1 SEND 10241-10240/25000 #", "1 tid2 SEND 1-1/1");
    assertThat(b.answer("tid2", 200).take()).containsExactly("accepted m2");
  }

  @Test
  void a481EndsTheSessionAndGivesBackWhatWasNotAccepted() {
    Bench b = new Bench(SessionSettings.of(SELF, PEER, false).withWindow(2, 10, 10)).receive(1, MsrpCorpus.EMPTY_SEND);
    b.submit("m1", 1).submit("m2", 1).submit("m3", 1);
    b.take();
    assertThat(b.answer("tid0", 481).take()).containsExactly("failed m1 REFUSED 481", "failed m2 LOST 0", "failed m3 LOST 0",
        "ended REFUSED");
    assertThat(b.submit("m4", 1).take()).isEmpty();
  }

  @Test
  void noResponseInThirtySecondsFailsTheMessageAlone() {
    Bench b = passive().receive(1, MsrpCorpus.EMPTY_SEND).submit("m1", 1);
    assertThat(b.timer).isEqualTo(30 * SECOND);
    b.take();
    assertThat(b.at(29 * SECOND).take()).isEmpty();
    assertThat(b.at(30 * SECOND).take()).containsExactly("failed m1 SILENT 0");
    assertThat(b.answer("tid0", 200).take()).isEmpty();
    assertThat(b.session.isEnded()).isFalse();
  }

  @Test
  void aLostConnectionGivesBackEveryMessageOnce() {
    Bench b = passive().receive(1, MsrpCorpus.EMPTY_SEND).submit("m1", 25_000).submit("m2", 1);
    b.take();
    assertThat(b.on(new SessionEvent.Lost(2)).take()).isEmpty();
    assertThat(b.on(new SessionEvent.Lost(1)).take()).containsExactly("failed m1 LOST 0", "failed m2 LOST 0", "ended LOST");
  }

  @Test
  void stoppingEndsIt() {
    assertThat(passive().on(new SessionEvent.Stop()).take()).containsExactly("ended STOPPED");
  }

  @Test
  void anIdleSessionEndsUnlessWeKeepThePeerWaiting() {
    Bench b = new Bench(SessionSettings.of(SELF, PEER, false).withIdle(300 * SECOND)).receive(1, MsrpCorpus.EMPTY_SEND);
    b.now = 100 * SECOND;
    b.receive(1, send("abcd", "", "x"));
    b.at(300 * SECOND);
    b.at(400 * SECOND);
    assertThat(b.session.isEnded()).isFalse();
    assertThat(b.timer).isEqualTo(700 * SECOND);
    b.on(new SessionEvent.Verdict(b.ticket, 200));
    b.take();
    assertThat(b.at(700 * SECOND).take()).containsExactly("ended IDLE");
  }

  @Test
  void withoutFailureReportAMessageIsAcceptedWhenItIsSent() {
    Bench b = passive().receive(1, MsrpCorpus.EMPTY_SEND);
    b.take();
    b.on(new SessionEvent.Submit(new OutgoingMessage("m1", "x/y", new byte[1], false, MsrpRequest.FailureReport.NO, List.of())));
    assertThat(b.take()).containsExactly("1 tid0 SEND 1-1/1", "accepted m1");
    b.on(new SessionEvent.Submit(new OutgoingMessage("m2", "x/y", new byte[1], false, MsrpRequest.FailureReport.PARTIAL, List.of())));
    assertThat(b.answer("tid1", 413).take()).containsExactly("1 tid1 SEND 1-1/1", "accepted m2", "failed m2 REFUSED 413");
    assertThat(b.session.isQuiet()).isTrue();
  }

  @Test
  void brokenPathsAreNotAnsweredAndHurtNobody() {
    Bench b = passive().receive(1, MsrpCorpus.EMPTY_SEND.replace("From-Path: msrp://", "From-Path: sip:"));
    assertThat(b.take()).isEmpty();
    assertThat(b.receive(1, MsrpCorpus.EMPTY_SEND).take()).containsExactly("1 d93kswow 200 OK");
  }

  private static Bench behindARelay() {
    List<MsrpUri> path = MsrpUri.parsePath("msrp://203.0.113.1:2855/relay;tcp msrp://10.0.0.1:20000/theirs;tcp");
    Bench bench = new Bench(SessionSettings.of(SELF, path, true));
    bench.on(new SessionEvent.Connected(1)).answer("tid0", 200).take();
    return bench;
  }

  private static String report(String id, String range, String status) {
    return "MSRP r" + id + " REPORT\r\nTo-Path: " + SELF + "\r\nFrom-Path: " + PEER.getFirst() + "\r\nMessage-ID: " + id + "\r\nByte-Range: " + range
        + "\r\nStatus: 000 " + status + "\r\n-------r" + id + "$\r\n";
  }

  // RFC 4976 section 6.4.1: a relay answers before it passes on
  @Test
  void behindARelayAMessageIsTakenWhenItsReceiverHasReported() {
    Bench bench = behindARelay();
    bench.submit("m1", 10);
    String tid = bench.take().getFirst().split(" ")[1];
    assertThat(bench.answer(tid, 200).take()).isEmpty();
    assertThat(bench.session.isQuiet()).isFalse();
    assertThat(bench.receive(1, report("m1", "1-4/10", "200 OK")).take()).containsExactly("reported m1 200 1-4/10");
    assertThat(bench.receive(2, report("m1", "5-10/10", "200 OK")).take()).as("over another connection")
        .containsExactly("accepted m1", "reported m1 200 5-10/10");
    assertThat(bench.session.isQuiet()).isTrue();
  }

  @Test
  void behindARelayWhatIsReportedAsFailedOrNotAtAllIsNotTaken() {
    Bench bench = behindARelay();
    bench.submit("m1", 10).answer(bench.log.getFirst().split(" ")[1], 200).take();
    assertThat(bench.receive(1, report("m1", "1-10/10", "413 Stop")).take()).contains("failed m1 REFUSED 413");
    bench.submit("m2", 10).answer(bench.log.getFirst().split(" ")[1], 200).take();
    assertThat(bench.at(31 * SECOND).take()).containsExactly("failed m2 SILENT 0");
    bench.submit("m3", 10).answer(bench.log.getFirst().split(" ")[1], 200).take();
    assertThat(bench.on(new SessionEvent.Lost(1)).take()).containsExactly("failed m3 LOST 0", "ended LOST");
  }

  // RFC 4975 section 7.1.2: the report is the receiver's, who may stand behind us
  @Test
  void aReportThatIsLeftForLaterComesOnceItIsKnown() {
    Bench bench = passive();
    bench.receive(1, wished("m1", ""));
    bench.on(new SessionEvent.Verdict(bench.ticket, 200, true));
    assertThat(bench.take()).containsExactly("deliver hi", "1 m1 200 OK");
    bench.on(new SessionEvent.Report(bench.ticket, 200));
    assertThat(bench.take()).singleElement().asString().startsWith("1 tid").contains("REPORT 1-2/2");
    bench.on(new SessionEvent.Report(bench.ticket, 200));
    assertThat(bench.take()).isEmpty();
  }

  @Test
  void aReportThatComesBeforeTheVerdictWaitsForIt() {
    Bench bench = passive();
    bench.receive(1, wished("m1", "")).take();
    assertThat(bench.on(new SessionEvent.Report(bench.ticket, 200)).take()).isEmpty();
    assertThat(bench.on(new SessionEvent.Verdict(bench.ticket, 200, true)).take()).hasSize(2);
  }

  // RFC 4975 section 7.1.4
  @Test
  void failureReportNoAndPartialAreHonoured() {
    Bench bench = passive();
    bench.receive(1, wished("m1", "Failure-Report: no\r\n")).on(new SessionEvent.Verdict(bench.ticket, 413)).take();
    bench.receive(1, wished("m2", "Failure-Report: no\r\n")).on(new SessionEvent.Verdict(bench.ticket, 200, true));
    bench.on(new SessionEvent.Report(bench.ticket, 413));
    assertThat(bench.take()).containsExactly("deliver hi");
    bench.receive(1, wished("m3", "Failure-Report: partial\r\n")).on(new SessionEvent.Verdict(bench.ticket, 200, true));
    assertThat(bench.take()).containsExactly("deliver hi");
    bench.receive(1, wished("m4", "Failure-Report: partial\r\n")).on(new SessionEvent.Verdict(bench.ticket, 413));
    assertThat(bench.take()).containsExactly("deliver hi", "1 m4 413 Stop Sending");
  }

  private static String wished(String id, String more) {
    return "MSRP " + id + " SEND\r\nTo-Path: " + SELF + "\r\nFrom-Path: " + PEER.getFirst() + "\r\nMessage-ID: " + id
        + "\r\nByte-Range: 1-2/2\r\nSuccess-Report: yes\r\n" + more + "Content-Type: text/plain\r\n\r\nhi\r\n-------" + id + "$\r\n";
  }
}
