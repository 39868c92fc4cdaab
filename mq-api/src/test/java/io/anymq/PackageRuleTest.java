package io.anymq;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * Who may see whom in this module: {@code io.anymq} sees nothing else of ours, {@code io.anymq.spi}
 * and {@code io.anymq.selector} see {@code io.anymq}, and {@code io.anymq.core} sees all of them.
 * Below it, all of them see the JDK and the null annotations only, but for the core, which logs.
 *
 * <p>There is one exception, and it stays the only one. An application starts with a static method
 * of {@code io.anymq.ConnectionFactory}, and somebody must make the object behind it: that class,
 * and no other of its package, may use {@code io.anymq.core.Bootstrap}, and nothing else there.
 */
class PackageRuleTest {

  private static final String API = "io.anymq";
  private static final String SPI = "io.anymq.spi";
  private static final String SELECTOR = "io.anymq.selector";
  private static final String CORE = "io.anymq.core";

  private static final String ENTRY = "io.anymq.ConnectionFactory";
  private static final String BOOTSTRAP = "io.anymq.core.Bootstrap";

  private static final DescribedPredicate<JavaClass> PLATFORM =
      resideInAnyPackage("java..", "javax.net..", "javax.security..", "org.jspecify.annotations");

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(API);

  @Test
  void apiUsesNothingElseOfOurs() {
    classes()
        .that(resideInAPackage(API).and(DescribedPredicate.not(name(ENTRY))))
        .should()
        .onlyDependOnClassesThat(PLATFORM.or(resideInAPackage(API)))
        .because("an application sees the API alone, and no type of anybody else through it")
        .check(OURS);
  }

  @Test
  void connectionFactoryUsesTheBootstrapAloneOfTheCore() {
    classes()
        .that(name(ENTRY))
        .should()
        .onlyDependOnClassesThat(PLATFORM.or(resideInAPackage(API)).or(name(BOOTSTRAP)))
        .because("it is the one door from the API into the core, and a door is one class wide")
        .allowEmptyShould(true)
        .check(OURS);
  }

  @Test
  void spiUsesTheApiAlone() {
    classes()
        .that(resideInAPackage(SPI))
        .should()
        .onlyDependOnClassesThat(PLATFORM.or(resideInAnyPackage(API, SPI)))
        .because(
            "an adapter implements it with the API's types, and no third party's type is in it")
        .check(OURS);
  }

  @Test
  void supportForAdaptersUsesTheSpiAndTheLog() {
    classes()
        .that(resideInAPackage(SPI + ".support"))
        .should()
        .onlyDependOnClassesThat(
            PLATFORM.or(resideInAnyPackage(API, SPI, SPI + ".support", "org.slf4j..")))
        .because("adapters share it, and the core does not need it")
        .check(OURS);
  }

  @Test
  void selectorsUseTheApiAlone() {
    classes()
        .that(resideInAPackage(SELECTOR))
        .should()
        .onlyDependOnClassesThat(PLATFORM.or(resideInAnyPackage(API, SELECTOR)))
        .because("the core and backends without a parser of their own share them")
        .check(OURS);
  }

  @Test
  void coreUsesTheApiAndTheSpi() {
    classes()
        .that(resideInAPackage(CORE + ".."))
        .should()
        .onlyDependOnClassesThat(
            PLATFORM.or(resideInAnyPackage(API, SPI, SELECTOR, CORE + "..", "org.slf4j..")))
        .because("it is written once for all backends and knows none of them")
        .check(OURS);
  }
}
