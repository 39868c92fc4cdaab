package io.anymq.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConfirmationsTest {

  @Test
  void fullWindowHoldsTheSenderBack() throws Exception {
    Confirmations confirmations = new Confirmations(3, 2);
    confirmations.enter();
    confirmations.enter();
    CompletableFuture<Void> third =
        CompletableFuture.runAsync(
            () -> {
              try {
                confirmations.enter();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    assertThat(third).isNotDone();
    confirmations.confirm(2);
    third.get(10, TimeUnit.SECONDS);
    confirmations.confirm(1);
    confirmations.awaitAll();
  }

  @Test
  void failureReachesTheSender() {
    Confirmations confirmations = new Confirmations(2, 1);
    confirmations.fail(new IllegalStateException("the reason"));

    assertThatExceptionOfType(BenchException.class)
        .isThrownBy(confirmations::enter)
        .withMessageContaining("the reason");
    assertThatExceptionOfType(BenchException.class)
        .isThrownBy(confirmations::awaitAll)
        .withMessageContaining("the reason");
  }

  @Test
  void moreConfirmationsThanSendsFailTheRun() {
    Confirmations confirmations = new Confirmations(2, 2);
    confirmations.confirm(3);

    assertThatExceptionOfType(BenchException.class)
        .isThrownBy(confirmations::awaitAll)
        .withMessageContaining("confirmed 3");
  }
}
