// Users, their identities and their passwords in the store.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.digest.Algorithm;
import tucket.protocol.sip.digest.Digest;
import tucket.server.Limits;
import tucket.server.Schema;
import tucket.store.Key;
import tucket.store.MemoryEngine;
import tucket.store.Partition;

class SubscribersTest {
  private static final AddressOfRecord ALICE = AddressOfRecord.of("sip:alice@example.test");
  private static final AddressOfRecord BOB = AddressOfRecord.of("sip:bob@example.test");
  private static final AddressOfRecord NUMBER = AddressOfRecord.of("tel:+33612345678");

  private final MemoryEngine engine = new MemoryEngine();
  private final CoreSettings settings = CoreSettings.of("example.test").withRegion("FR");
  private final Subscribers subscribers = new Subscribers(engine, settings, Limits.DEFAULT);

  private void add(AddressOfRecord user, AddressOfRecord... aliases) {
    assertThat(subscribers.add(user, "pw", "", List.of(aliases))).isInstanceOf(Change.Done.class);
  }

  @Test
  void aUserIsFoundByEachIdentityAndOutlivesARestart() {
    add(ALICE, NUMBER, AddressOfRecord.of("sip:al@example.test"));
    Subscribers again = new Subscribers(engine, settings, Limits.DEFAULT);
    for (String identity : List.of("sip:alice@example.test", "tel:+33612345678", "sip:al@example.test")) {
      assertThat(again.resolve(AddressOfRecord.of(identity)).map(Subscriber::id)).as(identity).hasValue(ALICE);
    }
    assertThat(again.resolve(BOB)).isEmpty();
  }

  @Test
  void hashesAreThoseOfTheDigestForBothLoginNames() {
    add(ALICE);
    Credentials credentials = subscribers.find(ALICE).orElseThrow().credentials();
    for (Algorithm algorithm : Algorithm.values()) {
      for (String login : List.of("alice", "alice@example.test")) {
        assertThat(credentials.hash(login, algorithm)).hasValue(Digest.a1(algorithm, login, "example.test", "pw"));
      }
    }
    assertThat(credentials.hash("bob", Algorithm.MD5)).isEmpty();
  }

  @Test
  void everyChangeIsInForceAtOnceAndCounted() {
    add(ALICE);
    List<AddressOfRecord> told = new ArrayList<>();
    subscribers.onChange(told::add);
    subscribers.password(ALICE, "new");
    subscribers.displayName(ALICE, "Alice Liddell");
    subscribers.setting(ALICE, "storePagerMessages", "true");
    subscribers.allowIm(ALICE, false);
    subscribers.enable(ALICE, false);
    Subscriber now = subscribers.find(ALICE).orElseThrow();
    assertThat(now.credentials().hash("alice", Algorithm.MD5)).hasValue(Digest.a1(Algorithm.MD5, "alice", "example.test", "new"));
    assertThat(now.credentials().epoch()).isEqualTo(2);
    assertThat(now.displayName()).isEqualTo("Alice Liddell");
    assertThat(now.setting("storePagerMessages")).hasValue("true");
    assertThat(now.mayUseIm()).isFalse();
    assertThat(now.enabled()).isFalse();
    assertThat(now.version()).isEqualTo(6);
    assertThat(told).hasSize(5).containsOnly(ALICE);
    subscribers.setting(ALICE, "storePagerMessages", "");
    assertThat(subscribers.find(ALICE).orElseThrow().settings()).isEmpty();
  }

  @Test
  void anIdentityBelongsToOneUser() {
    add(ALICE, NUMBER);
    add(BOB);
    assertThat(subscribers.aliases(BOB, List.of(NUMBER))).isInstanceOf(Change.Refused.class);
    assertThat(subscribers.aliases(BOB, List.of(ALICE))).isInstanceOf(Change.Refused.class);
    assertThat(subscribers.add(AddressOfRecord.of("sip:carol@example.test"), "pw", "", List.of(NUMBER))).isInstanceOf(Change.Refused.class);
    assertThat(subscribers.find(AddressOfRecord.of("sip:carol@example.test"))).as("nothing is left of her").isEmpty();
    assertThat(subscribers.resolve(NUMBER).map(Subscriber::id)).hasValue(ALICE);
    subscribers.aliases(ALICE, List.of());
    assertThat(subscribers.resolve(NUMBER)).isEmpty();
    assertThat(subscribers.aliases(BOB, List.of(AddressOfRecord.of("tel:0612345678")))).isInstanceOf(Change.Done.class);
    assertThat(subscribers.resolve(NUMBER).map(Subscriber::id)).hasValue(BOB);
  }

  @Test
  void anAliasThatTheProfileDoesNotNameGivesNobodyAnIdentity() {
    add(ALICE);
    engine.write(Partition.of(Schema.ALIAS, NUMBER.value()), t -> {
      t.put(Key.of(Schema.OWNER).bytes(), ALICE.value().getBytes(StandardCharsets.UTF_8)); // a crash between claim and profile
      return true;
    });
    assertThat(subscribers.resolve(NUMBER)).isEmpty();
    add(BOB, NUMBER);
    assertThat(subscribers.resolve(NUMBER).map(Subscriber::id)).hasValue(BOB);
  }

  @Test
  void aRemovedUserLeavesNothingBehind() {
    add(ALICE, NUMBER);
    engine.write(Partition.of(Schema.USER, ALICE.value()), t -> {
      t.put(Key.of(Schema.QUEUE).number(1).bytes(), new byte[] {1});
      return true;
    });
    assertThat(subscribers.remove(ALICE)).isInstanceOf(Change.Done.class);
    assertThat(engine.partitions(Schema.USER)).isEmpty();
    assertThat(engine.partitions(Schema.ALIAS)).isEmpty();
    assertThat(subscribers.remove(ALICE)).isInstanceOf(Change.Refused.class);
  }

  @Test
  void usersAreListedAndOtherPartitionsAreNot() {
    add(ALICE);
    add(BOB);
    engine.write(Partition.of(Schema.USER, "sip:ghost@example.test"), t -> {
      t.put(Key.of(Schema.QUEUE).number(1).bytes(), new byte[] {1});
      return true;
    });
    assertThat(StreamSupport.stream(subscribers.list().spliterator(), false).map(Subscriber::id)).containsExactlyInAnyOrder(ALICE, BOB);
  }

  @ParameterizedTest
  @CsvSource({
    "sip:alice@example.test, '', must not be empty",
    "sip:alice@elsewhere.test, pw, not in a domain of ours",
    "tel:+33612345678, pw, sip:name@domain",
    "sip:example.test, pw, sip:name@domain"
  })
  void whatCannotBeAddedIsSaidWhy(String user, String password, String why) {
    assertThat(subscribers.add(AddressOfRecord.of(user), password, "", List.of()))
        .isInstanceOfSatisfying(Change.Refused.class, r -> assertThat(r.why()).contains(why));
  }

  @Test
  void aUserIsAddedOnce() {
    add(ALICE);
    assertThat(subscribers.add(ALICE, "other", "", List.of())).isInstanceOf(Change.Refused.class);
    assertThat(subscribers.find(ALICE).orElseThrow().credentials().hash("alice", Algorithm.MD5))
        .hasValue(Digest.a1(Algorithm.MD5, "alice", "example.test", "pw"));
  }
}
