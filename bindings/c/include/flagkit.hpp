/*
 * flagkit.hpp: flagkit.h for C++17. Header only.
 *
 *     flagkit::Client client = flagkit::Client::open();          // throws flagkit::Error
 *     flagkit::Context user("user-42");
 *     user.set("plan", "pro").set("age", 37);
 *     if (client.boolean("new-checkout", user, false)) { ... }
 *
 *     const flagkit::Flag<bool> new_checkout("new-checkout", false);
 *     if (new_checkout(client, user)) { ... }
 *
 * Everything that flagkit.h says about threads, callbacks, lifetime and fork holds here, too. Handles
 * close themselves; they can be moved, not copied. What opens or changes something throws
 * flagkit::Error. What evaluates is noexcept: whatever is wrong, it answers the fallback.
 */
#ifndef FLAGKIT_HPP
#define FLAGKIT_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "flagkit.h"

namespace flagkit {

/** A text for the functions of flagkit.h; it borrows. */
[[nodiscard]] inline flagkit_str str(std::string_view text) noexcept
{
    return flagkit_str{text.data() != nullptr ? text.data() : "", text.size()};
}

/** What a function of flagkit.h lends; empty where there is no text. */
[[nodiscard]] inline std::string_view view_of(flagkit_str text) noexcept
{
    return text.ptr != nullptr ? std::string_view(text.ptr, text.len) : std::string_view();
}

/** Why something could not be opened or changed. */
class Error : public std::runtime_error {
public:
    Error(flagkit_status status, const std::string &text) : std::runtime_error(text), status_(status) {}

    /** FLAGKIT_..., never FLAGKIT_OK. */
    [[nodiscard]] flagkit_status status() const noexcept { return status_; }

private:
    flagkit_status status_;
};

namespace detail {

[[noreturn]] inline void fail(flagkit_status status)
{
    throw Error(status, std::string(view_of(flagkit_status_text(status))));
}

inline void check(flagkit_status status)
{
    if (status != FLAGKIT_OK) fail(status);
}

[[noreturn]] inline void fail(const flagkit_error &error) { throw Error(error.status, error.text); }

inline flagkit_error no_error() noexcept
{
    flagkit_error error{};
    error.size = sizeof error;
    return error;
}

struct CloseContext {
    void operator()(flagkit_context *context) const noexcept { flagkit_context_free(context); }
};
struct CloseView {
    void operator()(flagkit_view *view) const noexcept { flagkit_view_close(view); }
};
struct CloseSubscription {
    void operator()(flagkit_subscription *subscription) const noexcept
    {
        flagkit_unsubscribe(subscription);
    }
};


} // namespace detail

class Client;

/** An evaluation context: who asks, and what is known about them. */
class Context {
public:
    /** For this targeting key. */
    explicit Context(std::string_view key) : context_(flagkit_context_new(str(key)))
    {
        if (!context_) detail::fail(flagkit_last_status());
    }

    /** Without targeting key: percentages treat all such contexts as one. */
    [[nodiscard]] static Context anonymous()
    {
        flagkit_context *context = flagkit_context_new(flagkit_str{nullptr, 0});
        if (context == nullptr) detail::fail(flagkit_last_status());
        return Context(context);
    }

    /** Empties it and gives it another key; its memory is kept. */
    Context &reset(std::string_view key)
    {
        detail::check(flagkit_context_reset(context_.get(), str(key)));
        return *this;
    }

    /** Sets an attribute to a text. */
    Context &set(std::string_view name, std::string_view value)
    {
        detail::check(flagkit_context_set_string(context_.get(), str(name), str(value)));
        return *this;
    }

    /** The same for literals, which would be booleans otherwise. */
    Context &set(std::string_view name, const char *value)
    {
        return set(name, std::string_view(value));
    }

