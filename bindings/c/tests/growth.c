/* Programs whose structs are shorter or longer than those of the library: compiled against an older or
   a newer header. */
#include "check.h"

/* What the structs were like before half of their fields were added. */
typedef struct old_resolution {
    uint32_t size;
    uint8_t kind, reason, error;
    bool enabled, boolean, has_flag_version;
    int64_t integer;
} old_resolution;

typedef struct old_error {
    uint32_t size;
    flagkit_status status;
    char text[16];
} old_error;

typedef struct old_options {
    uint32_t size, mode, log_level, flags, start_wait_ms, poll_ms;
    flagkit_str url, key, key_file, file, document;
} old_options;

/* What they may be like one day. */
typedef struct new_resolution {
    flagkit_resolution known;
    uint64_t more[4];
} new_resolution;

typedef struct new_status {
    flagkit_client_status known;
    char more[100];
} new_status;

/* A struct with bytes behind it that nobody may touch. */
typedef struct guarded {
    old_resolution found;
    unsigned char guard[64];
} guarded;

/* Where fields are on every machine with pointers of 64 bits, and for ever. */
static void fields_stay_where_they_are(void)
{
    if (sizeof(void *) != 8) return;
    CHECK(sizeof(flagkit_str) == 16 && sizeof(flagkit_column) == 40);
    CHECK(offsetof(flagkit_resolution, kind) == 4 && offsetof(flagkit_resolution, enabled) == 7);
    CHECK(offsetof(flagkit_resolution, integer) == 16 && offsetof(flagkit_resolution, number) == 24);
    CHECK(offsetof(flagkit_resolution, string) == 32 && offsetof(flagkit_resolution, rule) == 64);
    CHECK(offsetof(flagkit_resolution, flag_version) == 80);
    CHECK(offsetof(flagkit_resolution, value) == 88 && offsetof(flagkit_resolution, key) == 96);
    CHECK(offsetof(flagkit_error, status) == 4 && offsetof(flagkit_error, text) == 8);
    CHECK(offsetof(flagkit_options, url) == 24 && offsetof(flagkit_options, document) == 88);
    CHECK(offsetof(flagkit_options, hash_salt) == 232 && offsetof(flagkit_options, log_drop) == 264);
    CHECK(offsetof(flagkit_client_status, revision) == 8);
    CHECK(offsetof(flagkit_client_status, version) == 40);
    CHECK(offsetof(flagkit_client_status, last_problem) == 40 + 64 + 128 + 512);
    CHECK(offsetof(flagkit_metrics, evaluations) == 8 && offsetof(flagkit_metrics, publications) == 80);
    CHECK(offsetof(flagkit_change, keys) == 16 && offsetof(flagkit_change, count) == 24);
    CHECK(offsetof(flagkit_column_output, enabled) == 8);
    CHECK(offsetof(flagkit_column_output, errors) == 56);
}

static void nothing_is_written_behind_the_end(const flagkit_view *view, const flagkit_context *user)
{
    guarded old;
    old_resolution many[3];
    flagkit_str keys[3];
    size_t i;
    memset(&old, 0xAA, sizeof old);
    old.found.size = sizeof old.found;
    CHECK(flagkit_resolve(view, FLAGKIT_STR("limit"), user, (flagkit_resolution *)&old.found) == 0);
    CHECK(old.found.kind == FLAGKIT_TYPE_INTEGER && old.found.integer == 100);
    CHECK(old.found.size == sizeof old.found);
    for (i = 0; i < sizeof old.guard; i++) CHECK(old.guard[i] == 0xAA);

    for (i = 0; i < 3; i++) keys[i] = FLAGKIT_STR("limit");
    CHECK(flagkit_resolve_many(view, keys, 3, user, (flagkit_resolution *)many, sizeof many[0]) == 0);
    for (i = 0; i < 3; i++) CHECK(many[i].integer == 100 && many[i].size == sizeof many[i]);
}

static void what_the_library_does_not_know_is_zero(const flagkit_client *client,
                                                   const flagkit_view *view,
                                                   const flagkit_context *user)
{
    new_resolution found;
    new_status status;
    size_t i;
    memset(&found, 0xAA, sizeof found);
    found.known.size = sizeof found;
    CHECK(flagkit_resolve(view, FLAGKIT_STR("limit"), user, &found.known) == FLAGKIT_OK);
    CHECK(found.known.integer == 100 && found.known.size == sizeof found);
    for (i = 0; i < 4; i++) CHECK(found.more[i] == 0);
    memset(&status, 0xAA, sizeof status);
    status.known.size = sizeof status;
    CHECK(flagkit_client_read_status(client, &status.known) == FLAGKIT_OK && status.known.ready);
    for (i = 0; i < sizeof status.more; i++) CHECK(status.more[i] == 0);
}

static void options_that_are_not_there_say_nothing(void)
{
    struct {
        old_options said;
        unsigned char guard[256];
    } old;
    old_error error;
    flagkit_client *client;
    size_t i;
    memset(&old, 0xFF, sizeof old);
    CHECK(flagkit_options_init((flagkit_options *)&old.said, sizeof old.said) == FLAGKIT_OK);
    CHECK(old.said.size == sizeof old.said && old.said.url.ptr == NULL);
    for (i = 0; i < sizeof old.guard; i++) CHECK(old.guard[i] == 0xFF);
    /* Behind the end there are pointers to nowhere, which must not be read. */
    old.said.document = FLAGKIT_STR(FLAGS);
    error.size = sizeof error;
    client = flagkit_client_open((flagkit_options *)&old.said, (flagkit_error *)&error);
    CHECK(client != NULL && error.status == FLAGKIT_OK && error.text[0] == '\0');
    flagkit_client_close(client, 0);
    old.said.document = FLAGKIT_STR("nonsense");
    client = flagkit_client_open((flagkit_options *)&old.said, (flagkit_error *)&error);
    CHECK(client == NULL && error.status == FLAGKIT_INVALID_DOCUMENT);
    CHECK(strlen(error.text) == sizeof error.text - 1);
}

int main(void)
{
    flagkit_client *client = client_of(FLAGS);
    flagkit_context *user = flagkit_context_new(FLAGKIT_STR("user-42"));
    flagkit_view *view = flagkit_view_open(client);
    fields_stay_where_they_are();
    nothing_is_written_behind_the_end(view, user);
    what_the_library_does_not_know_is_zero(client, view, user);
    options_that_are_not_there_say_nothing();
    flagkit_view_close(view);
    flagkit_context_free(user);
    flagkit_client_close(client, 0);
    return 0;
}
