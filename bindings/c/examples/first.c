/* A first program: flags of a document, a context, an answer and why.
   cc -std=c99 first.c $(pkg-config --cflags --libs flagkit) */
#include <stdio.h>

#include <flagkit.h>

static const char *const DOCUMENT =
    "schema: flagkit/1\n"
    "flags:\n"
    "  new-checkout:\n"
    "    enabled: true\n"
    "    targeting_rules:\n"
    "      - {id: pros, when: plan == \"pro\"}\n"
    "    rollout_percentage: 25\n";

int main(void)
{
    flagkit_error error;
    flagkit_client *client;
    flagkit_context *user;
    flagkit_view *view;
    flagkit_resolution why;
    flagkit_str reason;

    error.size = sizeof error;
    client = flagkit_client_from_bytes(flagkit_str_from(DOCUMENT), FLAGKIT_STR("native"), &error);
    if (client == NULL) {
        fprintf(stderr, "no flags: %s\n", error.text);
        return 1;
    }
    user = flagkit_context_new(FLAGKIT_STR("user-42"));
    flagkit_context_set_string(user, FLAGKIT_STR("plan"), FLAGKIT_STR("pro"));

    if (flagkit_boolean(client, FLAGKIT_STR("new-checkout"), user, false))
        puts("the new checkout");
    else
        puts("the old checkout");

    view = flagkit_view_open(client);
    why.size = sizeof why;
    if (flagkit_resolve(view, FLAGKIT_STR("new-checkout"), user, &why) == FLAGKIT_OK) {
        /* Texts end where their length says, not with a NUL. */
        reason = flagkit_reason_name(why.reason);
        printf("because of the rule `%.*s`: %.*s\n", (int)why.rule.len, why.rule.ptr,
               (int)reason.len, reason.ptr);
    }
    flagkit_view_close(view);
    flagkit_context_free(user);
    return flagkit_client_close(client, 0) == FLAGKIT_OK ? 0 : 1;
}
