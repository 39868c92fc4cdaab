package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class RepeatedWarningTest {

  private final List<String> logged = new ArrayList<>();
  private final List<String> debugged = new ArrayList<>();
  private final Logger log =
      (Logger)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Logger.class},
              (proxy, method, arguments) ->
                  (method.getName().equals("warn") ? logged : debugged)
                      .add(Arrays.deepToString(arguments)));
  private final RepeatedWarning warning = new RepeatedWarning(log);

  @Test
  void theFirstIsLoggedAndTheRestIsCounted() {
    warning.warn("first");
    warning.warn("second");
    warning.warn("third");
    assertThat(logged).containsExactly("[first]");
    assertThat(debugged).containsExactly("[second]", "[third]");
    warning.end("the fault");
    assertThat(logged).hasSize(2);
    assertThat(logged.get(1)).contains("the fault").contains("2").contains("more like this");
  }

  @Test
  void atTheEndNothingIsSaidTwice() {
    warning.warn("first");
    warning.end("the fault");
    warning.warn("second");
    warning.end("the fault");
    warning.end("the fault");
    assertThat(logged).hasSize(2);
  }
}
