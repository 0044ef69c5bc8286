/// Every limit of the configuration, against a whole server: what is too much gets the right answer, and others do not suffer.
@NullMarked
package tucket.app.limits;

import org.jspecify.annotations.NullMarked;
