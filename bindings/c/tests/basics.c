/* What every function answers where nothing is wrong. */
#include "check.h"

static flagkit_context *pro(const char *key)
{
    const flagkit_str teams[] = {FLAGKIT_STR("blue"), FLAGKIT_STR("red")};
    flagkit_context *context = flagkit_context_new(flagkit_str_from(key));
    CHECK(context != NULL);
    CHECK(flagkit_context_set_string(context, FLAGKIT_STR("plan"), FLAGKIT_STR("pro")) == 0);
    CHECK(flagkit_context_set_strings(context, FLAGKIT_STR("teams"), teams, 2) == 0);
    CHECK(flagkit_context_set_integer(context, FLAGKIT_STR("age"), 37) == 0);
    CHECK(flagkit_context_set_double(context, FLAGKIT_STR("score"), 0.5) == 0);
    CHECK(flagkit_context_set_boolean(context, FLAGKIT_STR("staff"), true) == 0);
    CHECK(flagkit_context_set_json(context, FLAGKIT_STR("address"),
                                   FLAGKIT_STR("{\"city\": \"Bonn\"}")) == 0);
    return context;
}

static void evaluates_by_name_and_by_id(const flagkit_client *client, const flagkit_context *user)
{
    char text[64];
    flagkit_flag_id color = flagkit_flag(FLAGKIT_STR("color"));
    CHECK(color != FLAGKIT_NO_FLAG && color == flagkit_flag(flagkit_str_from("color")));
    CHECK(is_text(flagkit_flag_key(color), "color"));

    CHECK(flagkit_is_enabled(client, FLAGKIT_STR("beta"), user));
    CHECK(flagkit_is_enabled_by_id(client, flagkit_flag(FLAGKIT_STR("beta")), user));
    CHECK(!flagkit_is_enabled(client, FLAGKIT_STR("off"), user));
    CHECK(flagkit_boolean(client, FLAGKIT_STR("pros"), user, false));
    CHECK(flagkit_boolean_by_id(client, flagkit_flag(FLAGKIT_STR("pros")), user, false));
    CHECK(!flagkit_boolean(client, FLAGKIT_STR("off"), user, true));
    CHECK(flagkit_boolean(client, FLAGKIT_STR("nowhere"), user, true));
    CHECK(flagkit_integer(client, FLAGKIT_STR("limit"), user, -1) == 100);
    CHECK(flagkit_integer_by_id(client, flagkit_flag(FLAGKIT_STR("limit")), user, -1) == 100);
    CHECK(flagkit_integer(client, FLAGKIT_STR("ratio"), user, -1) == -1);
    CHECK(flagkit_double(client, FLAGKIT_STR("ratio"), user, -1) == 0.25);
    CHECK(flagkit_double_by_id(client, flagkit_flag(FLAGKIT_STR("limit")), user, -1) == 100);

    CHECK(flagkit_string(client, FLAGKIT_STR("color"), user, FLAGKIT_STR("x"), text, 64) == 22);
    CHECK(strcmp(text, COLOR) == 0);
    CHECK(flagkit_string_by_id(client, color, user, FLAGKIT_STR("x"), text, 4) == 22);
    CHECK(strcmp(text, "gr") == 0); /* the third byte would be half of a character */
    CHECK(flagkit_string(client, FLAGKIT_STR("color"), user, FLAGKIT_STR("x"), NULL, 0) == 22);
    CHECK(flagkit_string(client, FLAGKIT_STR("beta"), user, FLAGKIT_STR("x"), text, 64) == 1);
    CHECK(strcmp(text, "x") == 0);
    CHECK(flagkit_json(client, FLAGKIT_STR("layout"), user, FLAGKIT_STR("{}"), text, 64) == 41);
    CHECK(strcmp(text, "{\"columns\":3,\"names\":[\"a\",\"b\"],\"on\":true}") == 0);
    CHECK(flagkit_json(client, FLAGKIT_STR("nowhere"), user, FLAGKIT_STR("{}"), text, 64) == 2);
    CHECK(strcmp(text, "{}") == 0);
}

