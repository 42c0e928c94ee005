/* NULL and bad input for every function: the fallback, and a status that says why. */
#include "check.h"

/* The last status is this one, and is cleared. */
static int said(flagkit_status expected)
{
    flagkit_status status = flagkit_last_status();
    if (status != expected)
        fprintf(stderr, "the last status is %u: %.*s\n", (unsigned)status,
                (int)flagkit_status_text(status).len, flagkit_status_text(status).ptr);
    flagkit_clear_last_status();
    return status == expected;
}

#define REFUSED(call, fallback, status)   \
    do {                                  \
        flagkit_clear_last_status();      \
        CHECK((call) == (fallback));      \
        CHECK(said(status));              \
    } while (0)

static const flagkit_str NOTHING = {NULL, 0};
static const flagkit_str ABSENT = {NULL, 3};
static const flagkit_str BAD = {"\xff\xfe", 2};
static const flagkit_str ENDLESS = {"x", (size_t)-1};

static void evaluations(const flagkit_client *client, const flagkit_context *user)
{
    const flagkit_str key = FLAGKIT_STR("beta"), x = FLAGKIT_STR("xyz");
    const flagkit_flag_id id = flagkit_flag(key);
    char text[8];

    REFUSED(flagkit_is_enabled(NULL, key, user), false, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_is_enabled(client, NOTHING, user), false, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_is_enabled(client, key, NULL), false, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_is_enabled(client, BAD, user), false, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_is_enabled_by_id(client, 0, user), false, FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_is_enabled_by_id(client, 4000000000u, user), false, FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_is_enabled_by_id(NULL, id, user), false, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_boolean(NULL, key, user, true), true, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_boolean(client, ABSENT, user, true), true, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_boolean(client, BAD, user, true), true, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_boolean(client, ENDLESS, user, true), true, FLAGKIT_LIMIT_EXCEEDED);
    REFUSED(flagkit_boolean_by_id(client, id, NULL, true), true, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_integer(client, BAD, user, -7), -7, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_integer_by_id(client, 0, user, -7), -7, FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_double(client, key, NULL, -0.5), -0.5, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_double_by_id(NULL, id, user, -0.5), -0.5, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_string(client, BAD, user, x, text, 8), 3, FLAGKIT_INVALID_UTF8);
    CHECK(strcmp(text, "xyz") == 0);
    REFUSED(flagkit_string(NULL, key, user, x, text, 8), 3, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_string(client, key, user, BAD, text, 8), 0, FLAGKIT_INVALID_UTF8);
    CHECK(text[0] == '\0');
    REFUSED(flagkit_string(client, key, user, x, NULL, 8), 3, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_string(client, key, user, NOTHING, text, 8), 0, FLAGKIT_OK);
    REFUSED(flagkit_string_by_id(client, 0, user, x, text, 8), 3, FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_json(client, key, NULL, x, text, 8), 3, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_json(client, key, user, x, NULL, 8), 4, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_flag(NOTHING), FLAGKIT_NO_FLAG, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_flag(BAD), FLAGKIT_NO_FLAG, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_flag_key(0).len, 0, FLAGKIT_UNKNOWN_FLAG_ID);
}

