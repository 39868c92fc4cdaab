package io.anymq.tck.mutants;

import io.anymq.Capability;
import io.anymq.UnsupportedCapabilityException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the core could do wrong with what a backend cannot do. */
final class CapabilityFaults {

  private CapabilityFaults() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
        new ApiVariant(
            "what is not declared is passed over",
            () -> CapabilityFaults::passingOver,
            Map.of("withhold", everything()),
            List.of(
                "TOPIC-89",
                "CAP-01",
                "CAP-03",
                "CAP-09",
                "CAP-10",
                "CAP-11",
                "CAP-13",
                "CAP-15",
                "CAP-16",
                "CAP-26"),
            Optional.empty()));
  }

  private static String everything() {
    return Arrays.stream(Capability.values()).map(Enum::name).collect(Collectors.joining(","));
  }

  private static @Nullable Object passingOver(Call call) throws Throwable {
    try {
      return call.proceed();
    } catch (UnsupportedCapabilityException e) {
      return call.nothing();
    }
  }
}
