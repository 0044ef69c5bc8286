// Ports that are free, taken, not ours, or the running server's own.
package tucket.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tucket.app.doctor.Finding.Level;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.NettyNetwork;

class PortCheckTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  @TempDir Path data = Path.of("");
  private final NettyNetwork network = new NettyNetwork(NetworkSettings.DEFAULT.withLoops(1));
  private final PortCheck check = new PortCheck(Machine.HERE, network);

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void aFreePortIsFineAndStaysFree() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      port = socket.getLocalPort();
    }
    List<Finding> found = look("tcp:127.0.0.1:" + port);
    assertThat(found).extracting(Finding::level).containsOnly(Level.OK);
    try (ServerSocket again = new ServerSocket()) {
      again.setReuseAddress(true);
      again.bind(new InetSocketAddress(LOOPBACK, port));
      assertThat(again.isBound()).isTrue();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anOccupiedTcpPortIsAProblemThatNamesTheProcess() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      List<Finding> found = look("tcp:127.0.0.1:" + socket.getLocalPort());
      assertThat(found).extracting(Finding::level).containsExactly(Level.PROBLEM);
      assertThat(found.getFirst().what()).contains("in use by").contains("pid " + ProcessHandle.current().pid());
      assertThat(found.getFirst().remedy()).contains("kill " + ProcessHandle.current().pid());
    }
  }

  @Test
  void anOccupiedUdpPortIsAProblem() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
      assertThat(look("udp:127.0.0.1:" + socket.getLocalPort())).extracting(Finding::level).containsExactly(Level.PROBLEM);
    }
  }

  @Test
  void aPortOnAllAddressesMeetsOneOnASingleAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      assertThat(look("tcp:0.0.0.0:" + socket.getLocalPort())).extracting(Finding::level).containsExactly(Level.PROBLEM);
    }
  }

  @Test
  void anAddressThatThisMachineHasNotIsAProblem() {
    List<Finding> found = look("tcp:192.0.2.1:5060");
    assertThat(found).extracting(Finding::level).containsExactly(Level.PROBLEM);
    assertThat(found.getFirst().remedy()).contains("no address 192.0.2.1");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thePortOfTheServerThatHoldsTheDataFolderIsFine() throws IOException {
    try (RocksEngine engine = new RocksEngine(data.resolve("db"), RocksSettings.DEFAULT);
        ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      assertThat(engine.figures().trouble()).isEmpty();
      List<Finding> found = look("tcp:127.0.0.1:" + socket.getLocalPort());
      assertThat(found).extracting(Finding::level).containsExactly(Level.OK);
      assertThat(found.getFirst().what()).contains("running server");
    }
  }

  @Test
  void anAdminApiThatOthersReachIsWarnedOf() {
    List<Finding> found = Patient.look(check, Patient.config(data, "http.listen=\"0.0.0.0:0\"", "lab.users=false"));
    assertThat(Patient.of(found, Level.WARNING)).singleElement().satisfies(f -> assertThat(f.what()).contains("admin API"));
  }

  private List<Finding> look(String listener) {
    return Patient.look(check, Patient.config(data, "sip.listen=[\"" + listener + "\"]", "msrp.listen=[]"));
  }
}