static void contexts(const flagkit_client *client, flagkit_context *user)
{
    const flagkit_str name = FLAGKIT_STR("name"), value = FLAGKIT_STR("value");
    flagkit_error error;
    flagkit_str texts[2];
    texts[0] = value;
    texts[1] = BAD;
    error.size = sizeof error;

    REFUSED(flagkit_context_new(BAD), NULL, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_context_reset(NULL, value), FLAGKIT_NULL_PARAMETER, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_context_set_string(NULL, name, value), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_context_set_string(user, NOTHING, value), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_context_set_string(user, name, NOTHING), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_context_set_string(user, name, BAD), 2u, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_context_set_integer(user, BAD, 1), 2u, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_context_set_double(NULL, name, 1), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_context_set_boolean(user, NOTHING, true), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_context_set_strings(user, name, NULL, 2), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_context_set_strings(user, name, texts, 2), 2u, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_context_set_strings(user, name, texts, (size_t)-1), 5u, FLAGKIT_LIMIT_EXCEEDED);
    REFUSED(flagkit_context_set_strings(user, name, NULL, 0), 0u, FLAGKIT_OK);
    REFUSED(flagkit_context_set_json(user, name, value), 9u, FLAGKIT_INVALID_JSON);
    REFUSED(flagkit_context_set_json(user, name, BAD), 2u, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_context_from_json(NULL, name, &error), NULL, FLAGKIT_NULL_PARAMETER);
    CHECK(error.status == FLAGKIT_NULL_PARAMETER && error.text[0] != '\0');
    REFUSED(flagkit_context_from_json(client, name, &error), NULL, FLAGKIT_INVALID_JSON);
    CHECK(error.status == FLAGKIT_INVALID_JSON && strstr(error.text, "no JSON") != NULL);
    flagkit_context_free(NULL);
}

static void views(const flagkit_client *client, const flagkit_context *user)
{
    const flagkit_str key = FLAGKIT_STR("beta"), x = FLAGKIT_STR("x");
    const flagkit_flag_id unknown = 0;
    flagkit_view *view = flagkit_view_open(client);
    flagkit_resolution found;
    uint64_t revision;
    char text[8];

    REFUSED(flagkit_view_open(NULL), NULL, FLAGKIT_NULL_PARAMETER);
    flagkit_view_close(NULL);
    found.size = sizeof found;
    found.integer = 99;
    REFUSED(flagkit_resolve(NULL, key, user, &found), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_resolve(view, NOTHING, user, &found), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_resolve(view, BAD, user, &found), 2u, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_resolve(view, key, NULL, &found), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_resolve(view, key, user, NULL), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_resolve_by_id(view, 0, user, &found), 6u, FLAGKIT_UNKNOWN_FLAG_ID);
    found.size = 0;
    REFUSED(flagkit_resolve(view, key, user, &found), 3u, FLAGKIT_INVALID_SIZE);
    found.size = 4000000000u;
    REFUSED(flagkit_resolve(view, key, user, &found), 3u, FLAGKIT_INVALID_SIZE);
    CHECK(found.integer == 99);

    REFUSED(flagkit_view_is_enabled(NULL, key, user), false, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_is_enabled_by_id(view, 0, user), false, FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_view_boolean(view, BAD, user, true), true, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_view_boolean_by_id(view, 0, user, true), true, FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_view_integer(view, key, NULL, 3), 3, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_integer_by_id(NULL, 0, user, 3), 3, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_double(view, NOTHING, user, 3), 3, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_double_by_id(view, 0, user, 3), 3, FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_view_string(NULL, key, user, x).len, 1, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_string_by_id(view, 0, user, x).len, 1, FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_view_metadata(view, BAD, user, text, 8), 0, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_view_explain(view, key, NULL, text, 8), 0, FLAGKIT_NULL_PARAMETER);
    CHECK(text[0] == '\0');
    REFUSED(flagkit_view_revision(NULL, &revision), false, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_revision(view, NULL), false, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_keys(NULL, NULL, 0), 0, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_keys(view, NULL, 5), 8, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_view_variants(view, BAD, NULL, 0), 0, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_view_variants(view, key, NULL, 1), 0, FLAGKIT_NULL_PARAMETER);

    REFUSED(flagkit_resolve_many(view, NULL, 2, user, &found, sizeof found), 1u,
            FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_resolve_many(view, &key, 1, user, NULL, sizeof found), 1u,
            FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_resolve_many(view, &BAD, 1, user, &found, sizeof found), 2u,
            FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_resolve_many(view, &key, 1, user, &found, 3), 3u, FLAGKIT_INVALID_SIZE);
    REFUSED(flagkit_resolve_many_by_id(view, &unknown, 1, user, &found, sizeof found), 6u,
            FLAGKIT_UNKNOWN_FLAG_ID);
    REFUSED(flagkit_evaluate_all(view, NULL, &found, sizeof found, 1), 0, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_evaluate_all(view, user, NULL, sizeof found, 1), 0, FLAGKIT_NULL_PARAMETER);
    CHECK(found.integer == 99);
    flagkit_view_close(view);
}

