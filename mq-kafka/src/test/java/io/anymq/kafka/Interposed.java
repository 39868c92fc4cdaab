package io.anymq.kafka;

import io.anymq.ConnectionOptions;
import io.anymq.Options;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import io.anymq.spi.NativeNames;
import io.anymq.tck.broker.BrokerHandle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;

/** Lets a test do something at a certain moment of what a link does: between two questions. */
final class Interposed {

  /** A question to the cluster, about to be asked. */
  interface Moment {

    /** Whether the moment has come; asked of each question, in their order. */
    boolean isNow(String question, List<?> arguments);
  }

  private final Moment moment;
  private final Runnable action;
  private final AtomicBoolean done = new AtomicBoolean();

  Interposed(Moment moment, Runnable action) {
    this.moment = moment;
    this.action = action;
  }

  /** Whether the moment has come. */
  boolean isDone() {
    return done.get();
  }

  /** Whether settings are to be taken away. */
  static boolean isForgetting(String question, List<?> arguments) {
    return question.equals("incrementalAlterConfigs")
        && ((Map<?, ?>) arguments.get(0))
            .values().stream()
                .flatMap(each -> ((Collection<?>) each).stream())
                .anyMatch(each -> ((AlterConfigOp) each).opType() == AlterConfigOp.OpType.DELETE);
  }

  /** Does the action before a question of that client. */
  Admin around(Admin admin) {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) -> {
              List<?> asked = arguments == null ? List.of() : List.of(arguments);
              if (moment.isNow(method.getName(), asked) && done.compareAndSet(false, true)) {
                action.run();
              }
              try {
                return method.invoke(admin, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  static KafkaConfig config(BrokerHandle broker) {
    BrokerUrl url =
        new BrokerUrl(
            "kafka", broker.url().substring("kafka:".length()), Optional.empty(), Optional.empty());
    Options options = Options.none().with(ConnectionOptions.OPERATION_TIMEOUT, Links.PATIENCE);
    return new KafkaConfig(
        new LinkRequest(url, options, NativeNames.none(), cause -> {}), KafkaAddress.parse(url));
  }

  /** A link that does the action. */
  Link link(BrokerHandle broker) {
    KafkaLink opened = unstarted(broker, this::around);
    opened.start();
    return opened;
  }

  /** A link that looks at the cluster when a test says so, and not by itself. */
  static KafkaLink unstarted(BrokerHandle broker) {
    return unstarted(broker, admin -> admin);
  }

  private static KafkaLink unstarted(BrokerHandle broker, UnaryOperator<Admin> around) {
    KafkaConfig config = config(broker);
    Admin admin = around.apply(Admin.create(config.admin("test")));
    KafkaCalls calls = new KafkaCalls(admin, Links.PATIENCE);
    return new KafkaLink(
        config,
        calls,
        BrokerProfile.find(calls),
        KafkaHarness.NAMES,
        new LinkState(cause -> {}, calls));
  }
}
