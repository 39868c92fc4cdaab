package io.anymq.tck.mutants;

import io.anymq.MessagingException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The API itself with a line changed: for rules of its values and of configuration, in front of
 * which nothing else can stand.
 *
 * @param name what it does wrong
 * @param file below the sources of mq-api
 * @param from a piece of the file
 * @param to what stands there instead
 * @param options of the reference adapter
 * @param rules those that are meant to catch it
 * @param throwing what it throws at scenarios
 */
record SourceVariant(
    String name,
    String file,
    String from,
    String to,
    Map<String, String> options,
    List<String> rules,
    Optional<Class<? extends MessagingException>> throwing)
    implements Variant {

  static SourceVariant of(String name, String file, String from, String to, String... rules) {
    return new SourceVariant(
        name, "io/anymq/" + file, from, to, Map.of(), List.of(rules), Optional.empty());
  }

  /** The same variant, which throws this at a scenario that expects nothing of the kind. */
  SourceVariant throwing(Class<? extends MessagingException> kind) {
    return new SourceVariant(name, file, from, to, options, rules, Optional.of(kind));
  }

  /** The same variant, over the reference adapter with options. */
  SourceVariant over(Map<String, String> options) {
    return new SourceVariant(name, file, from, to, options, rules, throwing);
  }

  @Override
  public Verdict judge(String rule) {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    ClassLoader loader = new ChangedSource.Loader(ChangedSource.compile(file, from, to));
    thread.setContextClassLoader(loader);
    try {
      List<?> words = (List<?>) isolated(loader).apply(rule, options);
      return new Verdict((String) words.get(0), (String) words.get(1));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("The kit cannot be loaded a second time", e);
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  @SuppressWarnings("unchecked") // what IsolatedRun says of itself
  private static BiFunction<String, Map<String, String>, Object> isolated(ClassLoader loader)
      throws ReflectiveOperationException {
    return (BiFunction<String, Map<String, String>, Object>)
        loader.loadClass(IsolatedRun.class.getName()).getConstructor().newInstance();
  }

  @Override
  public String toString() {
    return name;
  }
}
