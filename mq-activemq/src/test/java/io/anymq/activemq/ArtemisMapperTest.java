package io.anymq.activemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.anymq.Message;
import io.anymq.spi.NativeNames;
import java.nio.charset.StandardCharsets;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.Test;

/** What the mapper does for a broker that reads all properties and writes them again. */
final class ArtemisMapperTest {

  private static final ActiveMqMapper MAPPER =
      new ActiveMqMapper(new ActiveMqDestinations(NativeNames.none()), true);
  private static final String DAMAGED = "\uD83D\uDE00 \0";

  private static Message decoded(ActiveMQMessage message) {
    ActiveMqMapper.Decoded decoded = MAPPER.fromNative(message);
    assertThat(decoded.undecodable()).isEmpty();
    return decoded.message();
  }

  private static Message.Builder message() {
    return Message.builder().id("id").body("body".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void noTextThatItWouldDamageIsSentAsOne() throws Exception {
    Message sent =
        message()
            .id(DAMAGED)
            .correlationId(DAMAGED)
            .type(DAMAGED)
            .property("text", DAMAGED)
            .build();
    ActiveMQMessage natively = MAPPER.toNative(sent);
    assertThat(natively.getProperties().values()).doesNotContain(DAMAGED);
    assertThat(natively.getCorrelationId()).isNull();
    assertThat(natively.getType()).isNull();
    assertThat(decoded(natively).id()).hasValue(DAMAGED);
    assertThat(decoded(natively).correlationId()).hasValue(DAMAGED);
    assertThat(decoded(natively).type()).hasValue(DAMAGED);
    assertThat(decoded(natively).properties()).containsOnly(entry("text", DAMAGED));
  }

  @Test
  void bytesGoAsText() throws Exception {
    Message sent =
        message().property("some", new byte[] {0, -1}).property("none", new byte[0]).build();
    ActiveMQMessage natively = MAPPER.toNative(sent);
    assertThat(natively.getProperties().values()).noneMatch(value -> value instanceof byte[]);
    assertThat(decoded(natively).property("some", byte[].class)).hasValue(new byte[] {0, -1});
    assertThat(decoded(natively).property("none", byte[].class)).hasValue(new byte[0]);
  }

  @Test
  void everyMessageHasTheSameNativePriority() {
    ActiveMQMessage natively = MAPPER.toNative(message().priority(9).build());
    assertThat(natively.getPriority()).isEqualTo((byte) Message.DEFAULT_PRIORITY);
    assertThat(decoded(natively).priority()).isEqualTo(9);
  }

  @Test
  void itsOwnPropertiesAreLeftOutAndTheApplicationsKept() throws Exception {
    ActiveMQMessage natively =
        MAPPER.toNative(message().property("__AMQ_CID", "mine").property("_AMQ_X", 1).build());
    natively.setProperty("__AMQ_CID", "the broker's");
    assertThat(decoded(natively).properties())
        .containsOnly(entry("__AMQ_CID", "mine"), entry("_AMQ_X", 1));
  }
}