    /** Sets an attribute to a number, or to true or false. */
    template <typename T, typename = std::enable_if_t<std::is_arithmetic_v<T>>>
    Context &set(std::string_view name, T value)
    {
        if constexpr (std::is_same_v<T, bool>) {
            detail::check(flagkit_context_set_boolean(context_.get(), str(name), value));
        } else if constexpr (std::is_floating_point_v<T>) {
            detail::check(
                flagkit_context_set_double(context_.get(), str(name), static_cast<double>(value)));
        } else if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::uint64_t)) {
            // As JSON, because it may be beyond 2^63.
            set_json(name, std::to_string(value));
        } else {
            detail::check(
                flagkit_context_set_integer(context_.get(), str(name), static_cast<std::int64_t>(value)));
        }
        return *this;
    }

    /** Sets an attribute to a list of texts. */
    Context &set(std::string_view name, const std::vector<std::string_view> &values)
    {
        std::vector<flagkit_str> texts;
        texts.reserve(values.size());
        for (std::string_view value : values) texts.push_back(str(value));
        detail::check(
            flagkit_context_set_strings(context_.get(), str(name), texts.data(), texts.size()));
        return *this;
    }

    /** Sets an attribute to any value, written as JSON. */
    Context &set_json(std::string_view name, std::string_view json)
    {
        detail::check(flagkit_context_set_json(context_.get(), str(name), str(json)));
        return *this;
    }

    /** The handle for functions of flagkit.h; it stays ours. */
    [[nodiscard]] flagkit_context *get() const noexcept { return context_.get(); }

private:
    friend class Client;
    explicit Context(flagkit_context *context) noexcept : context_(context) {}
    std::unique_ptr<flagkit_context, detail::CloseContext> context_;
};

/** Calls a function of the application's until it is destroyed. */
class Subscription {
public:
    /** Ends it; see flagkit_unsubscribe. The destructor does the same. */
    void end() noexcept { subscription_.reset(); }

private:
    friend class Client;
    explicit Subscription(flagkit_subscription *subscription) noexcept : subscription_(subscription) {}
    std::unique_ptr<flagkit_subscription, detail::CloseSubscription> subscription_;
};

/** What a flag serves and why. Texts and values are lent by the view. */
class Resolution {
public:
    [[nodiscard]] bool is_enabled() const noexcept { return found_.enabled; }
    /** FLAGKIT_TYPE_... */
    [[nodiscard]] std::uint8_t kind() const noexcept { return found_.kind; }
    /** FLAGKIT_REASON_... */
    [[nodiscard]] std::uint8_t reason() const noexcept { return found_.reason; }
    /** FLAGKIT_ERROR_... */
    [[nodiscard]] std::uint8_t error() const noexcept { return found_.error; }
    [[nodiscard]] std::string_view variant() const noexcept { return view_of(found_.variant); }
    [[nodiscard]] std::string_view rule() const noexcept { return view_of(found_.rule); }
    [[nodiscard]] std::string_view key() const noexcept { return view_of(found_.key); }
    /** The text that is served; empty if it is none. */
    [[nodiscard]] std::string_view string() const noexcept { return view_of(found_.string); }
    /** The value as compact JSON; empty if there is none. */
    [[nodiscard]] std::string json() const
    {
        if (found_.value == nullptr) return {};
        std::string text(flagkit_value_json(found_.value, nullptr, 0), '\0');
        flagkit_value_json(found_.value, text.data(), text.size() + 1);
        return text;
    }
    /** Everything, as flagkit.h has it. */
    [[nodiscard]] const flagkit_resolution &get() const noexcept { return found_; }

private:
    friend class View;
    flagkit_resolution found_{};
};

/** All flags of one moment, for several evaluations that belong together. */
class View {
public:
    [[nodiscard]] bool is_enabled(std::string_view key, const Context &context) const noexcept
    {
        return flagkit_view_is_enabled(view_.get(), str(key), context.get());
    }
    [[nodiscard]] bool boolean(std::string_view key, const Context &context, bool fallback) const noexcept
    {
        return flagkit_view_boolean(view_.get(), str(key), context.get(), fallback);
    }
    [[nodiscard]] std::int64_t integer(std::string_view key, const Context &context,
                                       std::int64_t fallback) const noexcept
    {
        return flagkit_view_integer(view_.get(), str(key), context.get(), fallback);
    }
    [[nodiscard]] double number(std::string_view key, const Context &context,
                                double fallback) const noexcept
    {
        return flagkit_view_double(view_.get(), str(key), context.get(), fallback);
    }
    /** Lent by the view, or the fallback itself. */
    [[nodiscard]] std::string_view string(std::string_view key, const Context &context,
                                          std::string_view fallback) const noexcept
    {
        return view_of(flagkit_view_string(view_.get(), str(key), context.get(), str(fallback)));
    }
    /** Everything about an answer. */
    [[nodiscard]] Resolution resolve(std::string_view key, const Context &context) const noexcept
    {
        Resolution resolution;
        resolution.found_.size = sizeof resolution.found_;
        const flagkit_status status =
            flagkit_resolve(view_.get(), str(key), context.get(), &resolution.found_);
        if (status != FLAGKIT_OK) {
            resolution.found_.reason = FLAGKIT_REASON_ERROR;
            resolution.found_.error = FLAGKIT_ERROR_GENERAL;
        }
        return resolution;
    }
    /** The keys of all flags, lent by the view. */
    [[nodiscard]] std::vector<std::string_view> keys() const
    {
        std::vector<flagkit_str> keys(flagkit_view_keys(view_.get(), nullptr, 0));
        flagkit_view_keys(view_.get(), keys.data(), keys.size());
        std::vector<std::string_view> views;
        views.reserve(keys.size());
        for (flagkit_str key : keys) views.push_back(view_of(key));
        return views;
    }
    /** Every step of an evaluation, for people. */
    [[nodiscard]] std::string explain(std::string_view key, const Context &context) const
    {
        std::string text(flagkit_view_explain(view_.get(), str(key), context.get(), nullptr, 0), '\0');
        flagkit_view_explain(view_.get(), str(key), context.get(), text.data(), text.size() + 1);
        return text;
    }
    /** The handle for functions of flagkit.h; it stays ours. */
    [[nodiscard]] flagkit_view *get() const noexcept { return view_.get(); }

private:
    friend class Client;
    explicit View(flagkit_view *view) noexcept : view_(view) {}
    std::unique_ptr<flagkit_view, detail::CloseView> view_;
};

