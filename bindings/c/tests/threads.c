/* Many threads evaluate, by name, by id and through views, while another one publishes. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>

#include "check.h"

enum { THREADS = 4, ROUNDS = 3000, CHANGES = 200 };

/* In each version both flags serve the same number. */
#define VERSION                                                                              \
    "{\"flags\": {\"a\": {\"enabled\": true, \"rollout_percentage\": 100, \"variants\":"     \
    "{\"v\": {\"weight\": 1, \"value\": %d}}}, \"b\": {\"enabled\": true,"                   \
    "\"rollout_percentage\": 100, \"variants\": {\"v\": {\"weight\": 1, \"value\": %d}}}}}"

static flagkit_client *client;
static flagkit_context *shared;

static void *evaluate(void *unused)
{
    flagkit_context *own = flagkit_context_new(FLAGKIT_STR("user-7"));
    int64_t last = 0;
    int round;
    (void)unused;
    for (round = 0; round < ROUNDS; round++) {
        flagkit_flag_id a = flagkit_flag(FLAGKIT_STR("a")), b = flagkit_flag(FLAGKIT_STR("b"));
        flagkit_view *view = flagkit_view_open(client);
        int64_t now = flagkit_integer_by_id(client, a, shared, -1);
        CHECK(now >= last); /* never an older version again */
        last = now;
        CHECK(flagkit_view_integer(view, FLAGKIT_STR("a"), own, -1) ==
              flagkit_view_integer_by_id(view, b, shared, -2));
        flagkit_view_close(view);
        CHECK(flagkit_context_reset(own, FLAGKIT_STR("user-8")) == FLAGKIT_OK);
        CHECK(flagkit_context_set_integer(own, FLAGKIT_STR("round"), round) == FLAGKIT_OK);
    }
    flagkit_context_free(own);
    return NULL;
}

static void count(void *user, const flagkit_change *change)
{
    CHECK(change->count == 2);
    ++*(int *)user;
}

int main(void)
{
    pthread_t threads[THREADS];
    char document[1024];
    int i, calls = 0;
    flagkit_subscription *subscription;
    sprintf(document, VERSION, 0, 0);
    client = client_of(document);
    shared = flagkit_context_new(FLAGKIT_STR("user-42"));
    subscription = flagkit_subscribe(client, flagkit_str_from(NULL), count, &calls, NULL);
    for (i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, evaluate, NULL) == 0);
    for (i = 1; i <= CHANGES; i++) {
        sprintf(document, VERSION, i, i);
        CHECK(flagkit_client_replace(client, flagkit_str_from(document), NULL) == FLAGKIT_OK);
    }
    for (i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(flagkit_unsubscribe(subscription) == FLAGKIT_OK && calls == CHANGES);
    CHECK(flagkit_integer(client, FLAGKIT_STR("b"), shared, -1) == CHANGES);
    CHECK(flagkit_caught_panics() == 0);
    flagkit_context_free(shared);
    flagkit_client_close(client, 0);
    return 0;
}
