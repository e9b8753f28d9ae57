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
  private final Map<String, Endpoint> folders;
  private final Endpoint otherwise;

  /**
   * A router.
   *
   * @param endpoints by their path
   * @param folders by the path, with a slash at its end, of a folder that they answer for all in
   * @param otherwise answers, to any method, the requests for every other path
   */
  Router(Map<String, Endpoint> endpoints, Map<String, Endpoint> folders, Endpoint otherwise) {
    this.endpoints = Map.copyOf(endpoints);
    this.folders = Map.copyOf(folders);
    this.otherwise = otherwise;
  }

  /** A router that answers every other path with a 404. */
  Router(Map<String, Endpoint> endpoints, Map<String, Endpoint> folders) {
    this(
        endpoints,
        folders,
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
    return endpoint == null ? folders.get(path.substring(0, path.lastIndexOf('/') + 1)) : endpoint;
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
