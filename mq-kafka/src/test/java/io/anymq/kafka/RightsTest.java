package io.anymq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import io.anymq.Queue;
import io.anymq.spi.Link;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerOptions;
import io.anymq.tck.broker.BrokerProvisioner;
import io.anymq.tck.broker.BrokerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A broker with Kafka's own authorizer. Whoever comes straight to it may do everything; whoever
 * comes through the proxy logs in as a user who may do everything but what a test denies.
 */
abstract class RightsTest {

  private static final String USER = "ann";
  private static final String PASSWORD = "ann's";
  static final String PRINCIPAL = "User:" + USER;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  static BrokerHandle broker;

  @SuppressWarnings("NullAway.Init")
  private static Admin admin;

  Link owner;
  Queue queue;
  private final List<Link> links = new ArrayList<>();

  @BeforeAll
  static void start() {
    BrokerSettings local =
        BrokerSettings.system().with("anymq.tck.kafka.provisioning", "local-process");
    BrokerOptions options =
        BrokerOptions.none()
            .withSetting(
                "listener.security.protocol.map",
                "DIRECT:PLAINTEXT,PROXIED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT")
            .withSetting("sasl.enabled.mechanisms", "PLAIN")
            .withSetting(
                "listener.name.proxied.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
                    .formatted(USER, PASSWORD))
            .withSetting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .withSetting("super.users", "User:ANONYMOUS");
    broker = BrokerProvisioner.with(local).start("kafka", options);
    admin = Admin.create(Map.of("bootstrap.servers", broker.url().substring("kafka://".length())));
  }

  @AfterAll
  static void stop() {
    admin.close(Links.PATIENCE);
    broker.close();
  }

  /** A queue there is: with the first one the broker makes the topic of the groups' state. */
  @BeforeEach
  final void open() throws Exception {
    acls(
        List.of(
            any(ResourceType.TOPIC, AclPermissionType.ALLOW, AclOperation.ALL),
            any(ResourceType.GROUP, AclPermissionType.ALLOW, AclOperation.ALL),
            any(ResourceType.TRANSACTIONAL_ID, AclPermissionType.ALLOW, AclOperation.ALL),
            acl(ResourceType.CLUSTER, "kafka-cluster", AclPermissionType.ALLOW, AclOperation.ALL)));
    owner = Links.open(broker);
    queue = Links.newQueue(owner);
  }

  @AfterEach
  final void close() throws Exception {
    links.forEach(link -> link.close(Links.PATIENCE));
    owner.delete(queue);
    owner.close(Links.PATIENCE);
    admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get(20, TimeUnit.SECONDS);
  }

  private static AclBinding any(
      ResourceType type, AclPermissionType permission, AclOperation operation) {
    return acl(type, "*", permission, operation);
  }

  private static AclBinding acl(
      ResourceType type, String name, AclPermissionType permission, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, name, PatternType.LITERAL),
        new AccessControlEntry(PRINCIPAL, "*", operation, permission));
  }

  static void acls(List<AclBinding> bindings) throws Exception {
    admin.createAcls(bindings).all().get(Links.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  static void deny(ResourceType type, String name, AclOperation operation) throws Exception {
    acls(List.of(acl(type, name, AclPermissionType.DENY, operation)));
  }

  final Link login() {
    Link link = Links.open(broker.proxiedUrl(), USER, PASSWORD);
    links.add(link);
    return link;
  }

  static void assertRefused(Runnable action, String right) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            MessagingException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.ACCESS_REFUSED))
        .hasMessageContaining("it needs the right " + right);
  }
}
