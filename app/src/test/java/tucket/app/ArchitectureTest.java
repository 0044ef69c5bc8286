// Holds the dependency rules that ARCHITECTURE.md states.
package tucket.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {
  private static final String[] LANGUAGE = {"java.lang..", "java.util..", "java.io..", "java.nio..", "java.time..", "java.math..", "java.text.."};
  private static final Set<String> PARTS = Set.of("core", "im", "xdms", "media", "presence", "cluster");

  private static JavaClasses all = new ClassFileImporter().importPaths(List.of());

  @BeforeAll
  static void importClasses() {
    List<Path> folders =
        ProjectFiles.MODULES.stream().map(m -> ProjectFiles.root().resolve(m).resolve("target/classes")).filter(Files::isDirectory).toList();
    all = new ClassFileImporter().importPaths(folders);
  }

  @Test
  void protocolKnowsOnlyTheLanguageAndXml() {
    check(
        classes()
            .that()
            .resideInAPackage("tucket.protocol..")
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(LANGUAGE)
                    .or(resideInAnyPackage("tucket.protocol..", "org.jspecify..", "javax.xml..", "org.w3c.dom..", "org.xml.sax.."))
                    .or(resideInAnyPackage("java.security..", "javax.crypto..", "java.net"))
                    .or(primitive())));
  }

  @Test
  void storeKnowsNothingOfMessaging() {
    check(onlyKnows("tucket.store..", "tucket.store.."));
  }

  @Test
  void transportKnowsOnlyProtocol() {
    check(onlyKnows("tucket.transport..", "tucket.transport..", "tucket.protocol.."));
  }

  @Test
  void serverKnowsProtocolTransportAndStore() {
    check(onlyKnows("tucket.server..", "tucket.server..", "tucket.protocol..", "tucket.transport..", "tucket.store.."));
  }

  @Test
  void clientKnowsProtocolAndTransport() {
    check(onlyKnows("tucket.client..", "tucket.client..", "tucket.protocol..", "tucket.transport.."));
  }

  @Test
  void nettyAndHelidonStayInTransport() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("tucket.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "io.helidon.."));
  }

  @Test
  void rocksStaysInStore() {
    check(noClasses().that().resideOutsideOfPackage("tucket.store..").should().dependOnClassesThat().resideInAnyPackage("org.rocksdb.."));
  }

  @Test
  void protocolHasNeitherThreadsNorLoggersNorRandomness() {
    DescribedPredicate<JavaClass> impure =
        DescribedPredicate.describe(
            "threads, loggers, sockets or randomness",
            c ->
                c.isAssignableTo(java.util.Random.class)
                    || c.isAssignableTo(java.util.concurrent.Executor.class)
                    || c.isAssignableTo(java.net.DatagramSocket.class)
                    || Set.of(
                            "java.lang.Thread", "java.util.Timer", "java.util.concurrent.CompletableFuture", "java.security.SecureRandom",
                            "java.util.concurrent.Executors", "java.time.Clock", "java.net.Socket", "java.net.ServerSocket", "java.net.InetAddress",
                            "java.net.URL")
                        .contains(c.getName())
                    || c.getPackageName().startsWith("java.nio.channels")
                    || c.getPackageName().startsWith("java.util.logging")
                    || c.getPackageName().startsWith("org.slf4j"));
    check(noClasses().that().resideInAPackage("tucket.protocol..").should().dependOnClassesThat(impure));
    check(noClasses().that().resideInAPackage("tucket.protocol..").should().accessTargetWhere(calls("randomness", Set.of("randomUUID", "random"))));
  }

  @Test
  void onlyTransportAsksTheTime() {
    check(noClasses().that().resideOutsideOfPackage("tucket.transport..").should().accessTargetWhere(asksTheTime()));
  }

  @Test
  void onlyTransportOpensSockets() {
    DescribedPredicate<JavaClass> sockets =
        DescribedPredicate.describe(
            "sockets",
            c ->
                Set.of("java.net.Socket", "java.net.ServerSocket", "java.net.DatagramSocket", "java.net.URLConnection", "java.net.HttpURLConnection")
                        .contains(c.getName())
                    || c.getPackageName().startsWith("java.net.http")
                    || c.getPackageName().startsWith("javax.net")
                    || c.getPackageName().startsWith("com.sun.net.httpserver")
                    || c.getPackageName().equals("java.nio.channels") && c.getSimpleName().contains("Socket"));
    // AdminClient runs in the process of a command, never in that of a server.
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("tucket.transport..")
            .and()
            .doNotHaveSimpleName("AdminClient")
            .should()
            .dependOnClassesThat(sockets));
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "im", "xdms", "media", "presence"})
  void thePartsOfTheServerMeetOnlyAtReferencePoints(String part) {
    String[] others =
        PARTS.stream()
            .filter(p -> !p.equals(part) && !(part.equals("core") && p.equals("cluster")))
            .map(p -> "tucket.server." + p + "..")
            .toArray(String[]::new);
    check(noClasses().that().resideInAPackage("tucket.server." + part + "..").should().dependOnClassesThat().resideInAnyPackage(others));
  }

  @Test
  void referencePointsAndEventsKnowNoFunction() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("tucket.server", "tucket.server.reference..", "tucket.server.event..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PARTS.stream().map(p -> "tucket.server." + p + "..").toArray(String[]::new)));
  }

  @Test
  void packagesHaveNoCycles() {
    check(slices().matching("tucket.(**)").should().beFreeOfCycles());
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(all);
  }

  /// Of our own packages, `who` depends on these alone.
  private static ArchRule onlyKnows(String who, String... whom) {
    return classes()
        .that()
        .resideInAPackage(who)
        .should()
        .onlyDependOnClassesThat(DescribedPredicate.not(resideInAPackage("tucket..")).or(resideInAnyPackage(whom)));
  }

  private static DescribedPredicate<JavaClass> primitive() {
    return DescribedPredicate.describe("primitive types and arrays", c -> c.isPrimitive() || c.getBaseComponentType().isPrimitive());
  }

  private static DescribedPredicate<JavaAccess<?>> calls(String what, Set<String> names) {
    return DescribedPredicate.describe(
        what, access -> names.contains(access.getTarget().getName()) && access.getTargetOwner().getPackageName().startsWith("java."));
  }

  private static DescribedPredicate<JavaAccess<?>> asksTheTime() {
    return DescribedPredicate.describe(
        "the time",
        access -> {
          AccessTarget target = access.getTarget();
          String owner = target.getOwner().getName();
          return owner.startsWith("java.time.") && target.getName().equals("now")
              || owner.equals("java.lang.System") && Set.of("nanoTime", "currentTimeMillis").contains(target.getName())
              || owner.equals("java.time.Clock") && target.getName().startsWith("system")
              || owner.equals("java.lang.Thread") && target.getName().equals("sleep");
        });
  }
}
