package io.anymq.cli;

import io.anymq.ConnectionFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that chooses the backend. */
final class BackendOption {

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = {
        "The backend: zeromq:inproc://NAME, zeromq:tcp://HOST:PORT, amqp://HOST, activemq:tcp://HOST:PORT or"
            + " kafka://HOST:PORT. Without it: ANYMQ_URL, mq.properties, or else a hub inside this program."
      })
  private @Nullable String url;

  ConnectionFactory factory() {
    return url == null ? ConnectionFactory.fromConfig() : ConnectionFactory.of(url);
  }
}
