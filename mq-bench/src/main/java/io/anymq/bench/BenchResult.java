package io.anymq.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * What one contender did in one case on one backend; written to {@code bench.json} as it stands.
 *
 * @param backend the backend
 * @param contender {@code raw} or {@code ours}
 * @param caseLabel the case's {@linkplain BenchCase#label() label}
 * @param bytes the size of a body
 * @param perSecond messages a second: the median of the rounds
 * @param ratioToRaw the median of the quotients by the native client's figures, each over two
 *     neighbouring rounds; 1 for itself
 * @param rounds messages a second in each counted round, in order
 */
@JsonPropertyOrder({"backend", "contender", "case", "bytes", "perSecond", "ratioToRaw", "rounds"})
public record BenchResult(
    String backend,
    String contender,
    @JsonProperty("case") String caseLabel,
    int bytes,
    double perSecond,
    double ratioToRaw,
    List<Double> rounds) {

  /** The native client. */
  static final String RAW = "raw";

  /** AnyMQ. */
  static final String OURS = "ours";

  /** Copies the list. */
  public BenchResult {
    rounds = List.copyOf(rounds);
  }
}
