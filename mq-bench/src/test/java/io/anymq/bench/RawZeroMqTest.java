package io.anymq.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A turn against real sockets; it needs no broker. */
class RawZeroMqTest {

  @Test
  void pipeLosesNothing() throws Exception {
    RawZeroMq pipe = new RawZeroMq();
    try {
      Figures perSecond = new Turn(pipe).take("unused", 10_000);

      assertThat(perSecond.sendConfirmed()).isPositive();
      assertThat(perSecond.receiveAccepted()).isPositive();
    } finally {
      pipe.close();
    }
  }
}
