package io.anymq.cli.variants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Tries one variant: first what is said to notice it, then all tests of its module that need no
 * broker, then all rules. Each step has a JVM of its own, in which the changed classes go before
 * the others, and ends with the first failure.
 */
final class VariantTrial {

  private static final Duration STEP_LIMIT = Duration.ofMinutes(20);
  private static final Pattern RULE = Pattern.compile("[A-Z]+-\\d+");

  /** The module whose tests need no broker. */
  private static final String UNIT_TESTED = "mq-api";

  /** Where rules are tried. */
  private static final Map<String, String> KITS =
      Map.of(
          "mq-api", "io.anymq.zeromq.ZeroMqTckTest",
          "mq-zeromq", "io.anymq.zeromq.ZeroMqTckTest",
          "mq-rabbit", "io.anymq.rabbit.RabbitTckTest",
          "mq-activemq", "io.anymq.activemq.ActiveMqTckTest",
          "mq-kafka", "io.anymq.kafka.KafkaTckTest");

  private static final List<String> MODULES =
      List.of("mq-api", "mq-zeromq", "mq-rabbit", "mq-activemq", "mq-kafka");

  private final SourceVariant variant;
  private final Path directory;

  /**
   * A trial.
   *
   * @param variant of what
   * @param directory empty; for its classes and what its JVMs print
   */
  VariantTrial(SourceVariant variant, Path directory) {
    this.variant = variant;
    this.directory = directory;
  }

  /**
   * What became of a variant.
   *
   * @param variant which
   * @param by the test or rule that noticed it, and with which words; empty when nothing did
   * @param took how long that took
   */
  record Result(SourceVariant variant, Optional<String> by, Duration took) {

    @Override
    public String toString() {
      return "%-50s %6.1f s  %s"
          .formatted(variant.name(), took.toMillis() / 1000.0, by.orElse("NOT NOTICED"));
    }
  }

  /** How far a trial goes where nothing notices the variant. */
  enum Extent {
    /** What is said to notice it. */
    NAMED,
    /** All tests of its module that need no broker, too. */
    TESTS,
    /** And all rules. */
    RULES
  }

  /** Tries it. */
  Result run(Extent extent) throws IOException, InterruptedException {
    compile();
    long begun = System.nanoTime();
    Optional<String> by = firstOf(steps(extent));
    return new Result(variant, by, Duration.ofNanos(System.nanoTime() - begun));
  }

  /**
   * What one JVM runs.
   *
   * @param name of the file for what it prints
   * @param tests names of classes and directories
   * @param rules a regular expression of the rules to run
   */
  private record Step(String name, List<String> tests, String rules) {}

  private List<Step> namedSteps() throws IOException {
    List<Step> steps = new ArrayList<>();
    Set<String> tests = new LinkedHashSet<>();
    List<String> rules = new ArrayList<>();
    for (String each : variant.by()) {
      if (RULE.matcher(each).matches()) {
        rules.add(each);
      } else {
        tests.add(className(each));
      }
    }
    if (!tests.isEmpty()) {
      steps.add(new Step("named-tests", List.copyOf(tests), ".*"));
    }
    if (!rules.isEmpty()) {
      steps.add(new Step("named-rules", List.of(kit()), String.join("|", rules)));
    }
    return steps;
  }

  private List<Step> steps(Extent extent) throws IOException {
    List<Step> steps = new ArrayList<>(namedSteps());
    if (extent != Extent.NAMED && variant.module().equals(UNIT_TESTED)) {
      steps.add(new Step("tests", List.of(testClasses(UNIT_TESTED).toString()), ".*"));
    }
    if (extent == Extent.RULES) {
      steps.add(new Step("rules", List.of(kit()), ".*"));
    }
    return steps;
  }

  private String kit() {
    return Optional.ofNullable(KITS.get(variant.module())).orElseThrow();
  }

  /** The full name of a test class that is given by its simple one. */
  private static String className(String simple) throws IOException {
    for (String module : MODULES) {
      Path root = testClasses(module);
      try (Stream<Path> files = Files.walk(root)) {
        Optional<Path> found =
            files
                .filter(file -> file.endsWith(simple + ".class"))
                .findFirst()
                .map(root::relativize);
        if (found.isPresent()) {
          String path = found.get().toString();
          return path.substring(0, path.length() - ".class".length()).replace('/', '.');
        }
      }
    }
    throw new IllegalStateException("There is no test class " + simple + "; adapt the variant");
  }

  private static Path testClasses(String module) {
    return SourceVariant.checkout().resolve(module).resolve("target/test-classes");
  }

  private Optional<String> firstOf(List<Step> steps) throws IOException, InterruptedException {
    for (Step step : steps) {
      Optional<String> noticed = run(step);
      if (noticed.isPresent()) {
        return noticed;
      }
    }
    return Optional.empty();
  }

  private Optional<String> run(Step step) throws IOException, InterruptedException {
    Path output = directory.resolve(step.name() + ".txt");
    Process process =
        new ProcessBuilder(command(step))
            .directory(SourceVariant.checkout().resolve(testModule(step)).toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(STEP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        return Optional.of(step.name() + " do not end within " + STEP_LIMIT);
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return verdict(output);
  }

  /** Tests find their files from the directory of their module. */
  private String testModule(Step step) {
    String first = step.tests().get(0);
    return MODULES.stream()
        .filter(
            module -> Files.exists(testClasses(module).resolve(first.replace('.', '/') + ".class")))
        .findFirst()
        .orElse(variant.module());
  }

  private static Optional<String> verdict(Path output) throws IOException {
    String last = "";
    for (String line : Files.readAllLines(output)) {
      last = line.isBlank() ? last : line;
    }
    if (last.startsWith(FirstFailure.NOTICED)) {
      return Optional.of(last.substring(FirstFailure.NOTICED.length()));
    }
    if (last.startsWith(FirstFailure.PASSED) && !last.equals(FirstFailure.PASSED + 0)) {
      return Optional.empty();
    }
    throw new IllegalStateException("The tests did not run to their end; see " + output);
  }

  private List<String> command(Step step) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx1g",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-Djunit.jupiter.execution.timeout.testable.method.default=60 s",
                "-Djunit.jupiter.execution.timeout.lifecycle.method.default=240 s",
                "-Danymq.tck.rules=" + step.rules(),
                "-cp",
                String.join(
                    System.getProperty("path.separator"),
                    classes().toString(),
                    testClasses("mq-api").toString(),
                    ownClassPath()),
                FirstFailure.class.getName()));
    command.addAll(step.tests());
    return command;
  }

  private static String ownClassPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private Path classes() {
    return directory.resolve("classes");
  }

  private void compile() throws IOException {
    Path source = directory.resolve("source").resolve(variant.type() + ".java");
    Files.createDirectories(Optional.ofNullable(source.getParent()).orElseThrow());
    Files.createDirectories(classes());
    Files.writeString(source, variant.source());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      StringBuilder problems = new StringBuilder();
      List<String> options =
          Arrays.asList(
              "-proc:none",
              "-nowarn",
              "-parameters",
              "-d",
              classes().toString(),
              "-cp",
              SourceVariant.checkout().resolve(variant.module()).resolve("target/classes")
                  + System.getProperty("path.separator")
                  + ownClassPath());
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  problem -> problems.append(problem).append('\n'),
                  options,
                  null,
                  files.getJavaFileObjects(source))
              .call();
      if (!compiled) {
        throw new IllegalStateException(variant + " does not compile: " + problems);
      }
    }
  }
}
