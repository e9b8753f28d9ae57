package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets in the requests that have the name and the password of a user (RFC 7617), and all others
 * nowhere; a connection that is no longer admitted is closed without an answer. Passwords are
 * hashed on a thread of its own, for that takes as long as it is meant to; requests with the same
 * ones wait for the same hash: a fleet of scrapers that begins costs one. Shared by all
 * connections; safe for use by several event loops.
 */
final class BasicAuth implements AutoCloseable {
  private static final int MAX_WAITING = 64;

  /**
   * Of one client's network, so that nobody who guesses keeps all others out. Not of a user's name:
   * that would tell strangers which names there are.
   */
  private static final int MAX_OF_A_CLIENT = 4;

  /** A whole IPv4 address, but of an IPv6 address the /64 in which its host may choose any. */
  private static final int NETWORK_BYTES = 8;

  private static final Response UNAUTHORIZED =
      Response.text(HttpResponseStatus.UNAUTHORIZED, "A valid user name and password are needed.")
          .with(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"websocket-exporter\"");

  private final Supplier<Protection> protection;
  private final ThreadPoolExecutor hasher =
      new ThreadPoolExecutor(
          0,
          1,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(MAX_WAITING),
          new DefaultThreadFactory("basic-auth", true));

  /** The checks that are not over. */
  private final Map<Fingerprint, Check> checks = new HashMap<>();

  /**
   * A filter.
   *
   * @param protection the one that is in force
   */
  BasicAuth(Supplier<Protection> protection) {
    this.protection = protection;
  }

  /** An endpoint that hands to {@code next} what is let in. */
  Endpoint before(Endpoint next) {
    return (request, exchange) -> enter(new Visit(request, exchange, next));
  }

  @Override
  public void close() {
    hasher.shutdownNow();
  }

  private void enter(Visit visit) {
    Protection inForce = protection.get();
    if (!inForce.admits(visit.exchange.channel())) {
      visit.exchange.channel().close();
      return;
    }
    if (!inForce.guards(visit.request.target().path())) {
      visit.end(true);
      return;
    }
    Credentials credentials = Credentials.of(visit.request.headers());
    if (credentials == null) {
      visit.end(false);
      return;
    }
    Users users = inForce.users();
    Fingerprint fingerprint = users.fingerprint(credentials);
    switch (users.remembered(credentials, fingerprint)) {
      case RIGHT -> visit.end(true);
      case WRONG -> visit.end(false);
      case UNCHECKED -> queue(visit, new Check(inForce, visit.client(), credentials, fingerprint));
    }
  }

  private void queue(Visit visit, Check own) {
    synchronized (checks) {
      Check check = checks.get(own.fingerprint);
      if (check == null) {
        if (!begin(own)) {
          visit.exchange.respond(Response.overloaded("Too many passwords are being checked."));
          return;
        }
        check = own;
      }
      check.visits.add(visit);
      Check joined = check;
      visit.exchange.onAbort(() -> leave(visit, joined));
    }
  }

  /** Hashes the password as soon as its turn comes; false if too many are waiting. */
  private boolean begin(Check check) {
    if (checks.values().stream().filter(check::isOfSameClient).count() >= MAX_OF_A_CLIENT) {
      return false;
    }
    try {
      hasher.execute(check);
    } catch (RejectedExecutionException e) {
      return false;
    }
    checks.put(check.fingerprint, check);
    return true;
  }

  /** What was found out is nothing to another protection, which may have come meanwhile. */
  private void decide(Visit visit, Protection by, boolean right) {
    if (by == protection.get()) {
      visit.end(right);
    } else {
      enter(visit);
    }
  }

  /** The client has gone away: nothing is hashed for nobody. */
  private void leave(Visit visit, Check check) {
    synchronized (checks) {
      check.visits.remove(visit);
      if (check.visits.isEmpty() && hasher.remove(check)) {
        checks.remove(check.fingerprint);
      }
    }
  }

  /** A request on its way in. */
  private record Visit(RequestHead request, HttpExchange exchange, Endpoint next) {
    /** The network of the client; null where it has gone away. */
    @Nullable ByteBuffer client() {
      if (exchange.channel().remoteAddress() instanceof InetSocketAddress client) {
        byte[] address = client.getAddress().getAddress();
        return ByteBuffer.wrap(address, 0, Math.min(NETWORK_BYTES, address.length));
      }
      return null;
    }

    void end(boolean letIn) {
      if (letIn) {
        exchange.handTo(next, request);
      } else {
        exchange.respond(UNAUTHORIZED);
      }
    }
  }

  /** Credentials that are checked, and who waits for that. */
  private final class Check implements Runnable {
    private final Protection by;
    private final @Nullable ByteBuffer client;
    private final Credentials credentials;
    private final Fingerprint fingerprint;
    private final List<Visit> visits = new ArrayList<>();

    Check(
        Protection by,
        @Nullable ByteBuffer client,
        Credentials credentials,
        Fingerprint fingerprint) {
      this.by = by;
      this.client = client;
      this.credentials = credentials;
      this.fingerprint = fingerprint;
    }

    boolean isOfSameClient(Check other) {
      return Objects.equals(client, other.client);
    }

    @Override
    public void run() {
      try {
        boolean right = by.users().check(credentials, fingerprint);
        over()
            .forEach(
                visit ->
                    visit.exchange.handTo(
                        (request, exchange) -> decide(visit, by, right), visit.request));
      } catch (RuntimeException | Error e) {
        Response answer = Response.ofBug(e);
        over().forEach(visit -> visit.exchange.respond(answer));
      }
    }

    private List<Visit> over() {
      synchronized (checks) {
        checks.remove(fingerprint);
        return List.copyOf(visits);
      }
    }
  }
}
