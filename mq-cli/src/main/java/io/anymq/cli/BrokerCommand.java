package io.anymq.cli;

import io.anymq.tck.broker.BrokerException;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.BrokerProvisioner;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a throw-away broker until it is interrupted. */
@Command(
    name = "broker",
    header = "Start a throw-away real broker, and take it away on Ctrl-C.",
    description = {
      "It listens on this machine alone, on a port of its own, with its data in a temporary directory. It comes from"
          + " Docker, from an installation, or is fetched; what was chosen is printed."
    })
final class BrokerCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "zeromq, rabbitmq, activemq or kafka.")
  private String name;

  @Option(
      names = "--restart-after",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "When the broker is killed, start it again on the same data and port after this time, such as 5s."
              + " Without it: end, and say how its log ended.")
  private @Nullable Duration restartAfter;

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    PrintWriter out = spec.commandLine().getOut();
    BrokerProvisioner provisioner = BrokerProvisioner.system().announcingTo(out::println);
    if (!provisioner.names().contains(name)) {
      throw new ParameterException(
          spec.commandLine(),
          "There is no broker '%s'; there are %s."
              .formatted(name, String.join(", ", provisioner.names())));
    }
    BrokerProcess processes = new BrokerProcess();
    try (Interrupt interrupt =
        Interrupt.watch(out, "Stopping the broker; it and its data go away.")) {
      return run(provisioner, processes, interrupt, out);
    }
  }

  private int run(
      BrokerProvisioner provisioner, BrokerProcess processes, Interrupt interrupt, PrintWriter out)
      throws InterruptedException, ExecutionException {
    try (BrokerHandle broker = provisioner.start(name)) {
      out.println("URL:  " + broker.url());
      out.println("Try:  ./mq demo --url '" + broker.url() + "'");
      return watch(broker, processes, interrupt, out);
    } catch (BrokerException e) {
      if (interrupt.happened()) {
        return 0;
      }
      throw e;
    }
  }

  private int watch(
      BrokerHandle broker, BrokerProcess processes, Interrupt interrupt, PrintWriter out)
      throws InterruptedException, ExecutionException {
    while (true) {
      Optional<ProcessHandle> process = processes.find();
      process.ifPresent(running -> out.println("PID:  " + running.pid()));
      out.println("Ctrl-C takes it away.");
      awaitEnd(process);
      if (interrupt.happened()) {
        return 0;
      }
      if (restartAfter == null) {
        out.println("The broker has ended; its log ends with:\n" + broker.logTail());
        return 1;
      }
      out.printf("The broker has ended; starting it again in %d s.%n", restartAfter.toSeconds());
      if (interrupt.within(restartAfter)) {
        return 0;
      }
      broker.restart();
      out.println("The broker is back on the same data at " + broker.url());
    }
  }

  /** A broker that is no process of ours ends with this program. */
  private static void awaitEnd(Optional<ProcessHandle> process)
      throws InterruptedException, ExecutionException {
    if (process.isPresent()) {
      process.get().onExit().get();
    } else {
      new CountDownLatch(1).await();
    }
  }
}
