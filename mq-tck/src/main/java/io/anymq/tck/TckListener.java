package io.anymq.tck;

import io.anymq.tck.report.Report.BackendReport;

/** Is told how a run goes on, by the thread that runs it. */
public interface TckListener {

  /** Does nothing with what it is told. */
  TckListener SILENT = new TckListener() {};

  /**
   * A run begins.
   *
   * @param backend the backend's name
   * @param rules how many rules there are to run
   */
  default void started(String backend, int rules) {}

  /**
   * A rule is done with.
   *
   * @param backend the backend's name
   * @param result its result
   */
  default void finished(String backend, RuleResult result) {}

  /**
   * What a run has come to so far, after each rule.
   *
   * @param report the backend's part of the report, of the rules that are done with
   */
  default void soFar(BackendReport report) {}
}