static void columns(const flagkit_client *client)
{
    const flagkit_str key = FLAGKIT_STR("beta");
    flagkit_view *view = flagkit_view_open(client);
    flagkit_str ids[2];
    flagkit_column column, nameless;
    flagkit_column_output output;
    bool enabled[2] = {false, false};
    memset(&column, 0, sizeof column);
    memset(&output, 0, sizeof output);
    output.size = sizeof output;
    output.enabled = enabled;
    ids[0] = key;
    ids[1] = BAD;

    REFUSED(flagkit_evaluate_column(view, key, 2, &column, NULL, 0, &output), 4u,
            FLAGKIT_INVALID_PARAMETER);
    column.kind = FLAGKIT_TYPE_STRING;
    REFUSED(flagkit_evaluate_column(view, key, 2, &column, NULL, 0, &output), 1u,
            FLAGKIT_NULL_PARAMETER);
    column.rows = ids;
    REFUSED(flagkit_evaluate_column(NULL, key, 2, &column, NULL, 0, &output), 1u,
            FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_evaluate_column(view, NOTHING, 2, &column, NULL, 0, &output), 1u,
            FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_evaluate_column(view, key, (size_t)-1, &column, NULL, 0, &output), 5u,
            FLAGKIT_LIMIT_EXCEEDED);
    REFUSED(flagkit_evaluate_column(view, key, 2, &column, NULL, 1, &output), 1u,
            FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_evaluate_column(view, key, 2, &column, NULL, 0, NULL), 1u,
            FLAGKIT_NULL_PARAMETER);
    nameless = column;
    REFUSED(flagkit_evaluate_column(view, key, 2, &column, &nameless, 1, &output), 1u,
            FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_evaluate_column_by_id(view, 0, 2, &column, NULL, 0, &output), 6u,
            FLAGKIT_UNKNOWN_FLAG_ID);
    CHECK(!enabled[0]);
    output.size = 1;
    REFUSED(flagkit_evaluate_column(view, key, 2, &column, NULL, 0, &output), 3u,
            FLAGKIT_INVALID_SIZE);
    output.size = sizeof output;
    nameless.name = FLAGKIT_STR("attribute");
    REFUSED(flagkit_evaluate_column(view, key, 2, NULL, &nameless, 1, &output), 0u, FLAGKIT_OK);
    CHECK(enabled[0] && enabled[1]);
    flagkit_view_close(view);
}

static void values(void)
{
    char text[8] = "full";
    CHECK(flagkit_value_type(NULL) == FLAGKIT_TYPE_NONE && flagkit_value_boolean(NULL, true));
    CHECK(flagkit_value_integer(NULL, 3) == 3 && flagkit_value_double(NULL, 0.5) == 0.5);
    CHECK(flagkit_value_string(NULL).ptr == NULL && flagkit_value_count(NULL) == 0);
    CHECK(flagkit_value_at(NULL, 0) == NULL && flagkit_value_name(NULL, 0).ptr == NULL);
    CHECK(flagkit_value_get(NULL, FLAGKIT_STR("x")) == NULL);
    REFUSED(flagkit_value_get(NULL, BAD), NULL, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_value_json(NULL, text, 8), 0, FLAGKIT_NULL_PARAMETER);
    CHECK(text[0] == '\0');
}

