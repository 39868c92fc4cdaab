package io.anymq.tck.mutants;

import java.util.stream.Stream;

/** All variants of the API, each as if the core had the fault. */
final class ApiVariants {

  private ApiVariants() {}

  static Stream<ApiVariant> all() {
    return Stream.of(
            ProducerFaults.all(),
            ConsumerFaults.all(),
            ListenerFaults.all(),
            DeliveryFaults.all(),
            SessionFaults.all(),
            TopologyFaults.all(),
            RequestFaults.all(),
            LifeFaults.all(),
            InterruptFaults.all(),
            CapabilityFaults.all())
        .flatMap(each -> each);
  }
}
