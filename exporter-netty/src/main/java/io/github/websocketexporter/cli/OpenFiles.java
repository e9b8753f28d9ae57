package io.github.websocketexporter.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * The file descriptors of this process.
 *
 * @param limit the most that it may have open at a time, the largest number where that is not known
 *     or not limited; the JVM has raised its soft limit to the hard one when it started
 * @param open how many it has open
 */
record OpenFiles(long limit, long open) {

  /** Those of now. Not known on Windows, and on JVMs that do not tell. */
  static OpenFiles read() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      long limit = unix.getMaxFileDescriptorCount();
      return new OpenFiles(limit > 0 ? limit : Long.MAX_VALUE, unix.getOpenFileDescriptorCount());
    }
    return new OpenFiles(Long.MAX_VALUE, 0);
  }
}
