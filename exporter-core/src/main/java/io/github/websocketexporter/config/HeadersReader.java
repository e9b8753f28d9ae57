package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.HeaderField;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code headers} of a module or of a named target. */
final class HeadersReader {
  private HeadersReader() {}

  /**
   * Reads the block, sorted by the names.
   *
   * @param authorization what stands beside the block, whose field it may not repeat
   */
  static List<HeaderField> read(Block parent, @Nullable Authorization authorization)
      throws InvalidConfigException {
    if (!parent.has("headers")) {
      return List.of();
    }
    Block headers = parent.block("headers");
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    List<HeaderField> fields = new ArrayList<>();
    for (String name : headers.names()) {
      if (headers.has(name)) {
        check(headers, name, authorization);
        if (!names.add(name)) {
          throw headers.error(name, "expected each header once, but found it twice");
        }
        fields.add(
            new HeaderField(name, headers.secret(name, FieldSyntax::isValue, FieldSyntax.VALUE)));
      }
    }
    return List.copyOf(fields);
  }

  private static void check(Block headers, String name, @Nullable Authorization authorization)
      throws InvalidConfigException {
    if (!FieldSyntax.isToken(name)) {
      throw headers.error(name, "expected " + FieldSyntax.NAME + ", but found another");
    }
    String refusal =
        authorization != null && authorization.field().name().equalsIgnoreCase(name)
            ? "the block authorization sets this one"
            : FieldSyntax.refusal(name);
    if (refusal != null) {
      throw headers.error(name, "expected another header, for " + refusal);
    }
  }
}
