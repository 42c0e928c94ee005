/* How a server uses flags: ids for keys, one context that is filled for each request, one view for all
   questions of a request, and a callback for changes. */
#include <stdio.h>

#include <flagkit.h>

static const flagkit_str BETA = FLAGKIT_STR_INIT("beta");
static const flagkit_str UPLOADS = FLAGKIT_STR_INIT("uploads");

static void changed(void *user, const flagkit_change *change)
{
    (void)user;
    printf("%zu flags changed, among them `%.*s`\n", change->count, (int)change->keys[0].len,
           change->keys[0].ptr);
}

int main(void)
{
    const flagkit_str document = FLAGKIT_STR(
        "{\"schema\": \"flagkit/1\", \"flags\": {"
        "\"beta\": {\"enabled\": true, \"rollout_percentage\": 50},"
        "\"uploads\": {\"enabled\": true, \"rollout_percentage\": 100, \"variants\":"
        " {\"many\": {\"weight\": 1, \"value\": 10}}}}}");
    const flagkit_flag_id beta = flagkit_flag(BETA), uploads = flagkit_flag(UPLOADS);
    flagkit_client *client = flagkit_client_from_bytes(document, FLAGKIT_STR("native"), NULL);
    flagkit_subscription *subscription;
    flagkit_context *user;
    int request;
    if (client == NULL) return 1;
    subscription = flagkit_subscribe(client, flagkit_str_from(NULL), changed, NULL, NULL);
    user = flagkit_context_new(flagkit_str_from(NULL));

    for (request = 0; request < 5; request++) {
        char id[32];
        flagkit_view *view = flagkit_view_open(client);
        sprintf(id, "user-%d", request);
        /* From the second request on, this allocates nothing. */
        flagkit_context_reset(user, flagkit_str_from(id));
        flagkit_context_set_string(user, FLAGKIT_STR("plan"), FLAGKIT_STR("free"));
        printf("%s: beta %s, %d uploads\n", id,
               flagkit_view_boolean_by_id(view, beta, user, false) ? "on" : "off",
               (int)flagkit_view_integer_by_id(view, uploads, user, 3));
        flagkit_view_close(view);
    }
    flagkit_client_replace(client, FLAGKIT_STR("{\"schema\": \"flagkit/1\", \"flags\": {}, "
                                               "\"revision\": 2}"),
                           NULL);
    flagkit_unsubscribe(subscription);
    flagkit_context_free(user);
    flagkit_client_close(client, 2000);
    return 0;
}
