/// Scenes: behaviour in plain text, played over real loopback sockets. docs/scenes.md explains the language.
@NullMarked
package tucket.app.scene;

import org.jspecify.annotations.NullMarked;
