/* The wrapper for C++17: RAII, views, flags, subscriptions. */
#include <flagkit.hpp>

#include "check.h"

#include <type_traits>

static_assert(!std::is_copy_constructible_v<flagkit::Client>);
static_assert(!std::is_copy_constructible_v<flagkit::Context>);
static_assert(std::is_nothrow_move_constructible_v<flagkit::Client>);
static_assert(std::is_nothrow_move_assignable_v<flagkit::View>);
static_assert(noexcept(std::declval<const flagkit::Client &>().boolean(
    "", std::declval<const flagkit::Context &>(), false)));

static void evaluates()
{
    flagkit::Client client = flagkit::Client::from_text(FLAGS, "native");
    flagkit::Context user("user-42");
    user.set("plan", "pro").set("teams", {"blue", "red"}).set("age", 37).set("score", 0.5f);
    user.set("staff", true).set("id", UINT64_MAX).set("name", std::string("Ada"));
    user.set_json("address", "{\"city\": \"Bonn\"}");
    CHECK(client.is_enabled("pros", user) && client.boolean("beta", user, false));
    CHECK(client.integer("limit", user, 0) == 100 && client.number("ratio", user, 0) == 0.25);
    CHECK(client.string("color", user, "x") == COLOR && client.string("none", user, "x") == "x");

    const flagkit::Flag<bool> beta("beta", false);
    const flagkit::Flag<std::int64_t> limit("limit", 7), missing("none", 7);
    const flagkit::Flag<double> ratio("ratio", 0);
    const flagkit::Flag<std::string_view> color("color", "blue");
    const flagkit::View view = client.view();
    CHECK(beta(client, user) && beta(view, user) && limit(client, user) == 100);
    CHECK(missing(view, user) == 7 && ratio(client, user) == 0.25 && color(view, user) == COLOR);

    const flagkit::Resolution found = view.resolve("layout", user);
    CHECK(found.is_enabled() && found.variant() == "wide" && found.kind() == FLAGKIT_TYPE_OBJECT);
    CHECK(found.json() == "{\"columns\":3,\"names\":[\"a\",\"b\"],\"on\":true}");
    CHECK(view.resolve("none", user).error() == FLAGKIT_ERROR_FLAG_NOT_FOUND);
    CHECK(view.keys().size() == 8 && view.explain("pros", user).size() > 20);
    CHECK(client.status().ready && client.wait(0) && client.flush(0) == 0);
    CHECK(client.is_enabled("pros", client.context("{\"plan\": \"pro\", \"teams\": [\"red\"]}")));
    CHECK(!client.is_enabled("pros", flagkit::Context::anonymous()));
    CHECK(!client.is_enabled("pros", user.reset("user-43")));
}

static void listens()
{
    flagkit::Client client = flagkit::Client::from_text(FLAGS);
    auto calls = std::make_shared<int>(0);
    flagkit::Subscription subscription =
        client.subscribe([calls](const std::vector<std::string_view> &keys) {
            CHECK(!keys.empty());
            ++*calls;
        });
    client.replace("{\"flags\": {}, \"revision\": 8, \"schema\": \"flagkit/1\"}");
    CHECK(*calls == 1 && calls.use_count() == 2);
    flagkit::Subscription moved = std::move(subscription);
    moved.end();
    CHECK(calls.use_count() == 1);
    client.replace(FLAGS);
    CHECK(*calls == 1);
}

static void throws_where_it_says_so()
{
    flagkit_status status = FLAGKIT_OK;
    try {
        static_cast<void>(flagkit::Client::from_text("nonsense"));
    } catch (const flagkit::Error &error) {
        status = error.status();
        CHECK(std::string_view(error.what()).size() > 5);
    }
    CHECK(status == FLAGKIT_INVALID_DOCUMENT);
    try {
        flagkit::Context("user").set("bad", std::string_view("\xff", 1));
    } catch (const flagkit::Error &error) {
        status = error.status();
    }
    CHECK(status == FLAGKIT_INVALID_UTF8);
}

static void what_was_moved_away_answers_the_fallback()
{
    flagkit::Client client = flagkit::Client::from_text(FLAGS);
    flagkit::Context user("user-42");
    flagkit::Client other = std::move(client);
    CHECK(other.is_enabled("beta", user));
    other = flagkit::Client::from_text("{\"flags\": {}, \"schema\": \"flagkit/1\"}");
    CHECK(!other.is_enabled("beta", user));
    other.close();
    CHECK(other.boolean("beta", user, true));
}

int main()
{
    evaluates();
    listens();
    throws_where_it_says_so();
    what_was_moved_away_answers_the_fallback();
    CHECK(flagkit_caught_panics() == 0);
    return 0;
}
