package io.anymq.tck.broker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A broker in a container.
 *
 * <p>Its ports on the host are chosen beforehand and stay, because a port that Docker chooses
 * changes with each start. Data is in the container's own layer and volumes, which live until the
 * broker is closed. One lock guards everything.
 */
final class ContainerBroker implements BrokerHandle {

  /** The first start of a broker whose image is there. Fetching the image is not counted. */
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  private static final Duration PROBE_INTERVAL = Duration.ofMillis(100);
  private static final int STOP_SECONDS = 30;

  private enum State {
    UP,
    FROZEN,
    DOWN,
    CLOSED
  }

  /**
   * All that makes one broker differ from another.
   *
   * @param name the backend's name
   * @param place its ports on the host
   * @param ports the ports inside the container, by their roles
   * @param command the command, or none for the image's own
   * @param files text files to put into the container, by path
   * @param url makes the URL from host and port
   * @param proxiedRole the role of the port behind the proxy
   * @param probe asks at an address whether the broker is there, and reads its log where it must
   */
  record Spec(
      String name,
      BrokerPlace place,
      Map<String, Integer> ports,
      List<String> command,
      Map<String, String> files,
      BiFunction<String, Integer, String> url,
      String proxiedRole,
      BiFunction<InetSocketAddress, ContainerLog, BrokerProbe> probe) {}

  /** What a container has written. */
  @FunctionalInterface
  interface ContainerLog {
    /** All of it. */
    String text();
  }

  private static final class FixedPorts extends GenericContainer<FixedPorts> {
    FixedPorts(DockerImageName image) {
      super(image);
    }

    FixedPorts publish(int host, int container) {
      addFixedExposedPort(host, container);
      return this;
    }
  }

  private final Spec spec;
  private final FixedPorts container;
  private State state = State.DOWN;
  private String version = "unknown";

  private ContainerBroker(String image, Spec spec) {
    this.spec = spec;
    this.container = new FixedPorts(DockerImageName.parse(image));
    spec.ports().forEach((role, port) -> container.publish(spec.place().port(role), port));
    spec.files()
        .forEach((path, text) -> container.withCopyToContainer(Transferable.of(text), path));
    if (!spec.command().isEmpty()) {
      container.setCommandParts(spec.command().toArray(String[]::new));
    }
    container.setWaitStrategy(
        new AbstractWaitStrategy() {
          @Override
          protected void waitUntilReady() {
            version = awaitAnswer();
          }
        });
  }

  /**
   * Starts a container and returns when the broker in it answers; the place is closed when it does
   * not.
   */
  static ContainerBroker start(String image, Spec spec) {
    ContainerBroker broker = new ContainerBroker(image, spec);
    LiveBrokers.add(broker);
    try {
      broker.firstStart();
      return broker;
    } catch (RuntimeException e) {
      String tail = broker.logTail();
      broker.close();
      throw new BrokerException(
          "The container of "
              + spec.name()
              + " did not start ("
              + e
              + "). Its log ends with:\n"
              + tail,
          e);
    }
  }

  private synchronized void firstStart() {
    container.start();
    spec.place().proxy().target(address(spec.proxiedRole()));
    state = State.UP;
  }

  private InetSocketAddress address(String role) {
    return new InetSocketAddress(host(), spec.place().port(role));
  }

  private static String host() {
    return DockerClientFactory.instance().dockerHostIpAddress();
  }

  private String awaitAnswer() {
    BrokerProbe probe = spec.probe().apply(address(BrokerPlace.CLIENTS), this::logText);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    IOException seen = new IOException("nothing was seen of it");
    while (System.nanoTime() < deadline) {
      try {
        return probe.version();
      } catch (IOException e) {
        seen = e;
      }
      if (!isRunning()) {
        throw new BrokerException(
            name() + " ended while it started. Its log ends with:\n" + logTail());
      }
      LockSupport.parkNanos(PROBE_INTERVAL.toNanos());
    }
    throw new BrokerException(
        name()
            + " did not answer within "
            + START_LIMIT.toSeconds()
            + " s. Its log ends with:\n"
            + logTail(),
        seen);
  }

