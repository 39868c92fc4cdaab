package io.anymq.cli;

import io.anymq.cli.tests.TestRun;
import io.anymq.tck.TckSuite;
import io.anymq.tck.broker.BrokerException;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes sure that the real brokers can be had, and runs the tests by Maven. */
@Command(
    name = "test",
    header = "Run all tests, the compatibility kit on all four real brokers included.",
    description = {
      "A broker that is not there is a failure. Where neither Docker nor a rabbitmq-server is"
          + " there, on Debian or Ubuntu, RabbitMQ's packages are fetched and unpacked into a cache"
          + " directory; nothing is installed.",
      "",
      "Shown are the modules, their tests and what failed. All that Maven prints goes to"
          + " mq-test.log, and what a test prints to target/surefire-reports in its module. The"
          + " exit code is Maven's."
    },
    customSynopsis = "mq test [-hv] [--allow-missing] [MAVEN-ARGUMENT...]",
    footer = {"", "What else is given goes to Maven, such as -pl mq-rabbit -am."})
final class TestCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--allow-missing",
      description = "Go on without the brokers that are not there; their tests are left out.")
  private boolean allowMissing;

  @Parameters(paramLabel = "MAVEN-ARGUMENT", hidden = true)
  private List<String> mavenArguments = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Launched launched = Launched.byTheLauncher();
    PrintWriter out = spec.commandLine().getOut();
    MissingBrokers missing = new MissingBrokers(spec.commandLine().getErr(), launched.home());
    try (Interrupt interrupt = Interrupt.watch(out, "Stopped; no test has run.")) {
      if (!brokersAreThere(out, missing, interrupt) && !allowMissing) {
        return 1;
      }
    }
    List<String> arguments = new ArrayList<>(mavenArguments);
    if (allowMissing) {
      arguments.add(0, "-D" + TckSuite.ALLOW_MISSING + "=true");
    }
    return TestRun.run(
        launched.home(), arguments, System.out, launched.terminal(), launched.columns());
  }

  private static boolean brokersAreThere(
      PrintWriter out, MissingBrokers missing, Interrupt interrupt) throws InterruptedException {
    BrokerProvisioner provisioner =
        BrokerProvisioner.system().announcingTo(sentence -> out.println("  " + shown(sentence)));
    out.println("Looking for the real brokers: " + String.join(", ", provisioner.names()));
    boolean complete = true;
    for (String name : provisioner.names()) {
      complete &= isThere(provisioner, name, missing, interrupt);
    }
    return complete;
  }

  /** Why it was not come by in another way is of interest where it was not come by. */
  private static String shown(String announcement) {
    return announcement.replaceFirst("; not .*", "");
  }

  private static boolean isThere(
      BrokerProvisioner provisioner, String name, MissingBrokers missing, Interrupt interrupt)
      throws InterruptedException {
    try (BrokerHandle broker = provisioner.start(name)) {
      return broker.name().equals(name);
    } catch (BrokerException e) {
      if (!interrupt.happened()) {
        missing.add(e);
      }
      return false;
    }
  }
}
