/// Tests of the simulation: that the server keeps the laws in some worlds, and that a wrong server is found out.
@NullMarked
package tucket.app.simulate;

import org.jspecify.annotations.NullMarked;