/** A client: the flags of one source, kept fresh while they are evaluated. */
class Client {
public:
    /** As the environment says. */
    [[nodiscard]] static Client open() { return opened(nullptr); }

    /** As options and the environment say; see flagkit_options_init. */
    [[nodiscard]] static Client open(const flagkit_options &options) { return opened(&options); }

    /** With the flags of this document; the dialect is recognised unless it is named. */
    [[nodiscard]] static Client from_text(std::string_view document, std::string_view dialect = {})
    {
        flagkit_error error = detail::no_error();
        const flagkit_str name = dialect.empty() ? flagkit_str{nullptr, 0} : str(dialect);
        flagkit_client *client = flagkit_client_from_bytes(str(document), name, &error);
        if (client == nullptr) detail::fail(error);
        return Client(client);
    }

    Client(Client &&other) noexcept : client_(std::exchange(other.client_, nullptr)) {}
    Client &operator=(Client &&other) noexcept
    {
        if (this != &other) {
            close();
            client_ = std::exchange(other.client_, nullptr);
        }
        return *this;
    }
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;
    ~Client() { close(); }

    /** Closes it, if it is not closed; the destructor does the same with two seconds. */
    void close(std::uint32_t flush_ms = 2000) noexcept
    {
        flagkit_client_close(std::exchange(client_, nullptr), flush_ms);
    }

    [[nodiscard]] bool is_enabled(std::string_view key, const Context &context) const noexcept
    {
        return flagkit_is_enabled(client_, str(key), context.get());
    }
    [[nodiscard]] bool boolean(std::string_view key, const Context &context, bool fallback) const noexcept
    {
        return flagkit_boolean(client_, str(key), context.get(), fallback);
    }
    [[nodiscard]] std::int64_t integer(std::string_view key, const Context &context,
                                       std::int64_t fallback) const noexcept
    {
        return flagkit_integer(client_, str(key), context.get(), fallback);
    }
    [[nodiscard]] double number(std::string_view key, const Context &context,
                                double fallback) const noexcept
    {
        return flagkit_double(client_, str(key), context.get(), fallback);
    }
    /** A copy of the text. It allocates; a view lends texts without that. */
    [[nodiscard]] std::string string(std::string_view key, const Context &context,
                                     std::string_view fallback) const
    {
        return std::string(view().string(key, context, fallback));
    }

    /** All flags of this moment. */
    [[nodiscard]] View view() const
    {
        flagkit_view *view = flagkit_view_open(client_);
        if (view == nullptr) detail::fail(flagkit_last_status());
        return View(view);
    }

    /** A context from JSON, in the words of whoever the flags come from. */
    [[nodiscard]] Context context(std::string_view json) const
    {
        flagkit_error error = detail::no_error();
        flagkit_context *context = flagkit_context_from_json(client_, str(json), &error);
        if (context == nullptr) detail::fail(error);
        return Context(context);
    }

    /** Publishes the flags of another document. */
    void replace(std::string_view document) const
    {
        flagkit_error error = detail::no_error();
        if (flagkit_client_replace(client_, str(document), &error) != FLAGKIT_OK) detail::fail(error);
    }

