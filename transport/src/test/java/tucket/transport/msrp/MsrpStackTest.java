// The MSRP stack over real sockets: two of them, and peers as they are met in the field.
package tucket.transport.msrp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpUri;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput.Ending;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.World;

class MsrpStackTest extends MsrpLab {
  private static OutgoingMessage text(String id, String text) {
    return OutgoingMessage.of(id, "text/plain", text.getBytes(UTF_8));
  }

  @Test
  void twoStacksTalkBothWaysAndLargeMessagesComeWhole() {
    MsrpStack here = stack(MsrpSettings.DEFAULT);
    MsrpStack there = stack(MsrpSettings.DEFAULT);
    MsrpEnd passive = here.open(false);
    MsrpEnd active = there.open(false);
    Ear atPassive = new Ear(passive, 200);
    Ear atActive = new Ear(active, 200);
    passive.start(List.of(active.uri()), Optional.empty(), atPassive);
    active.start(List.of(passive.uri()), Optional.of(peer(here)), atActive);
    byte[] large = new byte[500_000];
    new Random(1).nextBytes(large);
    active.send(OutgoingMessage.of("large", "application/octet-stream", large));
    active.send(text("small", "behind it"));
    passive.send(text("back", "hello"));
    assertThat(Ear.next(atPassive.messages).body()).isEqualTo(large);
    assertThat(atPassive.hear()).isEqualTo("behind it");
    assertThat(atActive.hear()).isEqualTo("hello");
    assertThat(List.of(Ear.next(atActive.fates), Ear.next(atActive.fates))).containsExactly("large accepted", "small accepted");
    active.stop();
    assertThat(Ear.next(atPassive.endings)).isEqualTo(Ending.LOST);
    await().until(() -> here.size() == 0 && there.size() == 0);
  }

