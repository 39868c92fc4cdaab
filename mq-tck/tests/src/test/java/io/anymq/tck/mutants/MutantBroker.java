package io.anymq.tck.mutants;

import io.anymq.tck.broker.BrokerHandle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The broker in memory, under the mutants' URL. */
interface MutantBroker extends BrokerHandle {

  /** The broker as it is. */
  BrokerHandle memory();

  /** Changes the URLs, and passes on everything else. */
  static MutantBroker of(BrokerHandle memory) {
    return (MutantBroker)
        Proxy.newProxyInstance(
            MutantBroker.class.getClassLoader(),
            new Class<?>[] {MutantBroker.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "memory" -> memory;
                  case "url" -> MutantHarness.mutant(memory.url());
                  case "proxiedUrl" -> MutantHarness.mutant(memory.proxiedUrl());
                  case "kill" -> {
                    KillGate.pass(MutantHarness.mutant(memory.url()));
                    yield pass(() -> method.invoke(memory, arguments));
                  }
                  default -> pass(() -> method.invoke(memory, arguments));
                });
  }

  /** A call by reflection. */
  interface Call {
    Object run() throws ReflectiveOperationException;
  }

  private static Object pass(Call call) throws Throwable {
    try {
      return call.run();
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
