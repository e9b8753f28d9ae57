package io.github.websocketexporter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The arrows between the packages: all one way, and none that the design does not draw. */
@AnalyzeClasses(
    packages = "io.github.websocketexporter",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.github.websocketexporter.";

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CIRCLES =
      slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_CORE_IS_FREE_OF_NETTY =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "module", ROOT + "probe", ROOT + "config", ROOT + "metrics", ROOT + "report")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest static final ArchRule MODULES_DEPEND_ON_NOTHING_OF_OURS = onlyDependsOn("module");

  @ArchTest static final ArchRule PROBES_DEPEND_ON_MODULES_ONLY = onlyDependsOn("probe", "module");

  /** On probes for what a target is: named ones are configured, and hosts compared with theirs. */
  @ArchTest
  static final ArchRule CONFIG_DEPENDS_ON_MODULES_AND_PROBES_ONLY =
      onlyDependsOn("config", "module", "probe");

  @ArchTest
  static final ArchRule METRICS_DEPEND_ON_PROBES_ONLY = onlyDependsOn("metrics", "probe", "module");

  @ArchTest
  static final ArchRule REPORTS_DEPEND_ON_THE_REST_OF_THE_CORE =
      onlyDependsOn("report", "metrics", "config", "module", "probe");

  @ArchTest
  static final ArchRule TRANSPORT_DEPENDS_ON_THE_CORE_ONLY =
      onlyDependsOn("transport", "config", "module", "probe");

  @ArchTest
  static final ArchRule THE_ENGINE_DOES_NOT_SEE_THE_SERVER =
      onlyDependsOn("engine", "transport", "config", "module", "probe");

  @ArchTest
  static final ArchRule SESSIONS_DO_NOT_SEE_THE_SERVER =
      onlyDependsOn("session", "engine", "transport", "config", "module", "probe", "metrics");

  @ArchTest
  static final ArchRule THE_SERVER_DOES_NOT_SEE_THE_ENGINE =
      onlyDependsOn("http", "transport", "config", "module", "probe", "metrics", "report");

  @ArchTest
  static final ArchRule THE_PROBER_AND_WHAT_IT_NEEDS_IS_ALL_THAT_THE_ENGINE_SHOWS =
      classes()
          .that()
          .resideInAPackage(ROOT + "engine")
          .and()
          .doNotHaveSimpleName("NettyProber")
          .and()
          .doNotHaveSimpleName("ProbeResources")
          .and()
          .haveNameNotMatching(Pattern.quote(ROOT) + "engine\\.HeldConnection(\\$.*)?")
          .should()
          .notBePublic();

  @ArchTest
  static final ArchRule ALL_THAT_THE_SESSIONS_SHOW_IS_THEIR_LIST =
      classes()
          .that()
          .resideInAPackage(ROOT + "session")
          .and()
          .doNotHaveSimpleName("Sessions")
          .should()
          .notBePublic();

  private static ArchRule onlyDependsOn(String name, String... others) {
    String[] foreign = {
      "module",
      "probe",
      "config",
      "metrics",
      "report",
      "transport",
      "engine",
      "session",
      "http",
      "cli"
    };
    List<String> allowed = new ArrayList<>(List.of(others));
    allowed.add(name);
    String[] forbidden =
        Arrays.stream(foreign)
            .filter(each -> !allowed.contains(each))
            .map(each -> ROOT + each)
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden);
  }
}
