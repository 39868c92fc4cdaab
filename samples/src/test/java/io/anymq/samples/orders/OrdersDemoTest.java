package io.anymq.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.ConnectionFactory;
import io.anymq.samples.Names;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersDemoTest {

  private final ConnectionFactory backend =
      ConnectionFactory.of("zeromq:inproc://" + Names.unique("orders-test"));

  @TempDir Path directory;

  @Test
  void totalsOfTheWholeFileAddUpTwiceOnOneBroker() throws Exception {
    for (int run = 1; run <= 2; run++) {
      List<String> lines = run(OrdersOptions.of(backend));
      assertThat(lines)
          .contains(
              "  rows read              3,000",
              "  sent and confirmed     3,000",
              "  priced by workers      2,876       149,356.33 EUR",
              "  heard by revenue       2,876       149,356.33 EUR",
              "  heard by audit         2,876       149,356.33 EUR",
              "  dead-lettered            124",
              "  left in the queue          0")
          .last()
          .asString()
          .startsWith("It adds up: 3,000 rows = 2,876 priced + 124 dead-lettered");
      assertThat(lines).anyMatch(line -> line.endsWith("confirmed, and the queue holds 3,000"));
    }
  }

  @Test
  void everyKindOfFaultIsDeadLettered() throws Exception {
    assertThat(run(OrdersOptions.of(backend)))
        .filteredOn(line -> line.matches("  [a-z]+ +\\d+   row \\d+, .*"))
        .extracting(line -> line.replaceAll(" +row .*", "").strip().replaceAll(" +", " "))
        .containsExactly(
            "columns 24", "customer 14", "encoding 10", "price 22", "product 28", "quantity 26");
  }

  @Test
  void fileOfOnesOwnIsRead() throws Exception {
    Path file = directory.resolve("mine.csv");
    Files.writeString(file, "header\nO-1,now,Ann,mug,10,1.00\r\nO-2,now,Ben,mug,1,0.50\nnonsense");
    OrdersOptions options =
        new OrdersOptions(backend, Optional.of(file), 100, 2, false, Duration.ofSeconds(30));
    assertThat(run(options)).contains("  heard by audit             2            10.00 EUR");
  }

  @Test
  void fileWithoutOrdersIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("empty.csv"), "header\n");
    OrdersOptions options =
        new OrdersOptions(backend, Optional.of(file), 100, 2, false, Duration.ofSeconds(30));
    assertThatThrownBy(() -> OrdersDemo.run(options, System.out)).hasMessageContaining("no order");
  }

  private static List<String> run(OrdersOptions options) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean addsUp = OrdersDemo.run(options, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(addsUp).as(printed).isTrue();
    return printed.lines().toList();
  }
}
