/// What an operator may ask of a server: users, traces, queues, registrations, system messages; the same face in the process, over HTTP,
/// and on the data folder of a server that does not run.
@NullMarked
package tucket.app.admin;

import org.jspecify.annotations.NullMarked;
