/// How a server is put together and run: the wiring, the logs, the ready users of a trial.
@NullMarked
package tucket.app.assembly;

import org.jspecify.annotations.NullMarked;
