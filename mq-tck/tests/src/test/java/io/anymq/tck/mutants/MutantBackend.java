package io.anymq.tck.mutants;

import io.anymq.Option;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import io.anymq.tck.reference.MemoryBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The reference adapter with one fault, which the option {@code mutant} chooses. */
public final class MutantBackend implements Backend {

  static final Option<Mutant> MUTANT =
      Option.choice("mutant", Mutant.class, Mutant.LOSES_EVERY_TENTH, "which fault it has");

  private final MemoryBackend memory = new MemoryBackend();

  /** For the service loader. */
  public MutantBackend() {}

  @Override
  public String name() {
    return "mutant";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("mutant");
  }

  @Override
  public List<Option<?>> options() {
    List<Option<?>> all = new ArrayList<>(memory.options());
    all.add(MUTANT);
    return all;
  }

  @Override
  public void validate(BrokerUrl url) {
    memory.validate(url);
  }

  @Override
  public Link connect(LinkRequest request) {
    Mutation mutation = request.options().get(MUTANT).mutation();
    LinkRequest actual =
        new LinkRequest(
            request.url(),
            request.options(),
            request.names(),
            mutation.listener(request.listener()));
    return new MutantLink(mutation.connect(actual, memory::connect), mutation);
  }
}
