// The admin API: which path and method lead to which question, and JSON in and out.
package tucket.app.admin;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tucket.app.config.Version;
import tucket.store.Unavailable;
import tucket.transport.http.HttpLimits;
import tucket.transport.http.HttpServer;
import tucket.transport.http.Request;
import tucket.transport.http.Response;
import tucket.transport.http.Route;

/// Described for programs in docs/openapi.json. `/health`, `/ready` and `/metrics` are open; everything under `/api/` wants the token.
/// Errors are `{"error": "a sentence"}`. Thread-safe.
public final class AdminApi {
  private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
  private static final String JSON = "application/json";
  private static final String API = "/api/v1/";

  private final Administration administration;
  private final AdminToken token;
  private final PrometheusRegistry registry;
  private final BooleanSupplier ready;
  private final JsonMapper json = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /// Puts the API on a socket (port 0: any free one).
  public static HttpServer serve(
      InetSocketAddress at, HttpLimits limits, Administration administration, AdminToken token, PrometheusRegistry registry, BooleanSupplier ready) {
    AdminApi api = new AdminApi(administration, token, registry, ready);
    return HttpServer.start(at, Optional.empty(), List.of(new Route("*", "/*", api::handle)), limits);
  }

  private Response handle(Request request) {
    Answer answer = answer(new Question(request.method(), request.path(), request.header("Authorization").orElse(""), request.body()));
    return answer.body.length == 0 ? Response.empty(answer.status) : Response.of(answer.status, answer.contentType, answer.body);
  }

  /// One request. `path` is as it stood on the wire, percent-encoded, without the query; `authorization` is empty where there was none.
  public record Question(String method, String path, String authorization, byte[] body) {}

  /// Its answer.
  public record Answer(int status, String contentType, byte[] body) {}

  /// A user to be made.
  record NewUser(String user, String password, @Nullable String displayName, @Nullable List<String> aliases) {}

  /// A system message to be sent.
  record Announcement(@Nullable List<String> to, @Nullable String contentType, String text) {}

  /// Where a copy of the data is to go.
  record Backup(String folder) {}

  public AdminApi(Administration administration, AdminToken token, PrometheusRegistry registry, BooleanSupplier ready) {
    this.administration = administration;
    this.token = token;
    this.registry = registry;
    this.ready = ready;
  }

