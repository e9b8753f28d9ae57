package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that are connected to directly although there is a proxy: what {@code NO_PROXY} lists
 * for curl and for programs in Go. Nothing is looked up: a network holds literal addresses only.
 * Immutable.
 *
 * @param everything whether that is all of them
 * @param names in lower case: names, and suffixes with the dot that they begin with
 * @param networks literal addresses, each alone or with others
 */
public record NoProxy(boolean everything, Set<String> names, List<Cidr> networks) {
  /** No host. */
  public static final NoProxy NOTHING = new NoProxy(false, Set.of(), List.of());

  private static final String EVERYTHING = "*";
  private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?";
  private static final Pattern NAME = Pattern.compile("\\.?(?:" + LABEL + "\\.)*(?!\\d+$)" + LABEL);

  /**
   * Whether {@code text} is what a list can have: {@code *}, a name, a name with a dot in front of
   * it, an address or a network.
   */
  public static boolean isEntry(String text) {
    return text.equals(EVERYTHING) || isName(text) || Cidr.parse(text).isPresent();
  }

  /**
   * Reads a list.
   *
   * @param entries a name stands for itself and for all names below it; with a dot in front of it
   *     only for these
   */
  public static NoProxy of(List<String> entries) {
    Set<String> names = new HashSet<>();
    List<Cidr> networks = new ArrayList<>();
    for (String entry : entries) {
      if (isName(entry)) {
        String name = entry.toLowerCase(Locale.ROOT);
        names.add(name);
        names.add(name.startsWith(".") ? name : "." + name);
      } else {
        Cidr.parse(entry).ifPresent(networks::add);
      }
    }
    return new NoProxy(entries.contains(EVERYTHING), Set.copyOf(names), List.copyOf(networks));
  }

  /**
   * Whether {@code host} is connected to directly.
   *
   * @param host in lower case
   * @param literal the address, where the host is one
   */
  public boolean covers(String host, @Nullable InetAddress literal) {
    if (everything) {
      return true;
    }
    return literal == null ? coversName(host) : coversAddress(literal);
  }

  private boolean coversAddress(InetAddress literal) {
    for (Cidr network : networks) {
      if (network.contains(literal)) {
        return true;
      }
    }
    return false;
  }

  private boolean coversName(String host) {
    if (names.isEmpty()) {
      return false;
    }
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (names.contains(name)) {
      return true;
    }
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (names.contains(name.substring(dot))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isName(String text) {
    return NAME.matcher(text.toLowerCase(Locale.ROOT)).matches();
  }
}
