package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionFactory;
import io.anymq.ConnectionOptions;
import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.Options;
import io.anymq.Queue;
import io.anymq.Topic;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapTest {

  private final List<String> faults = new ArrayList<>();
  private final OptionReader reader = new OptionReader(new FakeBackend(), faults);

  @Test
  void optionsAreReadFromText() {
    Options read = reader.read(Map.of("prefetch", "7", "user", "me"));
    assertThat(read.get(ConnectionOptions.PREFETCH)).isEqualTo(7);
    assertThat(read.get(ConnectionOptions.USER)).isEqualTo("me");
    assertThat(faults).isEmpty();
  }

  @Test
  void everyFaultIsNamed() {
    Options read = reader.read(Map.of("prefetch", "many", "prefech", "7", "nonsense-option", "1"));
    assertThat(read.set()).isEmpty();
    assertThat(faults)
        .hasSize(3)
        .anyMatch(each -> each.contains("prefetch") && each.contains("many"))
        .anyMatch(each -> each.equals("there is no option 'prefech'; did you mean 'prefetch'?"))
        .anyMatch(
            each ->
                each.startsWith("there is no option 'nonsense-option'; fake knows: ")
                    && each.contains("client-name, close-timeout, connect-timeout"));
  }

  @Test
  void anotherAdaptersOptionIsAFault() {
    Option<Boolean> foreign = Option.flag("foreign", true, "an option of another adapter");
    assertThat(reader.checked(Options.none().with(ConnectionOptions.PREFETCH, 3)).set()).hasSize(1);
    assertThat(faults).isEmpty();
    assertThat(reader.checked(Options.none().with(foreign, false)).set()).hasSize(1);
    assertThat(faults)
        .containsExactly("the option 'foreign' is not one of fake or of every connection");
  }

  @Test
  void nativeNamesAreReadInEachForm() {
    reader.read(
        Map.of(
            "native-queue.orders", "ORD",
            "native-queue.in.*", "IN_*",
            "native-topic.prices", "PRC",
            "native-queue.$A_B", "SPELLED"));
    assertThat(faults).isEmpty();
    assertThat(reader.names().of(Queue.of("orders"))).contains("ORD");
    assertThat(reader.names().of(Topic.of("orders"))).isEmpty();
    assertThat(reader.names().of(Topic.of("prices"))).contains("PRC");
    assertThat(reader.names().of(Queue.of("in.x"))).contains("IN_x");
    assertThat(reader.names().of(Queue.of("a-b"))).contains("SPELLED");
  }

  @Test
  void aNativeNameThatIsNoneIsAFault() {
    reader.read(Map.of("native-queue.orders", "", "native-topic.a*b*", "x*", "native-queue.", "x"));
    assertThat(faults)
        .hasSize(3)
        .anyMatch(each -> each.equals("option 'native-queue.orders': the native name is empty"))
        .anyMatch(each -> each.contains("native-topic.a*b*") && each.contains("one *"))
        .anyMatch(each -> each.contains("'native-queue.'"));
  }

  /** A shell's {@code ANYMQ_NATIVE_QUEUE_SHOP=SHOP_*} reads like a pattern, and can be none. */
  @Test
  void aNativeNameFromTheEnvironmentIsNoPattern() {
    reader.read(Map.of("native-queue.$SHOP", "SHOP_*", "native-topic.$IN", "*"));
    assertThat(reader.names().of(Queue.of("shop"))).isEmpty();
    assertThat(faults)
        .hasSize(2)
        .anyMatch(each -> each.contains("in NATIVE_QUEUE_SHOP: ") && each.contains("SHOP_*"))
        .allMatch(each -> each.contains("mq.properties") && !each.contains("$"));
  }

  /** One that no portable name is spelled as would be ignored. */
  @Test
  void aNativeNameFromTheEnvironmentIsSpelledInCapitals() {
    reader.read(Map.of("native-queue.$shop", "SHOP", "native-topic.$", "X"));
    assertThat(faults)
        .hasSize(2)
        .anyMatch(each -> each.contains("NATIVE_QUEUE_shop: "))
        .allMatch(each -> each.contains("in capitals"));
  }

  @Test
  void whatIsAskedForWithoutAnyAdapterIsRefused() {
    assertThatThrownBy(() -> Bootstrap.factory("fake://host", Map.of(), Options.none(), Set.of()))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("No adapter was found at all")
        .hasMessageContaining("'fake'");
  }

  /** An adapter says what an address must be, and quotes the one that it got. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "quoting://me:s3cret",
        "quoting:tcp://me:s3cret",
        "quoting:me:s3cret",
        "quoting://h:1,me:s3cret/s3cret",
        "quoting://h:1&password=s3cret",
      })
  void aPasswordWhoseAtSignIsForgottenIsNotShown(String url) {
    AdapterLoader.with(
        new AdapterLoader(Quoting.class.getName(), getClass().getClassLoader()),
        () ->
            assertThatThrownBy(() -> ConnectionFactory.of(url))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessageContaining("Cannot use quoting:")
                .hasMessageContaining("is no address of this adapter")
                .hasMessageNotContaining("s3cret"));
  }

  /** Takes no address. */
  public static final class Quoting implements Backend {
    @Override
    public String name() {
      return "quoting";
    }

    @Override
    public Set<String> schemes() {
      return Set.of("quoting");
    }

    @Override
    public List<Option<?>> options() {
      return List.of();
    }

    @Override
    public void validate(BrokerUrl url) {
      throw new InvalidOptionException(
          "'quoting:%s' is no address of this adapter".formatted(url.address()));
    }

    @Override
    public Link connect(LinkRequest request) {
      throw new AssertionError("nothing is valid");
    }
  }
}
