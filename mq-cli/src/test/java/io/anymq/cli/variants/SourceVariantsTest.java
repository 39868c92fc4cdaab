package io.anymq.cli.variants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Source variants are noticed. That takes hours, and a change of a source may leave a variant of it
 * without its lines, so a build tries two alone, which show that the trial works; {@code
 * -Danymq.variants=<regular expression of names>} tries others.
 */
final class SourceVariantsTest {

  private static final Path DATA = Path.of("src/test/resources/io/anymq/cli/variants");

  /** Each with the JVMs of its own. */
  private static final int AT_ONCE = Integer.getInteger("anymq.variants.at-once", 2);

  /** How far trials go. */
  private static final VariantTrial.Extent EXTENT =
      VariantTrial.Extent.valueOf(
          System.getProperty("anymq.variants.extent", VariantTrial.Extent.RULES.name()));

  private static final String LIMIT = "  private static final int MOST = 2;";

  @TempDir private Path directory;

  private final ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);

  @AfterEach
  void endPool() {
    pool.shutdownNow();
  }

  private static List<SourceVariant> all() throws IOException {
    List<SourceVariant> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(DATA)) {
      for (Path file : files.sorted().toList()) {
        all.addAll(SourceVariant.read(file));
      }
    }
    return all;
  }

  @Test
  void namesAreUnique() throws IOException {
    Set<String> names = new HashSet<>();
    for (SourceVariant each : all()) {
      assertThat(names.add(each.name())).as("%s is the only one of its name", each).isTrue();
      assertThat(each.why()).as("what a user would see of %s", each).isNotEmpty();
    }
    assertThat(names).hasSizeGreaterThan(120);
  }

  /** The file and the test are small, and have been as they are for long. */
  private static SourceVariant variant(String from, String to) {
    return new SourceVariant(
        "core/trial",
        "mq-api/src/main/java/io/anymq/core/Similar.java",
        "nothing: this is a test of the trial",
        from,
        to,
        List.of("SmallPartsTest"));
  }

  private VariantTrial.Result tried(SourceVariant variant)
      throws IOException, InterruptedException {
    return new VariantTrial(variant, directory).run(VariantTrial.Extent.NAMED);
  }

  @Test
  void aFaultIsNoticedAndSaidByWhat() throws Exception {
    assertThat(tried(variant(LIMIT, LIMIT.replace("2", "0"))).by())
        .hasValueSatisfying(by -> assertThat(by).startsWith("SmallPartsTest "));
  }

  @Test
  void whatIsNoFaultIsNotNoticed() throws Exception {
    assertThat(tried(variant(LIMIT, LIMIT + " // as it is")).by()).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> areNoticed() throws IOException {
    String wanted = System.getProperty("anymq.variants");
    if (wanted == null) {
      return Stream.empty();
    }
    Path reports = Path.of("target/variants").toAbsolutePath();
    Files.createDirectories(reports);
    Path report = reports.resolve("report.txt");
    Files.writeString(report, "");
    Pattern pattern = Pattern.compile(wanted);
    List<DynamicTest> tests = new ArrayList<>();
    for (SourceVariant each : all()) {
      if (pattern.matcher(each.name()).matches()) {
        Future<VariantTrial.Result> result = pool.submit(() -> tried(each, reports));
        tests.add(DynamicTest.dynamicTest(each.name(), () -> judge(result, report)));
      }
    }
    assertThat(tests).as("variants whose names match " + wanted).isNotEmpty();
    return tests.stream();
  }

  private static VariantTrial.Result tried(SourceVariant variant, Path reports)
      throws IOException, InterruptedException {
    Path own = reports.resolve(variant.name().replace('/', '.'));
    return new VariantTrial(variant, own).run(EXTENT);
  }

  private static void judge(Future<VariantTrial.Result> future, Path report)
      throws IOException, InterruptedException, ExecutionException {
    VariantTrial.Result result = future.get();
    Files.writeString(report, result + System.lineSeparator(), StandardOpenOption.APPEND);
    assertThat(result.by())
        .as("%s (%s) is noticed by a test or a rule", result.variant(), result.variant().why())
        .isPresent();
  }
}
