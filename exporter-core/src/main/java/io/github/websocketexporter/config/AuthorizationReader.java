package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.HeaderField;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code authorization} of a module or of a named target. */
final class AuthorizationReader {
  /** Reads the block of one kind of authorization. */
  @FunctionalInterface
  private interface Kind {
    Authorization read(Block block) throws InvalidConfigException;
  }

  private static final Map<String, Kind> KINDS =
      new TreeMap<>(
          Map.of(
              "basic", AuthorizationReader::basic,
              "bearer", AuthorizationReader::bearer,
              "header", AuthorizationReader::header));

  private AuthorizationReader() {}

  /** Reads the block; null if there is none. */
  static @Nullable Authorization read(Block parent) throws InvalidConfigException {
    if (!parent.has("authorization")) {
      return null;
    }
    Block authorization = parent.block("authorization");
    List<Map.Entry<String, Kind>> given =
        KINDS.entrySet().stream().filter(kind -> authorization.has(kind.getKey())).toList();
    authorization.close();
    if (given.size() != 1) {
      throw parent.error(
          "authorization",
          "expected one of %s, but found %s"
              .formatted(
                  String.join(", ", KINDS.keySet()),
                  given.isEmpty()
                      ? "none"
                      : given.stream().map(Map.Entry::getKey).collect(Collectors.joining(" and "))
                          + "; null takes away an inherited one"));
    }
    Block block = authorization.block(given.get(0).getKey());
    Authorization read = given.get(0).getValue().read(block);
    block.close();
    return read;
  }

  private static Authorization basic(Block basic) throws InvalidConfigException {
    return new Authorization.Basic(
        basic.secret(
            "username",
            text -> FieldSyntax.isText(text) && text.indexOf(':') < 0,
            "a name without a colon and control characters"),
        basic.secretOrFile("password", FieldSyntax::isText, FieldSyntax.TEXT));
  }

  private static Authorization bearer(Block bearer) throws InvalidConfigException {
    return new Authorization.Bearer(
        bearer.secretOrFile("token", FieldSyntax::isValue, FieldSyntax.VALUE));
  }

  private static Authorization header(Block header) throws InvalidConfigException {
    String name = header.unquoted("name", FieldSyntax::isToken, FieldSyntax.NAME);
    String refusal = FieldSyntax.refusal(name);
    if (refusal != null) {
      throw header.error("name", "expected another header, for " + refusal);
    }
    return new Authorization.Header(
        new HeaderField(
            name, header.secretOrFile("value", FieldSyntax::isValue, FieldSyntax.VALUE)));
  }
}
