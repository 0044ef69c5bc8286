/// The commands of `tucket`, one a file. They print for people, or for scripts with `--json`; what they return is in [Exit].
@NullMarked
package tucket.app.command;

import org.jspecify.annotations.NullMarked;
