/// `tucket doctor`: looks at the configuration and at the machine under it, and says what is wrong and what to do about it.
@NullMarked
package tucket.app.doctor;

import org.jspecify.annotations.NullMarked;
