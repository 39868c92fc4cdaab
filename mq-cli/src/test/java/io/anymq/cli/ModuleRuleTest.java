package io.anymq.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may see whom across the modules. It is here because this module alone has all the others on
 * its class path; the rule inside {@code mq-api} is tested there.
 */
class ModuleRuleTest {

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.anymq");

  @ParameterizedTest
  @CsvSource({"zeromq", "rabbit", "activemq", "kafka"})
  void adapterUsesTheApiAndTheSpiAlone(String adapter) {
    String own = "io.anymq." + adapter + "..";
    noClasses()
        .that()
        .resideInAPackage(own)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(othersThan(adapter))
        .because("an adapter knows neither the core, nor the kit, nor another adapter")
        .check(OURS);
  }

  @ParameterizedTest
  @CsvSource({
    "zeromq, org.zeromq.., zeromq",
    "rabbit, com.rabbitmq.., rabbit",
    "activemq, org.apache.activemq.., [activemq|artemis]",
    "kafka, org.apache.kafka.., kafka"
  })
  void nativeClientIsUsedByItsAdapterAlone(String adapter, String client, String brokers) {
    noClasses()
        .that()
        .resideInAPackage("io.anymq..")
        .and()
        .resideOutsideOfPackages(
            "io.anymq." + adapter + "..", "io.anymq.bench..", "io.anymq.tck.broker." + brokers)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(client)
        .because(
            "what is native stays behind the SPI; only the bench measures against it, and a broker in"
                + " a JVM of its own is made of it")
        .check(OURS);
  }

  @Test
  void samplesUseTheApiAlone() {
    classes()
        .that()
        .resideInAPackage("io.anymq.samples..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "org.jspecify.annotations", "org.slf4j..", "io.anymq", "io.anymq.samples..")
        .because("a sample shows that the backend is configuration")
        .check(OURS);
  }

  @Test
  void kitUsesTheApiAndTheSpiAlone() {
    noClasses()
        .that()
        .resideInAPackage("io.anymq.tck..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.anymq.core..",
            "io.anymq.zeromq..",
            "io.anymq.rabbit..",
            "io.anymq.activemq..",
            "io.anymq.kafka..")
        .because("the kit judges what an application can see, of every adapter alike")
        .check(OURS);
  }

  private static String[] othersThan(String adapter) {
    return Stream.of(
            "core", "tck", "samples", "bench", "cli", "zeromq", "rabbit", "activemq", "kafka")
        .filter(name -> !name.equals(adapter))
        .map(name -> "io.anymq." + name + "..")
        .toArray(String[]::new);
  }
}
