package io.github.websocketexporter;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;

/**
 * Fails a test class that leaked a buffer. Registered for every class of this module; works at the
 * level that the build sets, paranoid, which tracks each buffer.
 */
public final class LeakDetection extends NettyLeakDetectorExtension {
  /**
   * Checks before and after each class; each check collects garbage, which is too slow per test.
   */
  public LeakDetection() {
    super(false, true, false, true);
  }
}
