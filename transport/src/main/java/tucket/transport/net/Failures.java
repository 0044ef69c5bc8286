// Sentences for the person who can act on a network failure.
package tucket.transport.net;

import io.netty.channel.ConnectTimeoutException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;

/// For this module's packages. Turns the operating system's errors into [Unavailable] with the remedy named.
public final class Failures {
  private Failures() {}

  static Unavailable listening(Endpoint asked, @Nullable Throwable cause) {
    return listening(asked.toString(), asked.address(), asked.protocol() == Protocol.UDP, cause);
  }

  /// A socket that could not be bound: `shown` names it in the message.
  public static Unavailable listening(String shown, InetSocketAddress asked, boolean datagrams, @Nullable Throwable cause) {
    String detail = cause == null ? detail(null) : detail(deepest(cause));
    String host = asked.getAddress().getHostAddress();
    String remedy;
    if (detail.contains("in use")) {
      String socket = datagrams ? "u" : "t";
      remedy =
          "port " + asked.getPort() + " is in use by another process; stop that one (`ss -l" + socket + "np 'sport = :" + asked.getPort()
              + "'` shows it) or configure another port (0 takes any free one)";
    } else if (detail.contains("ssign requested")) {
      remedy = "this machine has no address " + host + "; configure one that it has, or 0.0.0.0 or [::] for all";
    } else if (detail.contains("ermission denied")) {
      remedy = "port " + asked.getPort() + " needs privileges; use a port from 1024 on, or give the process CAP_NET_BIND_SERVICE";
    } else if (detail.contains("not supported by protocol") || detail.contains("family not supported")) {
      remedy = "this machine does not speak the IP version of " + host + "; configure an address of the other one";
    } else {
      remedy = detail;
    }
    return new Unavailable("Can't listen on " + shown + ": " + remedy + ".", cause);
  }

  static Unavailable connecting(Endpoint remote, Duration within, @Nullable Throwable cause) {
    String why =
        switch (cause) {
          case ConnectTimeoutException slow -> "no answer within " + seconds(within);
          case NoRouteToHostException none -> "no route to that host; check the address and the firewalls between";
          case ConnectException refused when detail(refused).contains("refused") -> "nothing listens there (connection refused)";
          case null -> "no reason given";
          case Throwable other when causedBy(other, CertPathBuilderException.class) ->
              "its certificate is not from an authority that is trusted here; configure that authority's certificate as trusted";
          case Throwable other when causedBy(other, CertificateException.class) ->
              "its certificate is not accepted: " + detail(deepest(other));
          default -> detail(cause);
        };
    return new Unavailable("Can't connect to " + remote + ": " + why + ".", cause);
  }

  private static boolean causedBy(Throwable thrown, Class<? extends Throwable> kind) {
    for (Throwable one = thrown; one != null; one = one.getCause()) {
      if (kind.isInstance(one)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable deepest(Throwable thrown) {
    Throwable one = thrown;
    while (one.getCause() != null) {
      one = one.getCause();
    }
    return one;
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3g s", time.toNanos() / 1e9);
  }

  /// A short phrase for what went wrong.
  public static String detail(@Nullable Throwable cause) {
    if (cause == null) {
      return "no reason given";
    }
    String message = cause.getMessage();
    String text = message == null || message.isEmpty() ? cause.getClass().getSimpleName() : message;
    return cause instanceof BindException && !text.contains("in use") && text.contains("already") ? "Address already in use" : text;
  }
}
