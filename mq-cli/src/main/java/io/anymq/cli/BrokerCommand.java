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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

  private static final long INTERRUPT_MILLIS = 500;

  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final AtomicBoolean ended = new AtomicBoolean();

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
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> announceStop(out), "mq-broker-interrupted"));
    try (BrokerHandle broker = provisioner.start(name)) {
      out.println("URL:  " + broker.url());
      out.println("Try:  ./mq demo --url '" + broker.url() + "'");
      return watch(broker, processes, out);
    } catch (BrokerException e) {
      if (isInterrupted()) {
        return 0;
      }
      throw e;
    } finally {
      ended.set(true);
    }
  }

  /** The kit takes the broker away when this JVM ends; here is only said that it does. */
  private void announceStop(PrintWriter out) {
    interrupted.countDown();
    if (!ended.get()) {
      out.println("Stopping the broker; it and its data go away.");
      out.flush();
    }
  }

  /**
   * A terminal interrupts the broker together with this program, and which of the two notices it
   * first is chance.
   */
  private boolean isInterrupted() throws InterruptedException {
    return interrupted.await(INTERRUPT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private int watch(BrokerHandle broker, BrokerProcess processes, PrintWriter out)
      throws InterruptedException, ExecutionException {
    while (true) {
      Optional<ProcessHandle> process = processes.find();
      process.ifPresent(running -> out.println("PID:  " + running.pid()));
      out.println("Ctrl-C takes it away.");
      awaitEnd(process);
      if (isInterrupted()) {
        return 0;
      }
      if (restartAfter == null) {
        out.println("The broker has ended; its log ends with:\n" + broker.logTail());
        return 1;
      }
      out.printf("The broker has ended; starting it again in %d s.%n", restartAfter.toSeconds());
      if (interrupted.await(restartAfter.toMillis(), TimeUnit.MILLISECONDS)) {
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
