package io.github.websocketexporter.engine;

import io.github.websocketexporter.config.TransportKind;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the tests of a class over each transport that this machine has. */
@ParameterizedClass
@MethodSource("io.github.websocketexporter.engine.ProbeRunner#transports")
abstract class EngineTest {
  final ProbeRunner runner;

  EngineTest(TransportKind kind) throws SSLException {
    runner = new ProbeRunner(kind);
  }

  @AfterEach
  void closeRunner() {
    runner.close();
  }
}