static void a_view_stays_as_it_is(const flagkit_client *client, const flagkit_context *user)
{
    uint64_t revision = 0;
    flagkit_str keys[16];
    flagkit_view *view = flagkit_view_open(client);
    CHECK(view != NULL);
    CHECK(flagkit_client_replace(client, FLAGKIT_STR("{\"flags\": {\"new\": {\"enabled\": true,"
                                                     "\"rollout_percentage\": 100}}}"),
                                 NULL) == FLAGKIT_OK);
    CHECK(flagkit_view_is_enabled(view, FLAGKIT_STR("beta"), user));
    CHECK(!flagkit_is_enabled(client, FLAGKIT_STR("beta"), user));
    CHECK(flagkit_is_enabled(client, FLAGKIT_STR("new"), user));
    CHECK(flagkit_view_revision(view, &revision) && revision == 7);
    CHECK(flagkit_view_keys(view, NULL, 0) == 8);
    CHECK(flagkit_view_keys(view, keys, 16) == 8);

    CHECK(flagkit_view_boolean(view, FLAGKIT_STR("pros"), user, false));
    CHECK(flagkit_view_integer(view, FLAGKIT_STR("limit"), user, 0) == 100);
    CHECK(flagkit_view_double(view, FLAGKIT_STR("ratio"), user, 0) == 0.25);
    CHECK(is_text(flagkit_view_string(view, FLAGKIT_STR("color"), user, FLAGKIT_STR("x")), COLOR));
    CHECK(is_text(flagkit_view_string(view, FLAGKIT_STR("beta"), user, FLAGKIT_STR("x")), "x"));
    flagkit_view_close(view);
    CHECK(flagkit_client_replace(client, FLAGKIT_STR(FLAGS), NULL) == FLAGKIT_OK);
}

static void resolves(const flagkit_client *client, const flagkit_context *user)
{
    flagkit_resolution found;
    const flagkit_value *names;
    char text[64];
    flagkit_view *view = flagkit_view_open(client);
    found.size = sizeof found;

    CHECK(flagkit_resolve(view, FLAGKIT_STR("pros"), user, &found) == FLAGKIT_OK);
    CHECK(found.kind == FLAGKIT_TYPE_BOOLEAN && found.boolean && found.enabled);
    CHECK(found.reason == FLAGKIT_REASON_TARGETING_MATCH && found.error == FLAGKIT_ERROR_NONE);
    CHECK(is_text(found.rule, "pro") && found.variant.ptr == NULL && is_text(found.key, "pros"));
    CHECK(is_text(flagkit_reason_name(found.reason), "TARGETING_MATCH"));

    CHECK(flagkit_resolve(view, FLAGKIT_STR("limit"), user, &found) == FLAGKIT_OK);
    CHECK(found.kind == FLAGKIT_TYPE_INTEGER && found.integer == 100 && found.number == 100);
    CHECK(is_text(found.variant, "high") && found.string.ptr == NULL);

    CHECK(flagkit_resolve(view, FLAGKIT_STR("nowhere"), user, &found) == FLAGKIT_OK);
    CHECK(found.kind == FLAGKIT_TYPE_NONE && found.value == NULL && !found.enabled);
    CHECK(found.error == FLAGKIT_ERROR_FLAG_NOT_FOUND && found.reason == FLAGKIT_REASON_ERROR);
    CHECK(is_text(flagkit_error_name(found.error), "FLAG_NOT_FOUND"));

    CHECK(flagkit_resolve_by_id(view, flagkit_flag(FLAGKIT_STR("layout")), user, &found) == 0);
    CHECK(found.kind == FLAGKIT_TYPE_OBJECT && flagkit_value_count(found.value) == 3);
    CHECK(flagkit_value_integer(flagkit_value_get(found.value, FLAGKIT_STR("columns")), 0) == 3);
    CHECK(flagkit_value_boolean(flagkit_value_get(found.value, FLAGKIT_STR("on")), false));
    CHECK(flagkit_value_get(found.value, FLAGKIT_STR("rows")) == NULL);
    CHECK(is_text(flagkit_value_name(found.value, 1), "names"));
    names = flagkit_value_at(found.value, 1);
    CHECK(flagkit_value_type(names) == FLAGKIT_TYPE_LIST && flagkit_value_count(names) == 2);
    CHECK(is_text(flagkit_value_string(flagkit_value_at(names, 1)), "b"));
    CHECK(flagkit_value_at(names, 2) == NULL);
    CHECK(flagkit_value_json(names, text, sizeof text) == 9 && strcmp(text, "[\"a\",\"b\"]") == 0);

    CHECK(flagkit_view_explain(view, FLAGKIT_STR("pros"), user, text, sizeof text) > 20);
    flagkit_view_close(view);
}

