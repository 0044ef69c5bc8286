// Limits with some of them changed, for tests.
package tucket.server.core;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import tucket.server.Limits;

final class Bounds {
  private Bounds() {}

  /// The default limits with those that `change` puts by name.
  static Limits of(Consumer<Map<String, Object>> change) {
    Map<String, Object> changed = new HashMap<>();
    change.accept(changed);
    RecordComponent[] components = Limits.class.getRecordComponents();
    try {
      Object[] values = new Object[components.length];
      for (int i = 0; i < values.length; i++) {
        Object usual = components[i].getAccessor().invoke(Limits.DEFAULT);
        values[i] = changed.getOrDefault(components[i].getName(), usual);
      }
      Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return Limits.class.getDeclaredConstructor(types).newInstance(values);
    } catch (IllegalAccessException | InvocationTargetException | InstantiationException | NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }
}