  private boolean isRunning() {
    DockerClient client = container.getDockerClient();
    return Boolean.TRUE.equals(
        client.inspectContainerCmd(container.getContainerId()).exec().getState().getRunning());
  }

  @Override
  public String name() {
    return spec.name();
  }

  @Override
  public Provisioning provisioning() {
    return Provisioning.CONTAINER;
  }

  @Override
  public synchronized String version() {
    return version;
  }

  @Override
  public String url() {
    return spec.url().apply(host(), spec.place().port(BrokerPlace.CLIENTS));
  }

  @Override
  public String proxiedUrl() {
    return spec.url().apply("127.0.0.1", spec.place().proxyPort());
  }

  @Override
  public Set<BrokerControl> controls() {
    return EnumSet.allOf(BrokerControl.class);
  }

  @Override
  public synchronized void kill() {
    requireNotClosed();
    if (state != State.DOWN) {
      thaw();
      docker(
          client -> client.killContainerCmd(container.getContainerId()).withSignal("KILL").exec());
      state = State.DOWN;
    }
  }

  @Override
  public synchronized void stop() {
    requireNotClosed();
    if (state != State.DOWN) {
      thaw();
      docker(
          client ->
              client.stopContainerCmd(container.getContainerId()).withTimeout(STOP_SECONDS).exec());
      state = State.DOWN;
    }
  }

  @Override
  public synchronized void pause() {
    requireNotClosed();
    if (state == State.DOWN) {
      throw new BrokerException(name() + " is not running");
    }
    if (state == State.UP) {
      docker(client -> client.pauseContainerCmd(container.getContainerId()).exec());
      state = State.FROZEN;
    }
  }

  @Override
  public synchronized void resume() {
    requireNotClosed();
    thaw();
  }

  /** Docker neither stops nor kills what is frozen. */
  private void thaw() {
    if (state == State.FROZEN) {
      docker(client -> client.unpauseContainerCmd(container.getContainerId()).exec());
      state = State.UP;
    }
  }

  @Override
  public synchronized void ensureUp() {
    if (state == State.DOWN) {
      restart();
    }
  }

  @Override
  public synchronized void restart() {
    stop();
    docker(client -> client.startContainerCmd(container.getContainerId()).exec());
    version = awaitAnswer();
    state = State.UP;
  }

  private void docker(Consumer<DockerClient> command) {
    try {
      command.accept(container.getDockerClient());
    } catch (DockerException e) {
      throw new BrokerException(
          "Docker refused: "
              + e.getMessage()
              + ". The log of "
              + name()
              + " ends with:\n"
              + logTail(),
          e);
    }
  }

  private void requireNotClosed() {
    if (state == State.CLOSED) {
      throw new IllegalStateException("This " + name() + " broker is closed");
    }
  }

  @Override
  public void cutNetwork() {
    spec.place().proxy().cut();
  }

  @Override
  public void swallowRequests() {
    spec.place().proxy().swallowRequests();
  }

  @Override
  public void swallowAnswers() {
    spec.place().proxy().swallowAnswers();
  }

  @Override
  public void restoreNetwork() {
    spec.place().proxy().restore();
  }

  @Override
  public String logTail() {
    return BrokerLog.tail(logText());
  }

  private String logText() {
    return container.getContainerId() == null ? "" : container.getLogs();
  }

  /** The container's volumes go with it. */
  @Override
  public synchronized void close() {
    if (state == State.CLOSED) {
      return;
    }
    thaw();
    state = State.CLOSED;
    container.stop();
    spec.place().close();
    LiveBrokers.remove(this);
  }

  @Override
  public String toString() {
    return name() + " " + version() + " in a container at " + url();
  }
}
