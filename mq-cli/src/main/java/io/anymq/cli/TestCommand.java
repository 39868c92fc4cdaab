package io.anymq.cli;

import io.anymq.tck.broker.BrokerException;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Makes sure that the real brokers can be had. The launcher calls it before it hands over to Maven.
 */
@Command(
    name = "test",
    header = "Run all tests, the compatibility kit on all four real brokers included.",
    description =
        "A broker that is not there is a failure. Where neither Docker nor a rabbitmq-server is there, on Debian or"
            + " Ubuntu, RabbitMQ's packages are fetched and unpacked into a cache directory; nothing is installed.",
    customSynopsis = "mq test [--allow-missing] [MAVEN-ARGUMENT...]",
    footer = {"", "What else is given goes to Maven, such as -pl mq-rabbit -am."})
final class TestCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--allow-missing",
      description = "Go on without the brokers that are not there; their tests are left out.")
  private boolean allowMissing;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    BrokerProvisioner provisioner = BrokerProvisioner.system().announcingTo(out::println);
    out.println("Looking for the real brokers: " + String.join(", ", provisioner.names()));
    boolean complete = true;
    for (String name : provisioner.names()) {
      complete &= isThere(provisioner, name);
    }
    return complete || allowMissing ? 0 : 1;
  }

  private boolean isThere(BrokerProvisioner provisioner, String name) {
    try (BrokerHandle broker = provisioner.start(name)) {
      return broker.name().equals(name);
    } catch (BrokerException e) {
      spec.commandLine().getErr().println("mq: " + e.getMessage());
      return false;
    }
  }
}
