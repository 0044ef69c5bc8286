// Administration of a server that runs, over its admin API.
package tucket.app.admin;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tucket.transport.Unavailable;

/// Throws [Unavailable] where no server answers, and [NotPossible] with the server's own sentence where it says no.
public final class AdminClient implements Administration {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(3)).build();
  private final JsonMapper json = JsonMapper.shared();
  private final InetSocketAddress server;
  private final @Nullable AdminToken token;

  /// Without a token only [#get] of the open paths works. A server that listens everywhere is asked on loopback.
  public AdminClient(InetSocketAddress server, @Nullable AdminToken token) {
    this.server = server.getAddress().isAnyLocalAddress() ? new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()) : server;
    this.token = token;
  }

  /// What `path` has, as text: `/health`, `/ready`, `/metrics`.
  public Reply get(String path) {
    HttpResponse<String> response = exchange("GET", path, null);
    return new Reply(response.statusCode(), response.body());
  }

  /// Status and body of an answer.
  public record Reply(int status, String body) {}

  @Override
  public List<User> users() {
    return read(ask("GET", "users", null), new TypeReference<List<User>>() {});
  }

  @Override
  public User add(String user, String password, String displayName, List<String> aliases) {
    return read(ask("POST", "users", new AdminApi.NewUser(user, password, displayName, aliases)), new TypeReference<User>() {});
  }

  @Override
  public User change(String user, Changes changes) {
    return read(ask("PATCH", "users/" + encode(user), changes), new TypeReference<User>() {});
  }

  @Override
  public void remove(String user) {
    ask("DELETE", "users/" + encode(user), null);
  }

  @Override
  public List<Happened> trace(String messageId) {
    return read(ask("GET", "trace/" + encode(messageId), null), new TypeReference<List<Happened>>() {});
  }

  @Override
  public List<Waiting> queue(String user) {
    return read(ask("GET", "queue/" + encode(user), null), new TypeReference<List<Waiting>>() {});
  }

  @Override
  public int delete(String user, String messageId) {
    String path = "queue/" + encode(user) + (messageId.isEmpty() ? "" : "/" + encode(messageId));
    return json.readTree(ask("DELETE", path, null)).path("deleted").asInt(0);
  }

  @Override
  public List<Registered> registrations() {
    return read(ask("GET", "registrations", null), new TypeReference<List<Registered>>() {});
  }

  @Override
  public Announced announce(List<String> to, String contentType, String text) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("to", to);
    body.put("contentType", contentType);
    body.put("text", text);
    return read(ask("POST", "system-messages", body), new TypeReference<Announced>() {});
  }

  @Override
  public BackedUp backup(String folder) {
    return read(ask("POST", "backups", Map.of("folder", folder)), new TypeReference<BackedUp>() {});
  }

  @Override
  public void reloadTls() {
    ask("POST", "tls/reload", null);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private <T> T read(String text, TypeReference<T> type) {
    return json.readValue(text, type);
  }

  private String ask(String method, String path, @Nullable Object body) {
    HttpResponse<String> response = exchange(method, "/api/v1/" + path, body);
    int status = response.statusCode();
    if (status / 100 == 2) {
      return response.body();
    }
    String why = why(response.body());
    throw switch (status) {
      case 400, 413 -> new NotPossible(NotPossible.Kind.WRONG, why);
      case 401, 403 -> new NotPossible(NotPossible.Kind.FORBIDDEN, why);
      case 404 -> new NotPossible(NotPossible.Kind.MISSING, why);
      default -> new Unavailable("The server at " + server + " answered " + status + ": " + why);
    };
  }

  private String why(String body) {
    try {
      JsonNode error = json.readTree(body).path("error");
      return error.isString() ? error.asString() : body;
    } catch (JacksonException e) {
      return body;
    }
  }

  private HttpResponse<String> exchange(String method, String path, @Nullable Object body) {
    String host = server.getAddress().getHostAddress();
    URI uri = URI.create("http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.getPort() + path);
    HttpRequest.BodyPublisher publisher =
        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE).method(method, publisher).header("Content-Type", "application/json");
    if (token != null) {
      request.header("Authorization", "Bearer " + token.value());
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (ConnectException | HttpConnectTimeoutException e) {
      String at = server.getAddress().getHostAddress() + ":" + server.getPort();
      throw new Unavailable("No server answers at http://" + at + ": start it with ./tucket serve", e);
    } catch (IOException e) {
      throw new Unavailable("The server at " + server + " broke off: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
