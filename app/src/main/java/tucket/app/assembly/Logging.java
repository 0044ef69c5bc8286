// What the log looks like: lines for a person or JSON for a collector, on standard error.
package tucket.app.assembly;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.app.config.Config;

/// Logback finds this class as a service and starts with it, which is faster than a file of XML: warnings only, for people. A server then
/// asks for what its
/// configuration says. Lines of the server have the form `event=... key=value`, so that both formats can be searched.
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {
  private static final String HUMAN = "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0}  %msg%n%ex{full}";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    apply(context, new Config.Log(Config.Format.HUMAN, Config.Level.WARN, Map.of()));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// Puts a configuration in force for the whole process.
  public static void use(Config.Log log) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.reset();
      apply(context, log);
    }
  }

  private static void apply(LoggerContext context, Config.Log log) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder(context, log.format()));
    console.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(console);
    root.setLevel(Level.WARN);
    context.getLogger("tucket").setLevel(Level.toLevel(log.level().name()));
    log.levels().forEach((part, level) -> context.getLogger(part).setLevel(Level.toLevel(level)));
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, Config.Format format) {
    if (format == Config.Format.JSON) {
      JsonEncoder json = new JsonEncoder();
      json.setWithContext(false);
      json.setWithSequenceNumber(false);
      json.setWithNanoseconds(false);
      json.setContext(context);
      json.start();
      return json;
    }
    PatternLayoutEncoder lines = new PatternLayoutEncoder();
    lines.setContext(context);
    lines.setPattern(HUMAN);
    lines.start();
    return lines;
  }
}
