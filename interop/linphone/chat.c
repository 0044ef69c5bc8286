// A Linphone without a face: liblinphone as an application uses it, driven by lines on its standard input. linphonec can send and receive, but has no
// command that says "the user has read this"; this program has one.
//
//   chat LINPHONERC     reads the account from a file as linphonec does
//
// Input:   send URI TEXT | read | quit           (read: everything received is shown to the user, who thereby tells `displayed`)
// Output:  registration STATE | message URI MESSAGE-ID TEXT | sent TEXT | state STATE TEXT
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linphone/core.h>

static volatile sig_atomic_t running = 1;

static void stop(int signal) {
	(void)signal;
	running = 0;
}

static void registration(LinphoneCore *core, LinphoneAccount *account, LinphoneRegistrationState state, const char *why) {
	(void)core;
	(void)account;
	printf("registration %s%s%s\n", linphone_registration_state_to_string(state), state == LinphoneRegistrationFailed ? " " : "",
	       state == LinphoneRegistrationFailed ? why : "");
}

static void received(LinphoneCore *core, LinphoneChatRoom *room, LinphoneChatMessage *message) {
	(void)core;
	(void)room;
	char *from = linphone_address_as_string_uri_only(linphone_chat_message_get_from_address(message));
	const char *id = linphone_chat_message_get_message_id(message);
	const char *text = linphone_chat_message_get_utf8_text(message);
	printf("message %s %s %s\n", from, id ? id : "-", text ? text : "-");
	free(from);
}

static void changed(LinphoneChatMessage *message, LinphoneChatMessageState state) {
	const char *text = linphone_chat_message_get_utf8_text(message);
	printf("state %s %s\n", linphone_chat_message_state_to_string(state), text ? text : "-");
}

static LinphoneChatRoom *room_with(LinphoneCore *core, const char *uri) {
	LinphoneChatRoomParams *params = linphone_core_create_default_chat_room_params(core);
	linphone_chat_room_params_set_backend(params, LinphoneChatRoomBackendBasic);
	linphone_chat_room_params_enable_encryption(params, FALSE);
	linphone_chat_room_params_enable_group(params, FALSE);
	LinphoneAccount *account = linphone_core_get_default_account(core);
	const LinphoneAddress *local = linphone_account_params_get_identity_address(linphone_account_get_params(account));
	LinphoneAddress *remote = linphone_factory_create_address(linphone_factory_get(), uri);
	bctbx_list_t *participants = bctbx_list_append(NULL, remote);
	LinphoneChatRoom *room = linphone_core_search_chat_room(core, params, local, remote, NULL);
	if (!room) {
		room = linphone_core_create_chat_room_6(core, params, local, participants);
	}
	bctbx_list_free(participants);
	linphone_address_unref(remote);
	linphone_chat_room_params_unref(params);
	return room;
}

static void command(LinphoneCore *core, char *line) {
	if (strncmp(line, "send ", 5) == 0) {
		char *uri = line + 5;
		char *text = strchr(uri, ' ');
		if (!text) {
			printf("error: send URI TEXT\n");
			return;
		}
		*text++ = '\0';
		LinphoneChatRoom *room = room_with(core, uri);
		if (!room) {
			printf("error: no chat room with %s\n", uri);
			return;
		}
		LinphoneChatMessage *message = linphone_chat_room_create_message_from_utf8(room, text);
		LinphoneChatMessageCbs *cbs = linphone_factory_create_chat_message_cbs(linphone_factory_get());
		linphone_chat_message_cbs_set_msg_state_changed(cbs, changed);
		linphone_chat_message_add_callbacks(message, cbs);
		linphone_chat_message_cbs_unref(cbs);
		linphone_chat_message_send(message); // not unreferenced: its state is told until the program ends
		printf("sent %s\n", text);
	} else if (strcmp(line, "read") == 0) {
		for (const bctbx_list_t *it = linphone_core_get_chat_rooms(core); it; it = bctbx_list_next(it)) {
			linphone_chat_room_mark_as_read((LinphoneChatRoom *)bctbx_list_get_data(it));
		}
		printf("read\n");
	} else if (strcmp(line, "quit") == 0) {
		running = 0;
	} else if (*line) {
		printf("error: unknown command %s\n", line);
	}
}

// Standard input without blocking: what has come so far, line by line.
static void commands(LinphoneCore *core) {
	static char held[8192];
	static size_t length;
	ssize_t got = read(STDIN_FILENO, held + length, sizeof(held) - 1 - length);
	if (got <= 0) {
		return;
	}
	length += (size_t)got;
	held[length] = '\0';
	char *line = held;
	for (char *end = strchr(line, '\n'); end; end = strchr(line, '\n')) {
		*end = '\0';
		command(core, line);
		line = end + 1;
	}
	length -= (size_t)(line - held);
	memmove(held, line, length);
}

int main(int argc, char **argv) {
	if (argc != 2) {
		fprintf(stderr, "usage: chat LINPHONERC\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	signal(SIGPIPE, SIG_IGN);
	fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
	linphone_logging_service_set_log_level(linphone_logging_service_get(), LinphoneLogLevelMessage); // goes to standard error

	LinphoneFactory *factory = linphone_factory_get();
	LinphoneCoreCbs *cbs = linphone_factory_create_core_cbs(factory);
	linphone_core_cbs_set_account_registration_state_changed(cbs, registration);
	linphone_core_cbs_set_message_received(cbs, received);
	LinphoneCore *core = linphone_factory_create_core_3(factory, argv[1], NULL, NULL);
	if (!core) {
		fprintf(stderr, "liblinphone did not start\n");
		return 1;
	}
	linphone_core_add_callbacks(core, cbs);
	linphone_core_set_use_files(core, TRUE); // no sound card
	linphone_core_start(core);
	while (running) {
		linphone_core_iterate(core);
		commands(core);
		usleep(20000);
	}
	linphone_core_stop(core); // unregisters
	linphone_core_unref(core);
	linphone_core_cbs_unref(cbs);
	return 0;
}
