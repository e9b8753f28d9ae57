package io.github.websocketexporter.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;

/** The resource reference.conf, which holds every key and its default. */
final class Reference {
  /** The name of the resource. */
  static final String NAME = "reference.conf";

  /** The whole of it. */
  static final Config ALL =
      ConfigFactory.parseResources(
          NAME, ConfigParseOptions.defaults().setClassLoader(Reference.class.getClassLoader()));

  /** The key of {@link #MODULE}. */
  static final String MODULE_KEY = "module-defaults";

  private static final String MODULE_PATH = ConfigLoader.ROOT + "." + MODULE_KEY;

  /** The values of the keys that a module need not set. */
  static final ConfigObject MODULE = ALL.getObject(MODULE_PATH);

  /** What a file and flags can change. */
  static final Config CHANGEABLE = ALL.withoutPath(MODULE_PATH);

  private Reference() {}
}