static void answers_many_at_once(const flagkit_client *client, const flagkit_context *user)
{
    const flagkit_str keys[] = {FLAGKIT_STR("limit"), FLAGKIT_STR("nowhere"), FLAGKIT_STR("beta")};
    flagkit_flag_id ids[3];
    flagkit_resolution found[16];
    size_t i, count;
    flagkit_view *view = flagkit_view_open(client);

    CHECK(flagkit_resolve_many(view, keys, 3, user, found, sizeof found[0]) == FLAGKIT_OK);
    CHECK(found[0].integer == 100 && found[1].error == FLAGKIT_ERROR_FLAG_NOT_FOUND);
    CHECK(found[2].enabled && is_text(found[2].key, "beta"));
    CHECK(found[2].size == sizeof found[2]);
    for (i = 0; i < 3; i++) ids[i] = flagkit_flag(keys[i]);
    CHECK(flagkit_resolve_many_by_id(view, ids, 3, user, found, sizeof found[0]) == FLAGKIT_OK);
    CHECK(found[0].integer == 100 && found[2].enabled);

    count = flagkit_evaluate_all(view, user, found, sizeof found[0], 16);
    CHECK(count == 8 && flagkit_evaluate_all(view, user, NULL, sizeof found[0], 0) == 8);
    for (i = 0; i < count; i++) {
        flagkit_resolution one;
        one.size = sizeof one;
        CHECK(flagkit_resolve(view, found[i].key, user, &one) == FLAGKIT_OK);
        CHECK(one.kind == found[i].kind && one.reason == found[i].reason);
        CHECK(one.integer == found[i].integer && one.value == found[i].value);
    }
    flagkit_view_close(view);
}

enum { ROWS = 1000 };

static void answers_columns(const flagkit_client *client)
{
    static char names[ROWS][16];
    static flagkit_str ids[ROWS];
    static bool enabled[ROWS], booleans[ROWS];
    static uint32_t variants[ROWS];
    static uint8_t errors[ROWS];
    static int64_t integers[ROWS];
    flagkit_str names_of_variants[4];
    flagkit_column keys;
    flagkit_column_output output;
    int row, on = 0;
    flagkit_view *view = flagkit_view_open(client);

    for (row = 0; row < ROWS; row++) {
        ids[row].ptr = names[row];
        ids[row].len = (size_t)sprintf(names[row], "user-%d", row);
        booleans[row] = true;
        integers[row] = -5;
    }
    memset(&keys, 0, sizeof keys);
    keys.kind = FLAGKIT_TYPE_STRING;
    keys.rows = ids;
    memset(&output, 0, sizeof output);
    output.size = sizeof output;
    output.enabled = enabled;
    output.booleans = booleans;
    output.integers = integers;
    output.variants = variants;
    output.errors = errors;
    CHECK(flagkit_evaluate_column(view, FLAGKIT_STR("half"), ROWS, &keys, NULL, 0, &output) == 0);
    for (row = 0; row < ROWS; row++) {
        flagkit_context *one = flagkit_context_new(ids[row]);
        CHECK(flagkit_is_enabled(client, FLAGKIT_STR("half"), one) == enabled[row]);
        CHECK(booleans[row] == enabled[row] && integers[row] == -5 && errors[row] == 0);
        on += enabled[row];
        flagkit_context_free(one);
    }
    CHECK(on > 400 && on < 600);

    CHECK(flagkit_evaluate_column_by_id(view, flagkit_flag(FLAGKIT_STR("limit")), ROWS, &keys, NULL,
                                        0, &output) == FLAGKIT_OK);
    CHECK(flagkit_view_variants(view, FLAGKIT_STR("limit"), NULL, 0) <= 4);
    CHECK(flagkit_view_variants(view, FLAGKIT_STR("limit"), names_of_variants, 4) > variants[7]);
    CHECK(integers[7] == 100 && is_text(names_of_variants[variants[7]], "high"));
    flagkit_view_close(view);
}

