/// The configuration: one commented file of defaults, read together with the operator's file into typed records; all mistakes reported at
/// once.
@NullMarked
package tucket.app.config;

import org.jspecify.annotations.NullMarked;