    /** Calls `listener` with the keys that changed, after every change. If it throws, the program
        ends (std::terminate). */
    [[nodiscard]] Subscription
    subscribe(std::function<void(const std::vector<std::string_view> &)> listener) const
    {
        using Listener = std::function<void(const std::vector<std::string_view> &)>;
        auto owned = std::make_unique<Listener>(std::move(listener));
        const flagkit_change_fn call = [](void *user, const flagkit_change *change) noexcept {
            std::vector<std::string_view> keys;
            keys.reserve(change->count);
            for (std::size_t i = 0; i < change->count; i++) keys.push_back(view_of(change->keys[i]));
            (*static_cast<Listener *>(user))(keys);
        };
        const flagkit_drop_fn drop = [](void *user) noexcept { delete static_cast<Listener *>(user); };
        flagkit_subscription *subscription =
            flagkit_subscribe(client_, flagkit_str{nullptr, 0}, call, owned.get(), drop);
        if (subscription == nullptr) detail::fail(flagkit_last_status());
        static_cast<void>(owned.release());
        return Subscription(subscription);
    }

    /** Waits for the first flags; whether they are there. */
    [[nodiscard]] bool wait(std::uint32_t ms) const noexcept { return flagkit_client_wait(client_, ms); }

    /** Tells the server what was counted; how much is left. */
    std::uint64_t flush(std::uint32_t ms) const noexcept { return flagkit_client_flush(client_, ms); }

    /** How the client is doing. */
    [[nodiscard]] flagkit_client_status status() const
    {
        flagkit_client_status status{};
        status.size = sizeof status;
        detail::check(flagkit_client_read_status(client_, &status));
        return status;
    }

    /** The handle for functions of flagkit.h; it stays ours. */
    [[nodiscard]] flagkit_client *get() const noexcept { return client_; }

private:
    explicit Client(flagkit_client *client) noexcept : client_(client) {}

    static Client opened(const flagkit_options *options)
    {
        flagkit_error error = detail::no_error();
        flagkit_client *client = flagkit_client_open(options, &error);
        if (client == nullptr) detail::fail(error);
        return Client(client);
    }

    flagkit_client *client_;
};

/** A flag that the program declares, with its type and fallback: bool, std::int64_t or double. It is
    found by its id, so an evaluation does not look for the key. */
template <typename T> class Flag {
    static_assert(std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t> ||
                      std::is_same_v<T, double>,
                  "a flag is a bool, a std::int64_t or a double; texts are for Flag<std::string_view>");

public:
    /** For this key; where anything is wrong, the flag is the fallback. */
    Flag(std::string_view key, T fallback) noexcept : id_(flagkit_flag(str(key))), fallback_(fallback) {}

    /** The value from the flags of the moment. */
    [[nodiscard]] T operator()(const Client &client, const Context &context) const noexcept
    {
        if constexpr (std::is_same_v<T, bool>)
            return flagkit_boolean_by_id(client.get(), id_, context.get(), fallback_);
        else if constexpr (std::is_same_v<T, std::int64_t>)
            return flagkit_integer_by_id(client.get(), id_, context.get(), fallback_);
        else
            return flagkit_double_by_id(client.get(), id_, context.get(), fallback_);
    }

    /** The value from one consistent view. */
    [[nodiscard]] T operator()(const View &view, const Context &context) const noexcept
    {
        if constexpr (std::is_same_v<T, bool>)
            return flagkit_view_boolean_by_id(view.get(), id_, context.get(), fallback_);
        else if constexpr (std::is_same_v<T, std::int64_t>)
            return flagkit_view_integer_by_id(view.get(), id_, context.get(), fallback_);
        else
            return flagkit_view_double_by_id(view.get(), id_, context.get(), fallback_);
    }

    /** The id, for functions of flagkit.h. */
    [[nodiscard]] flagkit_flag_id id() const noexcept { return id_; }

private:
    flagkit_flag_id id_;
    T fallback_;
};

/** A text flag, which a view lends. The fallback has to outlive the flag. */
template <> class Flag<std::string_view> {
public:
    Flag(std::string_view key, std::string_view fallback) noexcept
        : id_(flagkit_flag(str(key))), fallback_(fallback)
    {
    }

    [[nodiscard]] std::string_view operator()(const View &view, const Context &context) const noexcept
    {
        return view_of(flagkit_view_string_by_id(view.get(), id_, context.get(), str(fallback_)));
    }

    /** The id, for functions of flagkit.h. */
    [[nodiscard]] flagkit_flag_id id() const noexcept { return id_; }

private:
    flagkit_flag_id id_;
    std::string_view fallback_;
};

} // namespace flagkit

#endif
