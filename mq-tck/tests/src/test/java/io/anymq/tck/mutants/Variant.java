package io.anymq.tck.mutants;

import io.anymq.MessagingException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A faulty variant of something that the kit judges. */
interface Variant {

  /** What it does wrong. */
  String name();

  /** The rules that are meant to catch it. */
  List<String> rules();

  /** What it throws at scenarios that expect nothing of the kind, where that is the fault. */
  Optional<Class<? extends MessagingException>> throwing();

  /** What one rule says of it. */
  Verdict judge(String rule);

  /** All of them. */
  static Stream<Variant> all() {
    return Stream.of(Stream.of(Mutant.values()), ApiVariants.all(), SourceVariants.all())
        .flatMap(each -> each);
  }
}
