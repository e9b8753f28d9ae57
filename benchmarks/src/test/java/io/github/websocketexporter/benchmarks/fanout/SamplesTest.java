package io.github.websocketexporter.benchmarks.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void aQuantileIsOneOfTheSamples() {
    Samples samples = new Samples();
    for (int i = 10_000; i >= 1; i--) {
      samples.add(i);
    }

    assertThat(samples.quantile(0.5)).isEqualTo(5_000);
    assertThat(samples.quantile(0.99)).isEqualTo(9_900);
    assertThat(samples.quantile(0)).isEqualTo(1);
    assertThat(samples.quantile(1)).isEqualTo(10_000);
  }

  @Test
  void ofNoSamplesThereIsNone() {
    assertThat(new Samples().quantile(0.5)).isNaN();
  }
}
