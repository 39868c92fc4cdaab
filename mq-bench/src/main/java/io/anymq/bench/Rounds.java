package io.anymq.bench;

import java.util.ArrayList;
import java.util.List;

/** The figures of both contenders on one backend, round by round. */
final class Rounds {

  private final String backend;
  private final List<Figures> raw = new ArrayList<>();
  private final List<Figures> ours = new ArrayList<>();

  Rounds(String backend) {
    this.backend = backend;
  }

  /** Adds a round. */
  void add(Figures ofRaw, Figures ofOurs) {
    raw.add(ofRaw);
    ours.add(ofOurs);
  }

  /** What it comes to. */
  List<BenchResult> results() {
    List<BenchResult> results = new ArrayList<>();
    for (BenchCase each : BenchCase.values()) {
      results.add(result(BenchResult.RAW, each, raw));
      results.add(result(BenchResult.OURS, each, ours));
    }
    return results;
  }

  private BenchResult result(String contender, BenchCase measured, List<Figures> rounds) {
    List<Double> figures = figures(rounds, measured);
    return new BenchResult(
        backend,
        contender,
        measured.label(),
        Payload.BYTES,
        Spread.of(figures).median(),
        Spread.ofRatios(figures, figures(raw, measured)).median(),
        figures);
  }

  private static List<Double> figures(List<Figures> rounds, BenchCase measured) {
    return rounds.stream().map(round -> round.of(measured)).toList();
  }
}
