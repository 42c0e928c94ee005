/* Lines of the log go to a callback. */
#include "check.h"

typedef struct state {
    flagkit_client *client;
    int calls, drops;
} state;

static void drop(void *user)
{
    ((state *)user)->drops++;
}

static void count_line(void *user, uint32_t level, flagkit_str line)
{
    state *self = user;
    flagkit_client_status status;
    status.size = sizeof status;
    CHECK((level == FLAGKIT_LOG_WARN || level == FLAGKIT_LOG_INFO) && line.len > 0);
    if (self->client != NULL) {
        CHECK(flagkit_client_read_status(self->client, &status) == FLAGKIT_IN_CALLBACK);
        flagkit_clear_last_status();
    }
    self->calls++;
}

static void lines_of_the_log_are_told(void)
{
    state log;
    flagkit_options options;
    flagkit_client *client;
    memset(&log, 0, sizeof log);
    CHECK(flagkit_options_init(&options, sizeof options) == FLAGKIT_OK);
    options.url = FLAGKIT_STR("http://127.0.0.1:1"); /* where nobody listens */
    options.key = FLAGKIT_STR("fk_server_0");
    options.start_wait_ms = 300;
    options.log_level = FLAGKIT_LOG_INFO;
    options.log = count_line;
    options.log_user = &log;
    options.log_drop = drop;
    client = flagkit_client_open(&options, NULL);
    CHECK(client != NULL);
    CHECK(!flagkit_client_wait(client, 0));
    CHECK(flagkit_client_close(client, 0) == FLAGKIT_OK);
    CHECK(log.calls > 0 && log.drops == 1);

    options.mode = 77; /* refused: the log is never called, its user data is dropped all the same */
    CHECK(flagkit_client_open(&options, NULL) == NULL && log.drops == 2);
}

int main(void)
{
    lines_of_the_log_are_told();
    return 0;
}
