// Marks the tests that show the effect of a limit.
package tucket.app.limits;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The settings that the test sets and would fail without. Stands before `@Test`; [EveryLimitTest] reads it from the source.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.SOURCE)
@interface Shows {
  String[] value();
}