static void clients(flagkit_client *client)
{
    const flagkit_str key = FLAGKIT_STR("beta"), document = FLAGKIT_STR("{\"flags\": 3}");
    flagkit_error error;
    flagkit_options options;
    flagkit_client_status status;
    flagkit_metrics metrics;
    error.size = sizeof error;

    REFUSED(flagkit_client_from_bytes(NOTHING, NOTHING, &error), NULL, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_from_bytes(BAD, NOTHING, &error), NULL, FLAGKIT_INVALID_DOCUMENT);
    REFUSED(flagkit_client_from_bytes(document, key, &error), NULL, FLAGKIT_INVALID_PARAMETER);
    CHECK(strstr(error.text, "beta") != NULL && strstr(error.text, "unleash") != NULL);
    REFUSED(flagkit_client_from_bytes(document, NOTHING, NULL), NULL, FLAGKIT_INVALID_DOCUMENT);
    REFUSED(flagkit_options_init(NULL, sizeof options), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_options_init(&options, 0), 3u, FLAGKIT_INVALID_SIZE);
    CHECK(flagkit_options_init(&options, sizeof options) == FLAGKIT_OK);
    REFUSED(flagkit_client_open(&options, &error), NULL, FLAGKIT_INVALID_OPTIONS);
    options.mode = 77;
    REFUSED(flagkit_client_open(&options, &error), NULL, FLAGKIT_INVALID_PARAMETER);
    options.mode = FLAGKIT_MODE_OFFLINE;
    options.url = BAD;
    REFUSED(flagkit_client_open(&options, &error), NULL, FLAGKIT_INVALID_UTF8);
    options.url = NOTHING;
    options.key = FLAGKIT_STR("secret-key");
    REFUSED(flagkit_client_open(&options, &error), NULL, FLAGKIT_INVALID_OPTIONS);
    CHECK(strstr(error.text, "secret-key") == NULL && strstr(error.text, "url") != NULL);
    options.key = NOTHING;
    options.file = FLAGKIT_STR("/there/is/no/such/file.yaml");
    options.mode = FLAGKIT_MODE_DEFAULT;
    REFUSED(flagkit_client_open(&options, &error), NULL, FLAGKIT_IO);
    options.size = 1;
    REFUSED(flagkit_client_open(&options, &error), NULL, FLAGKIT_INVALID_SIZE);

    CHECK(flagkit_client_ref(NULL) == NULL);
    CHECK(flagkit_client_close(NULL, 10) == FLAGKIT_OK);
    REFUSED(flagkit_client_wait(NULL, 0), false, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_refresh(NULL), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_replace(NULL, document, &error), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_replace(client, NOTHING, &error), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_replace(client, BAD, &error), 2u, FLAGKIT_INVALID_UTF8);
    REFUSED(flagkit_client_replace(client, document, &error), 12u, FLAGKIT_INVALID_DOCUMENT);
    REFUSED(flagkit_client_flush(NULL, 0), 0, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_override(client, NOTHING, key), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_override(client, key, key), 9u, FLAGKIT_INVALID_JSON);
    REFUSED(flagkit_client_problems(NULL, NULL, 0), 0, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_count_usage(NULL), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_client_read_status(client, NULL), 1u, FLAGKIT_NULL_PARAMETER);
    status.size = 2;
    REFUSED(flagkit_client_read_status(client, &status), 3u, FLAGKIT_INVALID_SIZE);
    metrics.size = sizeof metrics;
    REFUSED(flagkit_client_metrics(NULL, &metrics), 1u, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_subscribe(client, NOTHING, NULL, NULL, NULL), NULL, FLAGKIT_NULL_PARAMETER);
    REFUSED(flagkit_unsubscribe(NULL), 0u, FLAGKIT_OK);
}

int main(void)
{
    flagkit_client *client = client_of(FLAGS);
    flagkit_context *user = flagkit_context_new(FLAGKIT_STR("user-42"));
    evaluations(client, user);
    contexts(client, user);
    views(client, user);
    columns(client);
    values();
    clients(client);
    CHECK(flagkit_str_from(NULL).ptr == NULL && flagkit_str_from("").len == 0);
    CHECK(flagkit_status_text(12345).len > 0 && flagkit_reason_name(200).len > 0);
    CHECK(flagkit_error_name(0).ptr == NULL && is_text(flagkit_error_name(200), "GENERAL"));
    CHECK(flagkit_source_name(200).ptr == NULL);
    CHECK(flagkit_caught_panics() == 0);
    CHECK(flagkit_is_enabled(client, FLAGKIT_STR("beta"), user));
    flagkit_context_free(user);
    flagkit_client_close(client, 0);
    return 0;
}
