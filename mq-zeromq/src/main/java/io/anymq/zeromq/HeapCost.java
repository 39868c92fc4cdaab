package io.anymq.zeromq;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * What an array takes of the heap. Java's usual collector (G1) keeps an array of half a region or
 * more in regions of its own: 0.6 MB take 1 MB where regions have that size, as they have in small
 * heaps, and a hub that counted 0.6 would run out of memory far below its limit.
 */
final class HeapCost {

  private static final int HEADER_BYTES = 16;

  /** The size of a region; 0 where another collector is at work. */
  private static final long REGION_BYTES = regionBytes();

  private HeapCost() {}

  /** What an array of so many bytes takes, with its header. */
  static long ofArray(int bytes) {
    return ofArray(bytes, REGION_BYTES);
  }

  static long ofArray(int bytes, long region) {
    long whole = (long) bytes + HEADER_BYTES;
    return region == 0 || whole < region / 2 ? whole : (whole + region - 1) / region * region;
  }

  /**
   * How much memory there may be outside the heap: as much as in it, unless it is told otherwise.
   */
  static long direct() {
    try {
      HotSpotDiagnosticMXBean machine =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      long told = Long.parseLong(machine.getVMOption("MaxDirectMemorySize").getValue());
      return told > 0 ? told : Runtime.getRuntime().maxMemory();
    } catch (RuntimeException | LinkageError e) {
      return Runtime.getRuntime().maxMemory(); // another virtual machine, which has no such option
    }
  }

  private static long regionBytes() {
    try {
      HotSpotDiagnosticMXBean machine =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      boolean regions = Boolean.parseBoolean(machine.getVMOption("UseG1GC").getValue());
      return regions ? Long.parseLong(machine.getVMOption("G1HeapRegionSize").getValue()) : 0;
    } catch (RuntimeException | LinkageError e) {
      return 0; // another virtual machine, which has no such options
    }
  }
}
