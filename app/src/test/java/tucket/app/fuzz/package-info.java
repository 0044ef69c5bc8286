/// Tests of `tucket fuzz`.
@NullMarked
package tucket.app.fuzz;

import org.jspecify.annotations.NullMarked;
