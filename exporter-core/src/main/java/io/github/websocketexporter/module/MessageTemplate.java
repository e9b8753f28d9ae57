package io.github.websocketexporter.module;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A text in which <code>${NAME}</code> stands for what the group of that name found in an earlier
 * message, as it is, and <code>$${</code> for <code>${</code> itself. Immutable.
 *
 * @param parts the text, cut where it varies
 */
public record MessageTemplate(List<Part> parts) {
  private static final Pattern HOLE = Pattern.compile("\\$(\\$?)(\\{(?:([^}]*)})?)");

  /** A part of the text. */
  public sealed interface Part {}

  /** A part that stays as it is. */
  public record Literal(Secret text) implements Part {}

  /** A part that a group stands for. */
  public record Group(String name) implements Part {}

  /** Parses {@code text}. A <code>${</code> that nothing closes is a group without a name. */
  public static MessageTemplate parse(Secret text) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    Matcher hole = HOLE.matcher(text.reveal());
    while (hole.find()) {
      hole.appendReplacement(literal, "");
      if (!hole.group(1).isEmpty()) {
        literal.append('$').append(hole.group(2));
      } else {
        parts.add(new Literal(Secret.of(literal.toString())));
        parts.add(new Group(Objects.requireNonNullElse(hole.group(3), "")));
        literal.setLength(0);
      }
    }
    hole.appendTail(literal);
    parts.add(new Literal(Secret.of(literal.toString())));
    return new MessageTemplate(List.copyOf(parts));
  }

  /** The names of the groups in it. */
  public Set<String> groups() {
    return parts.stream()
        .filter(Group.class::isInstance)
        .map(part -> ((Group) part).name())
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The text with what {@code found} has for its groups.
   *
   * @return null where that would be longer than {@code most} bytes of UTF-8
   */
  public @Nullable String fill(Map<String, String> found, int most) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(
          part instanceof Group group ? found.get(group.name()) : ((Literal) part).text().reveal());
      if (text.length() > most) {
        return null;
      }
    }
    String filled = text.toString();
    return filled.getBytes(StandardCharsets.UTF_8).length > most ? null : filled;
  }
}
