package io.github.websocketexporter.integration;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.integration.Fleet.Member;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;

/**
 * What a scraper has of the targets of a {@link Fleet}, up to a time that is chosen so that each
 * was scraped for a minute. No scrape is missing, and all succeeded.
 */
final class ScrapedSamples {
  static final String PROBES = "{job=\"websocket\"}";
  static final int OF_A_MINUTE = 6;
  private static final double INTERVAL_MILLIS = 10_000;

  private final ScraperProcess scraper;
  private final long end;

  /** The times at which a target was scraped, by its name. */
  private final Map<String, Set<Long>> scrapes;

  ScrapedSamples(ScraperProcess scraper, long end) {
    this.scraper = scraper;
    this.end = end;
    List<TimeSeries> up = scraper.query("up" + PROBES, end);
    for (TimeSeries series : up) {
      assertNoneMissing(series);
      assertThat(series.samples())
          .as("%s in %s", series.labels(), scraper)
          .hasSizeGreaterThanOrEqualTo(OF_A_MINUTE)
          .doesNotContainValue(0.0);
    }
    scrapes =
        up.stream()
            .collect(toMap(series -> series.label("name"), series -> series.samples().keySet()));
  }

  /** How many scrapes there were. */
  int scrapes() {
    return scrapes.values().stream().mapToInt(Set::size).sum();
  }

  /** One sample for each interval from the first to the last. */
  static void assertNoneMissing(TimeSeries series) {
    NavigableMap<Long, Double> samples = series.samples();
    long intervals = Math.round((samples.lastKey() - samples.firstKey()) / INTERVAL_MILLIS);
    assertThat(samples).as("%s", series.labels()).hasSize((int) intervals + 1);
  }

  /** Each scrape of each of these targets, and of no other, found the same value. */
  void assertValues(String metric, List<Member> members, ToDoubleFunction<Member> expected) {
    assertAllValues(
        metric,
        members,
        (member, found) -> assertThat(found).containsOnly(expected.applyAsDouble(member)));
  }

  /** Each scrape of each of these targets, and of no other, found a value. */
  void assertAllValues(
      String metric, List<Member> members, BiConsumer<Member, Collection<Double>> assertion) {
    String selector = metric.endsWith("}") ? metric : metric + PROBES;
    Map<String, List<TimeSeries>> found =
        scraper.query(selector, end).stream().collect(groupingBy(series -> series.label("name")));
    assertThat(found)
        .as("targets with %s in %s", metric, scraper)
        .containsOnlyKeys(members.stream().map(Member::name).toArray(String[]::new));
    for (Member member : members) {
      List<TimeSeries> series = found.get(member.name());
      assertThat(series).as("%s of %s in %s", metric, member, scraper).hasSize(1);
      NavigableMap<Long, Double> samples = series.get(0).samples();
      assertThat(samples.keySet())
          .as("scrapes of %s with %s in %s", member, metric, scraper)
          .isEqualTo(scrapes.get(member.name()));
      assertThat(samples.values())
          .as("%s of %s in %s", metric, member, scraper)
          .satisfies(values -> assertion.accept(member, List.copyOf(values)));
    }
  }
}
