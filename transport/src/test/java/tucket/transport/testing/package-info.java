/// A world for tests: a clock that is moved by hand and a network inside the process that loses what it is told to lose.
@NullMarked
package tucket.transport.testing;

import org.jspecify.annotations.NullMarked;
