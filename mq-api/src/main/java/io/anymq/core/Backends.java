package io.anymq.core;

import io.anymq.ErrorCode;
import io.anymq.InvalidOptionException;
import io.anymq.MessagingException;
import io.anymq.spi.Backend;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds adapters: through the class loader of the calling thread's context, which an application
 * server may have set, and through the one that has loaded this library, which is always there.
 */
final class Backends {

  /** The adapters of this project, for a sentence when they are not found. */
  private static final Map<String, String> MODULES =
      Map.of(
          "zeromq", "mq-zeromq",
          "amqp", "mq-rabbit",
          "amqps", "mq-rabbit",
          "activemq", "mq-activemq",
          "kafka", "mq-kafka");

  private final Map<String, Backend> found = new LinkedHashMap<>();
  private final List<ServiceConfigurationError> broken = new ArrayList<>();

  private Backends() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      load(ServiceLoader.load(Backend.class, context));
    }
    load(ServiceLoader.load(Backend.class, Backends.class.getClassLoader()));
  }

  static Backend forScheme(String scheme) {
    Backends all = new Backends();
    return all.found.values().stream()
        .filter(backend -> backend.schemes().contains(scheme))
        .findFirst()
        .orElseThrow(() -> all.missing(scheme));
  }

  /** The keys of all options that some adapter, or every connection, has. */
  static Set<String> allOptions() {
    Set<String> keys = new TreeSet<>();
    new Backends()
        .found
        .values()
        .forEach(backend -> OptionReader.known(backend).forEach(option -> keys.add(option.key())));
    return keys;
  }

  /** One that cannot be loaded does not take the others along. */
  private void load(ServiceLoader<Backend> loader) {
    Iterator<Backend> each = loader.iterator();
    while (true) {
      try {
        if (!each.hasNext()) {
          return;
        }
        Backend backend = each.next();
        found.putIfAbsent(backend.getClass().getName(), backend);
      } catch (ServiceConfigurationError e) {
        broken.add(e);
      } catch (LinkageError e) { // a class that it extends or implements is missing
        broken.add(new ServiceConfigurationError(e.toString(), e));
      }
    }
  }

  private MessagingException missing(String scheme) {
    String module = MODULES.getOrDefault(scheme, "the adapter's module");
    if (!broken.isEmpty()) {
      ServiceConfigurationError first = broken.get(0);
      return new MessagingException(
          ErrorCode.INVALID_OPTION,
          "No adapter that could be loaded serves the scheme '%s'. One could not be loaded: %s (%s). Is a jar missing, such as a native client's, or of another version?"
              .formatted(scheme, first.getMessage(), first.getCause()),
          first);
    }
    if (found.isEmpty()) {
      return new InvalidOptionException(
          "No adapter was found at all, and so none for the scheme '%s'. Add %s to the class path; where it is inside one jar with everything, merge the files META-INF/services/%s of all jars into one"
              .formatted(scheme, module, Backend.class.getName()));
    }
    return new InvalidOptionException(
        "No adapter serves the scheme '%s'; there are: %s. Add %s to the class path, or correct the URL; in one jar with everything, merge the files META-INF/services/%s of all jars into one"
            .formatted(scheme, names(), module, Backend.class.getName()));
  }

  private String names() {
    return found.values().stream()
        .map(backend -> backend.name() + " (" + String.join(", ", backend.schemes()) + ")")
        .collect(Collectors.joining(", "));
  }
}
