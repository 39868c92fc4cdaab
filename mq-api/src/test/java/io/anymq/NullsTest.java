package io.anymq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A null is refused with a sentence that names it, by each public method of the values. */
class NullsTest {

  private static final List<Object> VALUES =
      List.of(
          Queue.of("q"),
          Topic.of("t"),
          TopicPattern.of("a.*"),
          Message.builder().text("text").build(),
          Message.builder(),
          Options.none(),
          ConnectionOptions.PREFETCH,
          ConsumerOptions.DEFAULT,
          ConsumerOptions.builder(),
          SubscriptionOptions.DEFAULT,
          SubscriptionOptions.builder(),
          ProducerOptions.DEFAULT,
          ProducerOptions.builder(),
          QueueOptions.DEFAULT,
          QueueOptions.builder(),
          RedeliveryDelay.DEFAULT,
          ConnectionFactory.builder());

  /** What other parameters of a call are, so that the null is the one thing wrong with it. */
  private static final Map<Class<?>, Object> OTHERS =
      Map.ofEntries(
          Map.entry(String.class, "x"),
          Map.entry(Object.class, "x"),
          Map.entry(byte[].class, new byte[0]),
          Map.entry(int.class, 1),
          Map.entry(long.class, 1L),
          Map.entry(double.class, 1.0),
          Map.entry(boolean.class, true),
          Map.entry(Duration.class, Duration.ofSeconds(1)),
          Map.entry(Instant.class, Instant.EPOCH),
          Map.entry(Class.class, Support.class),
          Map.entry(Enum.class, Support.NATIVE),
          Map.entry(Function.class, Function.identity()),
          Map.entry(Set.class, Set.of()),
          Map.entry(Map.class, Map.of()),
          Map.entry(Optional.class, Optional.empty()),
          Map.entry(OptionalLong.class, OptionalLong.empty()),
          Map.entry(EnumSet.class, EnumSet.noneOf(Capability.class)));

  @TestFactory
  Stream<DynamicTest> everyParameterOfAValue() throws IOException, URISyntaxException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Class<?> type : types()) {
      for (Executable call : calls(type)) {
        for (int i = 0; i < call.getParameterCount(); i++) {
          if (takesNoNull(call.getParameters()[i])) {
            int place = i;
            tests.add(
                DynamicTest.dynamicTest(
                    call.toGenericString() + ", parameter " + (i + 1),
                    () -> isRefused(call, place)));
          }
        }
      }
    }
    assertThat(tests).as("calls with parameters").hasSizeGreaterThan(60);
    return tests.stream();
  }

  /** The public classes of the package; exceptions come from the library, not from its user. */
  private static List<Class<?>> types() throws IOException, URISyntaxException {
    List<Class<?>> types = new ArrayList<>();
    Path classes =
        Path.of(Message.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(classes.resolve("io/anymq"), "*.class")) {
      for (Path file : files) {
        String name = "io.anymq." + file.getFileName().toString().replace(".class", "");
        Class<?> type = load(name);
        if (Modifier.isPublic(type.getModifiers())
            && !type.isInterface()
            && !Throwable.class.isAssignableFrom(type)) {
          types.add(type);
        }
      }
    }
    return types;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(name + " is in the directory, and cannot be loaded", e);
    }
  }

  private static List<Executable> calls(Class<?> type) {
    List<Executable> calls = new ArrayList<>();
    for (Method method : type.getDeclaredMethods()) {
      // The compiler's own: the valueOf of enums, the equals of records.
      boolean own =
          !method.isSynthetic() && !Set.of("equals", "valueOf").contains(method.getName());
      boolean reachable = Modifier.isStatic(method.getModifiers()) || value(type) != null;
      if (own && reachable && Modifier.isPublic(method.getModifiers())) {
        calls.add(method);
      }
    }
    for (Constructor<?> constructor : type.getConstructors()) {
      calls.add(constructor);
    }
    return calls;
  }

  private static boolean takesNoNull(Parameter parameter) {
    return !parameter.getType().isPrimitive()
        && !parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private static void isRefused(Executable call, int place) throws ReflectiveOperationException {
    Object[] arguments = new Object[call.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = i == place ? null : other(call.getParameterTypes()[i]);
    }
    try {
      if (call instanceof Method method) {
        Object unused = method.invoke(value(method.getDeclaringClass()), arguments);
      } else {
        Object unused = ((Constructor<?>) call).newInstance(arguments);
      }
    } catch (InvocationTargetException e) {
      assertThat(e.getCause())
          .as("what a null leads to")
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("must not be null");
      return;
    }
    throw new AssertionError("A null as parameter %d of %s was taken".formatted(place + 1, call));
  }

  private static Object other(Class<?> type) {
    Object known = OTHERS.get(type);
    if (known != null) {
      return known;
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    return Objects.requireNonNull(value(type), () -> "This test needs an example of " + type);
  }

  private static @Nullable Object value(Class<?> type) {
    return VALUES.stream().filter(type::isInstance).findFirst().orElse(null);
  }
}
