/// Tests of the doctor under real conditions: occupied ports, folders that can't be written, certificates that have expired.
@NullMarked
package tucket.app.doctor;

import org.jspecify.annotations.NullMarked;
