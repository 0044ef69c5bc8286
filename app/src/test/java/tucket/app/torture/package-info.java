/// Tests of the crash test, and of the server by its means.
@NullMarked
package tucket.app.torture;

import org.jspecify.annotations.NullMarked;
