/// The crash test: a server that is killed again and again under load, and a ledger that finds what it lost, doubled or put out of order.
@NullMarked
package tucket.app.torture;

import org.jspecify.annotations.NullMarked;
