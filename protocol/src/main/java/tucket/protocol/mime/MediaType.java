// A media type with its parameters, such as message/cpim or multipart/mixed;boundary=x.
package tucket.protocol.mime;

import java.util.Locale;
import java.util.Map;
import tucket.protocol.Malformed;

/// The value of a Content-Type header (RFC 2045 section 5.1). `type` and `subtype` are held in lower case: they compare without case.
public record MediaType(String type, String subtype, Params params) {
  public static final MediaType CPIM = of("message", "cpim");
  public static final MediaType IMDN = of("message", "imdn+xml");
  public static final MediaType IS_COMPOSING = of("application", "im-iscomposing+xml");
  public static final MediaType TEXT_PLAIN = of("text", "plain");
  public static final MediaType SDP = of("application", "sdp");
  public static final MediaType RESOURCE_LISTS = of("application", "resource-lists+xml");

  /// What most messages say, as they say it.
  private static final Map<String, MediaType> COMMON = Map.of("message/cpim", CPIM, "text/plain", TEXT_PLAIN, "message/imdn+xml", IMDN);

  public static MediaType of(String type, String subtype) {
    return new MediaType(type, subtype, Params.NONE);
  }

  public static MediaType parse(String text) {
    MediaType common = COMMON.get(text);
    return common != null ? common : read(text);
  }

  private static MediaType read(String text) {
    int semicolon = text.indexOf(';');
    String name = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
    int slash = name.indexOf('/');
    if (slash <= 0 || slash == name.length() - 1) {
      throw new Malformed("media type needs type/subtype");
    }
    String type = token(name.substring(0, slash).strip());
    String subtype = token(name.substring(slash + 1).strip());
    return new MediaType(type, subtype, semicolon < 0 ? Params.NONE : Params.parse(text, semicolon));
  }

  private static String token(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!Params.isToken(text.charAt(i)) || text.charAt(i) == '/') {
        throw new Malformed("media type has a character that is not allowed");
      }
    }
    return text.toLowerCase(Locale.ROOT);
  }

  /// Whether both name the same type and subtype, whatever their parameters.
  public boolean is(MediaType other) {
    return type.equals(other.type) && subtype.equals(other.subtype);
  }

  public MediaType with(String param, String value) {
    return new MediaType(type, subtype, params.with(param, value));
  }

  /// `type/subtype` without parameters.
  public String name() {
    return type + "/" + subtype;
  }

  @Override
  public String toString() {
    return name() + params;
  }
}
