package io.anymq.tck.mutants;

import io.anymq.Destination;
import io.anymq.tck.BackendHarness;
import io.anymq.tck.NativeClient;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.reference.MemoryHarness;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The harness of one mutant. */
final class MutantHarness implements BackendHarness {

  private final MemoryHarness memory;

  MutantHarness(Mutant mutant) {
    String name = mutant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Map<String, String> options = new HashMap<>(mutant.options());
    options.put("mutant", name);
    options.put("atomic-commit", "false");
    memory = new MemoryHarness(options);
  }

  @Override
  public String name() {
    return memory.name();
  }

  @Override
  public BrokerHandle startBroker() {
    return MutantBroker.of(memory.startBroker());
  }

  @Override
  public Map<String, String> options() {
    return memory.options();
  }

  @Override
  public Map<String, String> attentive() {
    return memory.attentive();
  }

  @Override
  public String urlOfPort(int port) {
    return mutant(memory.urlOfPort(port));
  }

  @Override
  public String malformedUrl() {
    return mutant(memory.malformedUrl());
  }

  @Override
  public String nativeName(Destination destination) {
    return memory.nativeName(destination);
  }

  @Override
  public NativeClient openNativeClient(BrokerHandle broker) {
    return memory.openNativeClient(((MutantBroker) broker).memory());
  }

  @Override
  public void sendGarbage(BrokerHandle broker) {
    LifeMutations.ConfusedByGarbage.garbage(broker.url());
    memory.sendGarbage(((MutantBroker) broker).memory());
  }

  static String mutant(String memoryUrl) {
    return memoryUrl.replaceFirst("^memory:", "mutant:");
  }
}
