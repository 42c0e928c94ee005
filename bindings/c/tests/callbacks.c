/* Subscriptions: when callbacks are called, when not any more, and what they may do. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <time.h>

#include "check.h"

#define ON "{\"flags\": {\"beta\": {\"enabled\": true, \"rollout_percentage\": 100}}}"
#define OFF "{\"flags\": {\"beta\": {\"enabled\": false}}}"
#define OTHER "{\"flags\": {\"beta\": {\"enabled\": false}, \"gamma\": {\"enabled\": true}}}"

/* What a callback is given. Only looked at by one thread at a time, in turns. */
typedef struct state {
    flagkit_client *client;
    flagkit_context *user;
    flagkit_subscription *own;
    flagkit_subscription *other;
    int calls, drops, was_on;
} state;

static void drop(void *user)
{
    ((state *)user)->drops++;
}

static void look(void *user, const flagkit_change *change)
{
    state *self = user;
    CHECK(change->size >= sizeof *change && change->count >= 1 && change->keys[0].len > 0);
    self->was_on = flagkit_is_enabled(self->client, FLAGKIT_STR("beta"), self->user);
    self->calls++;
}

static void put(state *self, const char *document)
{
    CHECK(flagkit_client_replace(self->client, flagkit_str_from(document), NULL) == FLAGKIT_OK);
}

static void a_callback_sees_the_new_flags(state *self)
{
    flagkit_subscription *subscription =
        flagkit_subscribe(self->client, flagkit_str_from(NULL), look, self, drop);
    CHECK(subscription != NULL);
    put(self, OFF);
    CHECK(self->calls == 1 && !self->was_on);
    put(self, OFF);
    CHECK(self->calls == 1); /* nothing has changed */
    put(self, ON);
    CHECK(self->calls == 2 && self->was_on && self->drops == 0);
    CHECK(flagkit_unsubscribe(subscription) == FLAGKIT_OK && self->drops == 1);
    put(self, OFF);
    CHECK(self->calls == 2 && self->drops == 1);
}

static void a_callback_for_a_flag_hears_of_that_one_only(state *self)
{
    flagkit_subscription *subscription =
        flagkit_subscribe(self->client, FLAGKIT_STR("gamma"), look, self, NULL);
    self->calls = 0;
    put(self, ON);
    CHECK(self->calls == 0);
    put(self, OTHER);
    CHECK(self->calls == 1);
    CHECK(flagkit_unsubscribe(subscription) == FLAGKIT_OK);
}

static void refuse(void *user, const flagkit_change *change)
{
    state *self = user;
    flagkit_client_status status;
    flagkit_view *view;
    (void)change;
    CHECK(flagkit_client_replace(self->client, FLAGKIT_STR(ON), NULL) == FLAGKIT_IN_CALLBACK);
    CHECK(flagkit_client_close(self->client, 0) == FLAGKIT_IN_CALLBACK);
    CHECK(!flagkit_client_wait(self->client, 1000) && flagkit_client_flush(self->client, 0) == 0);
    CHECK(flagkit_client_override(self->client, FLAGKIT_STR("a"), FLAGKIT_STR("1")) ==
          FLAGKIT_IN_CALLBACK);
    CHECK(flagkit_client_open(NULL, NULL) == NULL);
    CHECK(flagkit_last_status() == FLAGKIT_IN_CALLBACK);
    status.size = sizeof status;
    CHECK(flagkit_client_read_status(self->client, &status) == FLAGKIT_OK && status.ready);
    view = flagkit_view_open(self->client);
    CHECK(view != NULL);
    flagkit_view_close(view);
    self->calls++;
    flagkit_clear_last_status();
}

static void what_would_wait_for_the_callback_is_refused(state *self)
{
    flagkit_subscription *subscription =
        flagkit_subscribe(self->client, flagkit_str_from(NULL), refuse, self, NULL);
    self->calls = 0;
    put(self, OFF);
    CHECK(self->calls == 1);
    CHECK(flagkit_unsubscribe(subscription) == FLAGKIT_OK);
}

static void leave(void *user, const flagkit_change *change)
{
    state *self = user;
    (void)change;
    self->calls++;
    CHECK(flagkit_unsubscribe(self->own) == FLAGKIT_OK);
    CHECK(self->drops == 0); /* not while the callback runs */
    self->other = flagkit_subscribe(self->client, flagkit_str_from(NULL), look, self, NULL);
    CHECK(self->other != NULL);
}

static void a_callback_may_end_its_own_subscription_and_begin_others(state *self)
{
    self->calls = self->drops = 0;
    self->own = flagkit_subscribe(self->client, flagkit_str_from(NULL), leave, self, drop);
    put(self, ON);
    CHECK(self->calls == 1 && self->drops == 1);
    put(self, OFF);
    CHECK(self->calls == 2); /* the other one */
    CHECK(flagkit_unsubscribe(self->other) == FLAGKIT_OK);
    put(self, ON);
    CHECK(self->calls == 2 && self->drops == 1);
}

/* Two threads that meet: one is in the callback while the other ends the subscription. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int is_inside, has_left;

static void linger(void *user, const flagkit_change *change)
{
    const struct timespec moment = {0, 50000000};
    (void)user, (void)change;
    pthread_mutex_lock(&mutex);
    is_inside = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    nanosleep(&moment, NULL);
    pthread_mutex_lock(&mutex);
    has_left = 1;
    pthread_mutex_unlock(&mutex);
}

static void *publish(void *user)
{
    put(user, OFF);
    return NULL;
}

static void the_end_of_a_subscription_waits_for_a_call_on_another_thread(state *self)
{
    pthread_t thread;
    flagkit_subscription *subscription =
        flagkit_subscribe(self->client, flagkit_str_from(NULL), linger, self, NULL);
    CHECK(pthread_create(&thread, NULL, publish, self) == 0);
    pthread_mutex_lock(&mutex);
    while (!is_inside) pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    CHECK(flagkit_unsubscribe(subscription) == FLAGKIT_OK);
    pthread_mutex_lock(&mutex);
    CHECK(has_left);
    pthread_mutex_unlock(&mutex);
    CHECK(pthread_join(thread, NULL) == 0);
}

int main(void)
{
    state self;
    flagkit_subscription *late;
    memset(&self, 0, sizeof self);
    self.client = client_of(ON);
    self.user = flagkit_context_new(FLAGKIT_STR("user-42"));
    a_callback_sees_the_new_flags(&self);
    a_callback_for_a_flag_hears_of_that_one_only(&self);
    what_would_wait_for_the_callback_is_refused(&self);
    a_callback_may_end_its_own_subscription_and_begin_others(&self);
    the_end_of_a_subscription_waits_for_a_call_on_another_thread(&self);
    self.drops = 0;
    late = flagkit_subscribe(self.client, flagkit_str_from(NULL), look, &self, drop);
    CHECK(flagkit_client_close(self.client, 0) == FLAGKIT_OK);
    CHECK(flagkit_unsubscribe(late) == FLAGKIT_OK && self.drops == 1);
    flagkit_context_free(self.user);
    CHECK(flagkit_caught_panics() == 0);
    return 0;
}
