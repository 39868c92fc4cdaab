package io.anymq.tck.broker;

import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/**
 * Runs a broker in a container when Docker answers.
 *
 * <p>Unlike with other ways, a broker that does not start closes this one: the image is somebody
 * else's, and may have changed since this was written.
 *
 * @param defaultImage the image, unless {@code anymq.tck.<name>.image} names another one
 * @param spec what to run, for a request and a place
 */
record ContainerStrategy(
    String defaultImage, BiFunction<BrokerRequest, BrokerPlace, ContainerBroker.Spec> spec)
    implements BrokerStrategy {

  @Override
  public Provisioning provisioning() {
    return Provisioning.CONTAINER;
  }

  @Override
  public boolean choosesVersion() {
    return true;
  }

  /** The image's tag with another version in it: {@code rabbitmq:4-management}. */
  private String image(BrokerRequest request) {
    return request
        .version()
        .map(version -> defaultImage.replaceFirst(":[0-9.]+", ":" + version))
        .orElse(defaultImage);
  }

  @Override
  public BrokerHandle start(BrokerRequest request) {
    Optional<DockerDaemon> daemon = DockerDaemon.find(request.settings());
    daemon.ifPresent(DockerDaemon::requireAnswer);
    String image = request.setting("image").orElseGet(() -> image(request));
    daemon.ifPresent(docker -> requireImage(docker, image, request.announcer()));
    requireClient();
    BrokerPlace place = BrokerPlace.create(request.name());
    try {
      return ContainerBroker.start(image, spec.apply(request, place));
    } catch (BrokerException e) {
      place.close();
      throw new BrokerUnavailableException("it could not be used: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /**
   * What Testcontainers runs is what its configuration makes of the name, such as one with the
   * prefix of a mirror.
   */
  private static void requireImage(DockerDaemon docker, String image, Consumer<String> announcer) {
    DockerImageName name = ImageNameSubstitutor.instance().apply(DockerImageName.parse(image));
    docker.requireImage(name.asCanonicalNameString(), announcer);
  }

  private static void requireClient() {
    try {
      DockerClientFactory.instance().client();
    } catch (RuntimeException e) {
      throw new BrokerUnavailableException(
          "Testcontainers cannot work with this Docker (" + e.getMessage() + ")", e);
    }
  }
}
