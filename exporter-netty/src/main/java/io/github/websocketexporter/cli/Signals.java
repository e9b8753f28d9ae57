package io.github.websocketexporter.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * The signals of the operating system, by {@code sun.misc.Signal} of the module jdk.unsupported:
 * through reflection, for the compiler warns of that class, and no option of its makes it silent.
 */
final class Signals {
  private static final String SIGNAL = "sun.misc.Signal";
  private static final String HANDLER = "sun.misc.SignalHandler";

  private Signals() {}

  /**
   * Has {@code action} run at each signal {@code name}, in place of what the JVM does at it: each
   * time on a thread of its own, for which the JVM does not end.
   *
   * @param name without {@code SIG}
   * @return false if that cannot be: there is no such signal, or the JVM leaves its signals to the
   *     system ({@code -Xrs}). A signal that the process was started to ignore stays ignored.
   */
  static boolean handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName(SIGNAL);
      Class<?> handler = Class.forName(HANDLER);
      Object starter =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> start(name, action));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), starter);
      return true;
    } catch (InvocationTargetException | ClassNotFoundException e) {
      return false;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The thread that the JVM calls a handler on is a daemon. */
  private static Object start(String name, Runnable action) {
    Thread thread = new Thread(action, "signal-" + name);
    thread.setDaemon(false);
    thread.start();
    return thread;
  }
}
