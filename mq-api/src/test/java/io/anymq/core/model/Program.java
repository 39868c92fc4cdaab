package io.anymq.core.model;

import io.anymq.core.Simulation;
import io.anymq.core.script.Profile;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an application does and what happens to it, on a link of some kind.
 *
 * @param seed chooses the order of what happens at the same time
 */
record Program(long seed, Profile profile, List<Step> steps) {

  static Program of(long seed, Profile profile, Step... steps) {
    return new Program(seed, profile, List.of(steps));
  }

  static Step step(Step.Kind kind, int a, int b, int c) {
    return Step.of(kind, a, b, c);
  }

  Program with(long otherSeed, List<Step> otherSteps) {
    return new Program(otherSeed, profile, List.copyOf(otherSteps));
  }

  /** Runs it, on a director's thread; what it violates, or nothing. */
  List<String> run() {
    Simulation simulation = new Simulation(seed);
    simulation.begin();
    return new World(simulation, profile).run(steps);
  }

  /** Source text that makes the same program. */
  String toJava() {
    return "Program.of(\n        %dL,\n        new Profile(%b, %b, %b, %b, %b, %b, %b, %b, %b),\n        %s)"
        .formatted(
            seed,
            profile.inline(),
            profile.releases(),
            profile.delays(),
            profile.parks(),
            profile.atomic(),
            profile.counts(),
            profile.selects(),
            profile.bands(),
            profile.forgets(),
            steps.stream().map(Step::toString).collect(Collectors.joining(",\n        ")));
  }
}