  @Test
  void aTerminalIsAnsweredAsItWantsToBe() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      terminal.greet();
      assertThat(terminal.read().lines().map(String::strip)).containsExactly("MSRP tid000001 200 OK", "To-Path: " + terminal.theirs,
          "From-Path: " + end.uri(), "-------tid000001$");
      end.send(text("id1", "hello"));
      List<String> lines = terminal.answer("200 OK").lines().map(String::strip).toList();
      assertThat(lines.get(0)).matches("MSRP \\S{4,32} SEND");
      assertThat(lines.subList(1, 6)).containsExactly("To-Path: " + terminal.theirs, "From-Path: " + end.uri(), "Message-ID: id1",
          "Byte-Range: 1-5/5", "Content-Type: text/plain");
      assertThat(lines.subList(6, 8)).containsExactly("", "hello");
      assertThat(Ear.next(ear(end).fates)).isEqualTo("id1 accepted");
    }
  }

  @Test
  void spellingsOfTheFieldAreUnderstood() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      assertThat(terminal.status(terminal.send("no Byte-Range", ""))).isEqualTo(200);
      assertThat(terminal.status(terminal.send("stars", "Byte-Range: 1-*/*"))).isEqualTo(200);
      assertThat(terminal.status(terminal.send("wrong end", "Byte-Range: 1-3/9"))).isEqualTo(200);
      String id = terminal.next();
      terminal.write("\r\nMSRP " + id + " SEND\nto-path: " + end.uri() + "\nfrom-path:" + terminal.theirs + "\nmessage-id: lower\ncontent-type: text/plain\n\n"
          + "lower\r\n-------" + id + "$\r\n");
      assertThat(terminal.status(id)).isEqualTo(200);
      List<String> heard = List.of(ear(end).hear(), ear(end).hear(), ear(end).hear(), ear(end).hear());
      assertThat(heard).containsExactly("no Byte-Range", "stars", "wrong end", "lower");
    }
  }

  @Test
  void aStatusLineOfTwoWordsIsAnAnswer() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      terminal.greet();
      terminal.read();
      end.send(text("id1", "hello"));
      terminal.answer("200");
      assertThat(Ear.next(ear(end).fates)).isEqualTo("id1 accepted");
    }
  }

  @Test
  void aSessionIsFoundByItsIdWhateverAddressAGatewayWrites() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      String id = terminal.next();
      terminal.write("MSRP " + id + " SEND\r\nTo-Path: msrp://203.0.113.9:9/" + end.uri().sessionId() + ";tcp\r\nFrom-Path: msrp://0.0.0.0:2855/x;tcp\r\n"
          + "Message-ID: m\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------" + id + "$\r\n");
      assertThat(terminal.status(id)).isEqualTo(200);
      assertThat(ear(end).hear()).isEqualTo("hi");
    }
  }

  @Test
  void theChunksOfATerminalMakeOneMessage() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      String head = "To-Path: " + end.uri() + "\r\nFrom-Path: " + terminal.theirs + "\r\nMessage-ID: chunks\r\n";
      terminal.write("MSRP aaaa1 SEND\r\n" + head + "Byte-Range: 1-6/11\r\nContent-Type: text/plain\r\n\r\nhello \r\n-------aaaa1+\r\n");
      assertThat(terminal.status("aaaa1")).isEqualTo(200);
      terminal.write("MSRP aaaa2 SEND\r\n" + head
          + "Byte-Range: 7-11/11\r\nSuccess-Report: yes\r\nContent-Type: text/plain\r\n\r\nworld\r\n-------aaaa2$\r\n");
      assertThat(terminal.status("aaaa2")).isEqualTo(200);
      assertThat(ear(end).hear()).isEqualTo("hello world");
      assertThat(terminal.read()).contains("REPORT").contains("Message-ID: chunks").contains("Byte-Range: 1-11/11").contains("Status: 000 200 OK");
    }
  }

  @Test
  void aReportIsNotAnsweredNorIsAnAnswerToOurs() throws IOException {
    MsrpEnd end = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(end)) {
      terminal.greet();
      terminal.read();
      terminal.write("MSRP rrrr1 REPORT\r\nTo-Path: " + end.uri() + "\r\nFrom-Path: " + terminal.theirs
          + "\r\nMessage-ID: x\r\nByte-Range: 1-1/1\r\nStatus: 000 200 OK\r\n-------rrrr1$\r\n");
      terminal.write("MSRP rrrr2 200 OK\r\nTo-Path: " + end.uri() + "\r\nFrom-Path: " + terminal.theirs + "\r\n-------rrrr2$\r\n");
      assertThat(terminal.isSilent()).isTrue();
      assertThat(terminal.status(terminal.send("still here"))).isEqualTo(200);
    }
  }

  @Test
  void weConnectToAPassiveTerminalAndGreetIt() throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      MsrpEnd end = stack.open(false);
      String theirs = "msrp://127.0.0.1:" + listening.getLocalPort() + "/theirs;tcp";
      ears.put(end, new Ear(end, 200));
      end.start(MsrpUri.parsePath(theirs), Optional.of(new MsrpEnd.Peer("127.0.0.1", listening.getLocalPort(), false)), ear(end));
      end.send(text("id1", "hello"));
      try (ScriptedPeer terminal = ScriptedPeer.accept(listening, theirs).to(end)) {
        String greeting = terminal.answer("200 OK");
        assertThat(greeting.lines().map(String::strip).map(l -> l.replaceAll(" .*", ""))).containsExactly("MSRP", "To-Path:", "From-Path:", "Message-ID:",
            "-------" + greeting.split(" ")[1] + "$");
        assertThat(terminal.answer("200 OK")).contains("hello");
        assertThat(Ear.next(ear(end).fates)).isEqualTo("id1 accepted");
      }
    }
  }

  @Test
  void severalSessionsShareAConnection() throws IOException {
    MsrpEnd one = passive(stack, 200);
    MsrpEnd two = passive(stack, 200);
    try (ScriptedPeer terminal = terminal(one)) {
      assertThat(terminal.status(terminal.send("for one"))).isEqualTo(200);
      terminal.to(two);
      assertThat(terminal.status(terminal.send("for two"))).isEqualTo(200);
      assertThat(ear(one).hear()).isEqualTo("for one");
      assertThat(ear(two).hear()).isEqualTo("for two");
      one.stop();
      assertThat(terminal.status(terminal.send("again"))).isEqualTo(200);
      assertThat(ear(two).hear()).isEqualTo("again");
    }
  }

  @Test
  void aMessageIsAnsweredWhenItIsSafeAndNotBefore() throws IOException {
    MsrpEnd end = passive(stack, 0);
    try (ScriptedPeer terminal = terminal(end)) {
      String id = terminal.send("precious");
      long ticket = Ear.next(ear(end).tickets);
      assertThat(terminal.isSilent()).isTrue();
      end.settle(ticket, 200);
      assertThat(terminal.status(id)).isEqualTo(200);
    }
  }

  @Test
  void headersOfTheContentAndWishesGoOn() {
    MsrpEnd passive = passive(stack, 200);
    MsrpStack there = stack(MsrpSettings.DEFAULT);
    MsrpEnd active = there.open(false);
    Ear ear = new Ear(active, 200);
    active.start(List.of(passive.uri()), Optional.of(peer(stack)), ear);
    active.send(new OutgoingMessage("id1", "message/cpim", "x".getBytes(UTF_8), true, MsrpRequest.FailureReport.YES, List.of()));
    IncomingMessage got = Ear.next(ear(passive).messages);
    assertThat(got.head().wantsSuccessReport()).isTrue();
    assertThat(got.contentType().name()).isEqualTo("message/cpim");
  }

  @Test
  void manySessionsAtOnceKeepTheirOrder() {
    MsrpStack there = stack(MsrpSettings.DEFAULT);
    int sessions = 50;
    MsrpEnd[] passive = new MsrpEnd[sessions];
    MsrpEnd[] active = new MsrpEnd[sessions];
    for (int i = 0; i < sessions; i++) {
      passive[i] = passive(stack, 200);
      active[i] = there.open(false);
      active[i].start(List.of(passive[i].uri()), Optional.of(peer(stack)), new Ear(active[i], 200));
    }
    for (int m = 0; m < 20; m++) {
      for (int i = 0; i < sessions; i++) {
        active[i].send(text(i + "." + m, i + "." + m));
      }
    }
    for (int i = 0; i < sessions; i++) {
      for (int m = 0; m < 20; m++) {
        assertThat(ear(passive[i]).hear()).isEqualTo(i + "." + m);
      }
    }
    Arrays.stream(active).forEach(MsrpEnd::stop);
    await().atMost(Duration.ofSeconds(30)).until(() -> stack.size() == 0);
  }

  @Test
  void aConnectionThatStandsOnlyWhenItsSessionHasEndedIsClosed() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    MsrpStack slow = new MsrpStack(new World(world.clock(), new SlowNetwork(world.network(), ended), world.chance(), world.threads()), MsrpSettings.DEFAULT);
    slow.listen(new Endpoint(Protocol.TCP, new InetSocketAddress("127.0.0.1", 0)));
    try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      MsrpEnd end = slow.open(false);
      end.start(MsrpUri.parsePath(THEIRS), Optional.of(new MsrpEnd.Peer("127.0.0.1", peer.getLocalPort(), false)), new Ear(end, 200));
      try (Socket connected = peer.accept()) {
        end.stop();
        assertThat(end.isOver()).isTrue();
        ended.countDown();
        connected.setSoTimeout(20_000);
        assertThat(connected.getInputStream().read()).isEqualTo(-1);
      }
    } finally {
      slow.close();
    }
  }

  /// Tells of a connection only when it is let to.
  private record SlowNetwork(Network right, CountDownLatch told) implements Network {
    @Override
    public Listener listen(Endpoint local, FlowHandler handler) {
      return right.listen(local, handler);
    }

    @Override
    public Flow connect(Endpoint remote, String name, FlowHandler handler, Duration within) {
      Flow flow = right.connect(remote, name, handler, within);
      try {
        assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return flow;
    }

    @Override
    public void close() {}
  }
}
