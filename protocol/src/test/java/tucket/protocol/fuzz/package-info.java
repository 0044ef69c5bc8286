/// Tests of what fuzzes.
@NullMarked
package tucket.protocol.fuzz;

import org.jspecify.annotations.NullMarked;
