package io.github.websocketexporter.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the endpoint of a path. Shared by all connections; immutable. */
final class Router {
  /** The methods of an endpoint that changes nothing. */
  static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final Map<String, Endpoint> endpoints;
  private final Endpoint otherwise;

  /**
   * A router.
   *
   * @param endpoints by their path; where that ends with a slash, they answer for all that is in
   *     that folder itself, but for the root
   * @param otherwise answers, to any method, the requests for every other path
   */
  Router(Map<String, Endpoint> endpoints, Endpoint otherwise) {
    this.endpoints = Map.copyOf(endpoints);
    this.otherwise = otherwise;
  }

  /** A router that answers every other path with a 404. */
  Router(Map<String, Endpoint> endpoints) {
    this(
        endpoints,
        (request, exchange) ->
            exchange.respond(
                Response.text(HttpResponseStatus.NOT_FOUND, "There is nothing here.")));
  }

  /** Hands {@code request} to the endpoint of its path. */
  void route(RequestHead request, HttpExchange exchange) {
    Endpoint endpoint = endpointOf(request.target().path());
    if (endpoint == null) {
      otherwise.handle(request, exchange);
    } else if (!endpoint.methods().contains(request.request().method())) {
      exchange.respond(notAllowed(endpoint.methods()));
    } else {
      endpoint.handle(request, exchange);
    }
  }

  private @Nullable Endpoint endpointOf(String path) {
    Endpoint endpoint = endpoints.get(path);
    int slash = path.lastIndexOf('/');
    return endpoint == null && slash > 0 ? endpoints.get(path.substring(0, slash + 1)) : endpoint;
  }

  private static Response notAllowed(Set<HttpMethod> allowed) {
    List<String> names = allowed.stream().map(HttpMethod::name).sorted().toList();
    return Response.text(
            HttpResponseStatus.METHOD_NOT_ALLOWED,
            names.size() == 1
                ? "Only " + names.get(0) + " is allowed here."
                : "Only " + String.join(" and ", names) + " are allowed here.")
        .with(HttpHeaderNames.ALLOW, String.join(", ", names));
  }
}
