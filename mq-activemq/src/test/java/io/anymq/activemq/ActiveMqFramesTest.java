package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidMessageException;
import io.anymq.MessageTooLargeException;
import io.anymq.spi.NativeNames;
import java.time.Instant;
import java.util.BitSet;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.Test;

/** What is refused before it reaches the wire. */
final class ActiveMqFramesTest {

  private static final long LIMIT = 1 << 20;
  private static final ActiveMqMapper MAPPER =
      new ActiveMqMapper(new ActiveMqDestinations(NativeNames.none()), false);

  private static ActiveMQMessage sized(int property) {
    ActiveMQMessage message =
        MAPPER.toNative(
            Links.text("body").toBuilder()
                .property("p", "x".repeat(property))
                .timestamp(Instant.EPOCH)
                .build());
    ActiveMqFrames.encode(message);
    return message;
  }

  @Test
  void roomIsKeptForTheMarksOfADeadLetter() {
    int most = (int) LIMIT - (16 << 10);
    assertThatCode(() -> ActiveMqFrames.checkSize(sized(most), LIMIT, false))
        .doesNotThrowAnyException();
    ActiveMQMessage withMarks = sized(most + (7 << 10));
    assertThatThrownBy(() -> ActiveMqFrames.checkSize(withMarks, LIMIT, false))
        .isInstanceOf(MessageTooLargeException.class)
        .hasMessageContaining("maxFrameSize");
    assertThatCode(() -> ActiveMqFrames.checkSize(withMarks, LIMIT, true))
        .doesNotThrowAnyException();
  }

  @Test
  void whatCannotBeEncodedIsNoFailureOfTheWire() throws Exception {
    ActiveMQMessage message = new ActiveMQBytesMessage();
    message.setProperty("strange", new BitSet());
    assertThatThrownBy(() -> ActiveMqFrames.encode(message))
        .isInstanceOf(InvalidMessageException.class);
  }
}