static void reads_contexts_from_json(const flagkit_client *client)
{
    flagkit_context *user = flagkit_context_from_json(
        client,
        FLAGKIT_STR("{\"targetingKey\": \"u-1\", \"plan\": \"pro\", \"teams\": [\"red\"]}"), NULL);
    CHECK(user != NULL && flagkit_is_enabled(client, FLAGKIT_STR("pros"), user));
    CHECK(flagkit_context_set_string(user, FLAGKIT_STR("plan"), FLAGKIT_STR("free")) == 0);
    CHECK(!flagkit_is_enabled(client, FLAGKIT_STR("pros"), user));
    CHECK(flagkit_context_reset(user, FLAGKIT_STR("u-2")) == FLAGKIT_OK);
    CHECK(!flagkit_is_enabled(client, FLAGKIT_STR("pros"), user));
    flagkit_context_free(user);
}

static void tells_how_it_is_doing(flagkit_client *client, const flagkit_context *user)
{
    flagkit_client_status status;
    flagkit_metrics metrics;
    status.size = sizeof status;
    metrics.size = sizeof metrics;
    CHECK(flagkit_client_wait(client, 0));
    CHECK(flagkit_client_read_status(client, &status) == FLAGKIT_OK);
    CHECK(status.ready && !status.connected && status.has_revision && status.revision == 7);
    CHECK(status.age_ms == FLAGKIT_UNKNOWN_TIME && status.publications > 0);
    CHECK(flagkit_source_name(status.source).len > 0 && status.last_error[0] == '\0');
    CHECK(flagkit_client_problems(client, NULL, 0) == 0);
    CHECK(flagkit_client_count_usage(client) == FLAGKIT_OK);
    CHECK(flagkit_is_enabled(client, FLAGKIT_STR("beta"), user));
    CHECK(flagkit_client_metrics(client, &metrics) == FLAGKIT_OK && metrics.evaluations == 1);
    CHECK(flagkit_client_flush(client, 10) == 1); /* there is no server to tell */
    CHECK(flagkit_client_refresh(client) == FLAGKIT_OK);
}

static void overrides_serve_everyone(flagkit_client *client, const flagkit_context *user)
{
    flagkit_view *view, *before = flagkit_view_open(client);
    flagkit_resolution found;
    found.size = sizeof found;
    CHECK(flagkit_client_override(client, FLAGKIT_STR("color"), FLAGKIT_STR("\"red\"")) == 0);
    CHECK(is_text(flagkit_view_string(before, FLAGKIT_STR("color"), user, FLAGKIT_STR("x")), COLOR));
    flagkit_view_close(before);
    view = flagkit_view_open(client);
    CHECK(is_text(flagkit_view_string(view, FLAGKIT_STR("color"), user, FLAGKIT_STR("x")), "red"));
    CHECK(flagkit_resolve(view, FLAGKIT_STR("color"), user, &found) == FLAGKIT_OK);
    CHECK(found.kind == FLAGKIT_TYPE_STRING && is_text(found.string, "red"));
    flagkit_view_close(view);
    CHECK(flagkit_client_override(client, FLAGKIT_STR("color"), flagkit_str_from(NULL)) == 0);
    view = flagkit_view_open(client);
    CHECK(is_text(flagkit_view_string(view, FLAGKIT_STR("color"), user, FLAGKIT_STR("x")), COLOR));
    flagkit_view_close(view);
}

int main(void)
{
    flagkit_client *client = client_of(FLAGS);
    flagkit_context *user = pro("user-42");
    CHECK(flagkit_abi_version() >= FLAGKIT_ABI_VERSION && flagkit_version().len >= 5);
    evaluates_by_name_and_by_id(client, user);
    a_view_stays_as_it_is(client, user);
    resolves(client, user);
    answers_many_at_once(client, user);
    answers_columns(client);
    reads_contexts_from_json(client);
    tells_how_it_is_doing(client, user);
    overrides_serve_everyone(client, user);
    CHECK(flagkit_last_status() == FLAGKIT_OK && flagkit_caught_panics() == 0);
    flagkit_context_free(user);
    CHECK(flagkit_client_ref(client) == client);
    CHECK(flagkit_client_close(client, 0) == FLAGKIT_OK);
    CHECK(flagkit_is_enabled(client, FLAGKIT_STR("beta"), NULL) == false);
    CHECK(flagkit_client_close(client, 100) == FLAGKIT_OK);
    return 0;
}
