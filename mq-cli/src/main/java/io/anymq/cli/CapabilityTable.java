package io.anymq.cli;

import io.anymq.Capability;
import io.anymq.Support;
import io.anymq.tck.report.Report.BackendReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Capabilities by backend, as a table in Markdown, from what the kit reports. */
final class CapabilityTable {

  private CapabilityTable() {}

  /** The table's lines. */
  static List<String> lines(List<BackendReport> backends) {
    List<String> lines = new ArrayList<>();
    lines.add(row("capability", backends, BackendReport::name));
    lines.add("|---|" + backends.stream().map(each -> ":-:|").collect(Collectors.joining()));
    for (Capability capability : Capability.values()) {
      lines.add(row(name(capability), backends, each -> cell(each, capability)));
    }
    return lines;
  }

  private static String name(Capability capability) {
    return capability.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String cell(BackendReport backend, Capability capability) {
    String unsupported = Support.UNSUPPORTED.name();
    String support = backend.capabilities().getOrDefault(capability.name(), unsupported);
    return switch (Support.valueOf(support)) {
      case NATIVE -> "N";
      case EMULATED -> "C";
      case UNSUPPORTED -> "–";
    };
  }

  private static String row(
      String name, List<BackendReport> backends, Function<BackendReport, String> cell) {
    return backends.stream()
        .map(each -> " " + cell.apply(each) + " |")
        .collect(Collectors.joining("", "| " + name + " |", ""));
  }
}