  /// Answers one request; never throws.
  public Answer answer(Question question) {
    try {
      return route(question);
    } catch (NotPossible e) {
      return error(status(e.kind()), String.valueOf(e.getMessage()));
    } catch (JacksonException e) {
      return error(400, "the body is not the JSON that is wanted: " + e.getOriginalMessage());
    } catch (Unavailable | tucket.transport.Unavailable e) {
      return error(503, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("event=admin_failed method={} path={}", question.method, question.path, e);
      return error(500, "a mistake in the server; its log has the details");
    }
  }

  private static int status(NotPossible.Kind kind) {
    return switch (kind) {
      case WRONG -> 400;
      case MISSING -> 404;
      case FORBIDDEN -> 401;
      case NOT_RUNNING -> 409;
    };
  }

  private Answer route(Question question) {
    return switch (question.path) {
      case "/health" -> only("GET", question, q -> health());
      case "/ready" -> only("GET", question, q -> readiness());
      case "/metrics" -> only("GET", question, q -> metrics());
      default -> question.path.startsWith(API) ? administrate(question) : error(404, "there is nothing at " + question.path);
    };
  }

  private static Answer only(String method, Question question, Function<Question, Answer> then) {
    return question.method.equals(method) || method.equals("GET") && question.method.equals("HEAD") ? then.apply(question) : notAllowed(question);
  }

  private static Answer notAllowed(Question question) {
    return error(405, question.method + " is not possible at " + question.path);
  }

  private Answer administrate(Question question) {
    if (!token.opens(question.authorization)) {
      throw new NotPossible(NotPossible.Kind.FORBIDDEN, "send \"Authorization: Bearer TOKEN\" with the token in the file admin.token of the data folder");
    }
    List<String> path = Arrays.stream(question.path.substring(API.length()).split("/")).map(p -> URLDecoder.decode(p, StandardCharsets.UTF_8)).toList();
    String kind = path.getFirst();
    String which = path.size() > 1 ? path.get(1) : "";
    return switch (kind) {
      case "users" -> which.isEmpty() ? users(question) : user(question, which);
      case "trace" -> only("GET", question, q -> ok(administration.trace(which)));
      case "queue" -> queue(question, which, path.size() > 2 ? path.get(2) : "");
      case "registrations" -> only("GET", question, q -> ok(administration.registrations()));
      case "backups" -> only("POST", question, q -> ok(201, administration.backup(body(q, Backup.class).folder)));
      case "system-messages" -> only("POST", question, this::announce);
      case "tls" -> which.equals("reload") ? only("POST", question, q -> reloadTls()) : error(404, "there is nothing at " + question.path);
      default -> error(404, "there is nothing at " + question.path);
    };
  }

  private Answer users(Question question) {
    return switch (question.method) {
      case "GET" -> ok(administration.users());
      case "POST" -> {
        NewUser user = body(question, NewUser.class);
        List<String> aliases = user.aliases == null ? List.of() : user.aliases;
        yield ok(201, administration.add(user.user, user.password, user.displayName == null ? "" : user.displayName, aliases));
      }
      default -> notAllowed(question);
    };
  }

  private Answer user(Question question, String which) {
    return switch (question.method) {
      case "PATCH" -> ok(administration.change(which, body(question, Administration.Changes.class)));
      case "DELETE" -> {
        administration.remove(which);
        yield new Answer(204, JSON, new byte[0]);
      }
      default -> notAllowed(question);
    };
  }

  private Answer queue(Question question, String user, String messageId) {
    return switch (question.method) {
      case "GET" -> ok(administration.queue(user));
      case "DELETE" -> ok(Map.of("deleted", administration.delete(user, messageId)));
      default -> notAllowed(question);
    };
  }

  private Answer announce(Question question) {
    Announcement a = body(question, Announcement.class);
    return ok(administration.announce(a.to == null ? new ArrayList<>() : a.to, a.contentType == null ? "text/plain;charset=utf-8" : a.contentType, a.text));
  }

  private Answer reloadTls() {
    administration.reloadTls();
    return new Answer(204, JSON, new byte[0]);
  }

  private Answer health() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("status", "up");
    fields.put("version", Version.NUMBER);
    return ok(fields);
  }

  private Answer readiness() {
    boolean open = ready.getAsBoolean();
    return ok(open ? 200 : 503, Map.of("ready", open));
  }

  private Answer metrics() {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
      writer.write(out, registry.scrape());
      return new Answer(200, writer.getContentType(), out.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T> T body(Question question, Class<T> type) {
    T body = json.readValue(question.body, type);
    if (body == null) {
      throw new NotPossible(NotPossible.Kind.WRONG, "the request wants a JSON object as its body");
    }
    return checked(body);
  }

  /// Jackson leaves out what the object did not have; what must be there is looked at here.
  private static <T> T checked(T body) {
    if (body instanceof NewUser user) {
      required("user", user.user);
      required("password", user.password);
    } else if (body instanceof Announcement announcement) {
      required("text", announcement.text);
    }
    if (body instanceof Backup backup) {
      required("folder", backup.folder);
    }
    return body;
  }

  @SuppressWarnings("ConstantValue")
  private static void required(String name, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      throw new NotPossible(NotPossible.Kind.WRONG, "\"" + name + "\" is missing");
    }
  }

  private Answer ok(Object value) {
    return ok(200, value);
  }

  private Answer ok(int status, Object value) {
    return new Answer(status, JSON, json.writeValueAsBytes(value));
  }

  private static Answer error(int status, String what) {
    return new Answer(status, JSON, JsonMapper.shared().writeValueAsBytes(Map.of("error", what)));
  }
}
