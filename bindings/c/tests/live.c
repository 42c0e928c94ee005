/* A client of a running server, and a child process of it.
   usage: live URL KEY. It prints a line when it wants the flag `beta` to be changed, and reads a line
   when that has been done: off at the beginning, then on, then off again. */
#define _POSIX_C_SOURCE 200809L

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static flagkit_client *client;
static flagkit_context *user;

static int is_on(void)
{
    return flagkit_is_enabled(client, FLAGKIT_STR("beta"), user);
}

/* Whether the flag is so within half a minute. */
static int becomes(int expected)
{
    const struct timespec moment = {0, 10000000};
    int i;
    for (i = 0; i < 3000 && is_on() != expected; i++) nanosleep(&moment, NULL);
    return is_on() == expected;
}

static void ask_for(const char *wish)
{
    char line[16];
    puts(wish);
    fflush(stdout);
    CHECK(fgets(line, sizeof line, stdin) != NULL);
}

static void count(void *calls, const flagkit_change *change)
{
    (void)change;
    ++*(int *)calls;
}

/* What the child does: the flags of the parent at once, then changes of its own connection. */
static int child(const int *go)
{
    char byte;
    flagkit_client_status status;
    flagkit_view *view = flagkit_view_open(client);
    status.size = sizeof status;
    CHECK(is_on());
    CHECK(flagkit_view_is_enabled(view, FLAGKIT_STR("beta"), user));
    CHECK(flagkit_flag(FLAGKIT_STR("forked")) != FLAGKIT_NO_FLAG);
    CHECK(flagkit_client_read_status(client, &status) == FLAGKIT_OK && status.ready);
    CHECK(read(go[0], &byte, 1) == 1);
    CHECK(becomes(0));
    CHECK(flagkit_view_is_enabled(view, FLAGKIT_STR("beta"), user));
    flagkit_view_close(view);
    flagkit_context_free(user);
    CHECK(flagkit_client_close(client, 1000) == FLAGKIT_OK);
    return 0;
}

int main(int argc, char **argv)
{
    flagkit_options options;
    flagkit_error error;
    flagkit_client_status status;
    flagkit_subscription *subscription;
    int calls = 0, go[2], code = -1;
    pid_t pid;
    CHECK(argc == 3);
    CHECK(flagkit_options_init(&options, sizeof options) == FLAGKIT_OK);
    options.url = flagkit_str_from(argv[1]);
    options.key = flagkit_str_from(argv[2]);
    options.application = FLAGKIT_STR("live");
    error.size = sizeof error;
    client = flagkit_client_open(&options, &error);
    if (client == NULL) fprintf(stderr, "%s\n", error.text);
    CHECK(client != NULL && flagkit_client_wait(client, 30000));
    user = flagkit_context_new(FLAGKIT_STR("user-42"));
    subscription = flagkit_subscribe(client, FLAGKIT_STR("beta"), count, &calls, NULL);
    CHECK(!is_on());
    ask_for("on");
    CHECK(becomes(1));
    status.size = sizeof status;
    CHECK(flagkit_client_read_status(client, &status) == FLAGKIT_OK);
    CHECK(status.connected && status.source == FLAGKIT_SOURCE_LIVE && status.version[0] != '\0');
    CHECK(flagkit_client_flush(client, 5000) == 0);
    CHECK(flagkit_unsubscribe(subscription) == FLAGKIT_OK && calls == 1);

    CHECK(pipe(go) == 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) _exit(child(go));
    ask_for("off");
    CHECK(becomes(0));
    CHECK(write(go[1], "x", 1) == 1);
    CHECK(waitpid(pid, &code, 0) == pid && code == 0);
    flagkit_context_free(user);
    CHECK(flagkit_client_close(client, 2000) == FLAGKIT_OK);
    return 0;
}
