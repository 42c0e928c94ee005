/*
 * flagkit.h: feature flags for C99 and C++, by libflagkit.
 *
 *     flagkit_error error;
 *     error.size = sizeof error;
 *     flagkit_client *client = flagkit_client_open(NULL, &error);
 *     if (client == NULL) { fprintf(stderr, "%s\n", error.text); return 1; }
 *
 *     flagkit_context *user = flagkit_context_new(FLAGKIT_STR("user-42"));
 *     flagkit_context_set_string(user, FLAGKIT_STR("plan"), FLAGKIT_STR("pro"));
 *     if (flagkit_boolean(client, FLAGKIT_STR("new-checkout"), user, false)) { ... }
 *
 *     flagkit_context_free(user);
 *     flagkit_client_close(client, 2000);
 *
 * An evaluation never fails, never waits and never allocates. Whatever is wrong, it returns the
 * fallback of its caller; flagkit_resolve tells why. The exceptions to allocating are written in
 * docs/c.md, and all of them are rules that ask for something unusual.
 *
 * RULES
 *
 * Pointers. A pointer is NULL, or points to what its type says and stays valid during the call; what a
 * function writes to overlaps nothing else. Where NULL makes no sense, the function does nothing but
 * return its fallback, 0, NULL or FLAGKIT_NULL_PARAMETER. So do bad UTF-8 and other wrong uses, and
 * flagkit_last_status tells of them. Handles (client, context, view, subscription) are given back by
 * the function that their description names, once, and are not used afterwards.
 *
 * Text. A flagkit_str that is passed in is UTF-8, is read during the call, and is never kept; only the
 * functions that say so copy it. FLAGKIT_STR("...") makes one of a literal, FLAGKIT_STR_INIT("...") in
 * initialisers of static variables, flagkit_str_from of a text that ends with a NUL. What comes out is
 * borrowed for as long as its description says; print it with "%.*s", (int)text.len, text.ptr.
 *
 * Buffers. A function that fills a char buffer does so as snprintf does: it returns the length of the
 * whole text without the NUL at its end, writes at most `capacity` bytes with the NUL, and cuts
 * between two characters. With a capacity of 0 the buffer may be NULL.
 *
 * Structs that begin with `size`. Set it to sizeof the struct before the call. Structs grow at their
 * end only; the library reads and writes the part that both sides know, and fills the rest of the
 * caller's struct with zeros.
 *
 * Threads. Any thread may call any function at any time, with two exceptions: a handle is given back
 * when no other thread uses it, and a context is changed by one thread while no other uses it. Threads
 * that evaluate take no lock and do not wait for those that bring new flags.
 *
 * Callbacks run on a thread of the library, or on the one that called flagkit_client_replace. They must
 * return soon and must not throw, longjmp or exit. They may evaluate, open and close views, subscribe
 * and unsubscribe, and read the status. What would wait for the callback itself (close, replace, wait,
 * flush, override, open) is refused there with FLAGKIT_IN_CALLBACK. A log callback may evaluate and
 * nothing else.
 *
 * Fork. After fork the child may use every handle that it inherited. It evaluates the flags that the
 * parent had, and its first evaluation starts a connection of its own. What the parent has counted and
 * not told stays the parent's. Subscriptions go on in the child, too; a subscription that another thread
 * of the parent was in at that moment has no running call there. Between fork and exec, call nothing.
 *
 * Lifetime. Views outlive their client, flag ids live as long as the process. Do not unload the library
 * (dlclose): threads of it may be running, and it has something to do when the process ends. A program
 * that returns from main or calls exit without closing its clients is held up for at most two seconds,
 * in which servers are told what was counted. After _exit, abort or a signal they are not told.
 *
 * Panics of the library end at its border: the call returns its fallback, and flagkit_caught_panics
 * counts it.
 *
 * ABI. Within libflagkit.so.1, functions and constants are added and never changed or removed, numbers
 * are never given to anything else, and structs grow behind their size. flagkit_abi_version says how
 * much of that the library has. Structs without `size` never change. Enumerations grow: be ready for
 * numbers that you do not know.
 *
 * This file is made of the crate flagkit-ffi by `cargo xtask header`. Do not change it by hand.
 */


#ifndef FLAGKIT_H
#define FLAGKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The view of a literal, without looking for its end. */
#ifdef __cplusplus
#define FLAGKIT_STR(literal) (flagkit_str{(literal), sizeof(literal) - 1})
#else
#define FLAGKIT_STR(literal) ((flagkit_str){(literal), sizeof(literal) - 1})
#endif

/** The same where only a constant may stand: static const flagkit_str KEY = FLAGKIT_STR_INIT("key"); */
#define FLAGKIT_STR_INIT(literal) {(literal), sizeof(literal) - 1}


/**
 * A time that is not known.
 */
#define FLAGKIT_UNKNOWN_TIME 18446744073709551615ull

/**
 * The variant of a row that has none.
 */
#define FLAGKIT_NO_VARIANT 4294967295

/**
 * A server sends each change, as far as it can.
 */
#define FLAGKIT_MODE_DEFAULT 0

/**
 * A server is asked from time to time, even if it could stream.
 */
#define FLAGKIT_MODE_POLL 1

/**
 * Nothing is asked: what the application brings and what an earlier process left is all.
 */
#define FLAGKIT_MODE_OFFLINE 2

/**
 * What `FLAGKIT_LOG` says; warnings if it says nothing.
 */
#define FLAGKIT_LOG_DEFAULT 0

/**
 * Nothing is told.
 */
#define FLAGKIT_LOG_OFF 1

/**
 * Trouble, and its end.
 */
#define FLAGKIT_LOG_WARN 2

/**
 * Also that flags arrived, and from where.
 */
#define FLAGKIT_LOG_INFO 3

/**
 * Evaluations are not counted for the server.
 */
#define FLAGKIT_OPTION_NO_EVENTS 1

/**
 * Overrides by `FLAGKIT_OVERRIDES` hold in production, too.
 */
#define FLAGKIT_OPTION_OVERRIDES_IN_PRODUCTION 2

/**
 * A time of no milliseconds, where 0 stands for the default.
 */
#define FLAGKIT_NO_TIME 4294967295

/**
 * The version of the interface that this header describes. See `flagkit_abi_version`.
 *
 * It grows by one with everything that is added. What is there is never changed or removed within
 * one `SONAME`.
 */
#define FLAGKIT_ABI_VERSION 1

/**
 * No value: the fallback of the caller is to be used.
 */
#define FLAGKIT_TYPE_NONE 0

/**
 * `true` or `false`.
 */
#define FLAGKIT_TYPE_BOOLEAN 1

/**
 * A whole number of 64 bits with sign.
 */
#define FLAGKIT_TYPE_INTEGER 2

/**
 * A number with a fraction, or beyond 64 bits.
 */
#define FLAGKIT_TYPE_DOUBLE 3

/**
 * Text.
 */
#define FLAGKIT_TYPE_STRING 4

/**
 * Values in order.
 */
#define FLAGKIT_TYPE_LIST 5

/**
 * Named values.
 */
#define FLAGKIT_TYPE_OBJECT 6

/**
 * `null`.
 */
#define FLAGKIT_TYPE_NULL 7

/**
 * A whole number from 2^63 to 2^64 - 1. `integer` has its bits: convert it to `uint64_t`.
 */
#define FLAGKIT_TYPE_UNSIGNED 8

/**
 * The reason is not known.
 */
#define FLAGKIT_REASON_UNKNOWN 0

/**
 * The same for every context.
 */
#define FLAGKIT_REASON_STATIC 1

/**
 * No rule decided; a configured default was served.
 */
#define FLAGKIT_REASON_DEFAULT 2

/**
 * A rule or an individual target matched.
 */
#define FLAGKIT_REASON_TARGETING_MATCH 3

/**
 * A percentage decided.
 */
#define FLAGKIT_REASON_SPLIT 4

/**
 * The flag is switched off.
 */
#define FLAGKIT_REASON_DISABLED 5

/**
 * Another flag is not as this one demands.
 */
#define FLAGKIT_REASON_PREREQUISITE_FAILED 6

/**
 * The answer came from a cache.
 */
#define FLAGKIT_REASON_CACHED 7

/**
 * The flags may be out of date.
 */
#define FLAGKIT_REASON_STALE 8

/**
 * The evaluation failed; `error` says why.
 */
#define FLAGKIT_REASON_ERROR 9

/**
 * No error.
 */
#define FLAGKIT_ERROR_NONE 0

/**
 * There are no flags yet.
 */
#define FLAGKIT_ERROR_PROVIDER_NOT_READY 1

/**
 * There will never be any.
 */
#define FLAGKIT_ERROR_PROVIDER_FATAL 2

/**
 * No flag has this key.
 */
#define FLAGKIT_ERROR_FLAG_NOT_FOUND 3

/**
 * The flag is malformed.
 */
#define FLAGKIT_ERROR_PARSE_ERROR 4

/**
 * The value of the flag is not of the type that was asked for.
 */
#define FLAGKIT_ERROR_TYPE_MISMATCH 5

/**
 * The flag needs a targeting key and the context has none.
 */
#define FLAGKIT_ERROR_TARGETING_KEY_MISSING 6

/**
 * The context cannot be used.
 */
#define FLAGKIT_ERROR_INVALID_CONTEXT 7

/**
 * Anything else.
 */
#define FLAGKIT_ERROR_GENERAL 8

/**
 * There are no flags: every evaluation answers the fallback.
 */
#define FLAGKIT_SOURCE_DEFAULTS 0

/**
 * The flags are those that the application brought.
 */
#define FLAGKIT_SOURCE_BOOTSTRAP 1

/**
 * The flags are those that an earlier process left.
 */
#define FLAGKIT_SOURCE_CACHE 2

/**
 * The flags are those of a file.
 */
#define FLAGKIT_SOURCE_FILE 3

/**
 * The flags are those that a server has right now.
 */
#define FLAGKIT_SOURCE_LIVE 4

/**
 * A client: the flags of one source, kept fresh while they are evaluated.
 *
 * Any number of threads may use it at the same time. It is counted: `flagkit_client_ref` makes one
 * more owner, and every owner closes it once.
 */
typedef struct flagkit_client flagkit_client;

/**
 * An evaluation context: who asks, and what is known about them.
 *
 * It is built by one thread. Then, as long as nobody changes it, any number of threads may evaluate
 * flags for it. It belongs to no client. All that is set is copied.
 */
typedef struct flagkit_context flagkit_context;

/**
 * A subscription to changes. End it with `flagkit_unsubscribe`.
 */
typedef struct flagkit_subscription flagkit_subscription;

/**
 * A value that a flag serves, lent by a view until the view is closed. Any thread may read it.
 */
typedef struct flagkit_value flagkit_value;

/**
 * All flags of one moment: whatever is published later, two evaluations through one view never come
 * from different versions. What it lends lives until it is closed.
 *
 * Any number of threads may use it at the same time. It outlives its client.
 */
typedef struct flagkit_view flagkit_view;

/**
 * How a call went: `FLAGKIT_OK`, or what was wrong with it.
 *
 * A number that was ever given to something is never given to anything else.
 */
typedef uint32_t flagkit_status;

/**
 * Text that somebody else owns: UTF-8, `len` bytes, without a NUL at its end.
 *
 * As a parameter it is read during the call and never kept. As a result it lives as long as the
 * description of the function says. `ptr` may be NULL if `len` is 0; that is no text at all, and
 * where a difference matters, it is not the empty text.
 */
typedef struct flagkit_str {
    /**
     * The first byte.
     */
    const char *ptr;
    /**
     * How many bytes there are.
     */
    size_t len;
} flagkit_str;

/**
 * What a flag serves for a context, and why.
 *
 * The caller provides it and sets `size`; nothing else need be set. Texts and `value` are lent by the
 * view until it is closed.
 */
typedef struct flagkit_resolution {
    /**
     * Set by the caller: `sizeof(flagkit_resolution)`.
     */
    uint32_t size;
    /**
     * The type of the value: `FLAGKIT_TYPE_…`. `FLAGKIT_TYPE_NONE` says that the flag serves no value
     * and the caller is to use a fallback; that may be an error (`error`) or what the flag wants.
     */
    uint8_t kind;
    /**
     * Why: `FLAGKIT_REASON_…`.
     */
    uint8_t reason;
    /**
     * Why there is no value of the flag's own: `FLAGKIT_ERROR_…`.
     */
    uint8_t error;
    /**
     * Whether the flag is on; `false` where anything is wrong.
     */
    bool enabled;
    /**
     * The value if it is a boolean, otherwise `false`.
     */
    bool boolean;
    /**
     * Whether `flag_version` says anything.
     */
    bool has_flag_version;
    /**
     * The value if it is an integer, or a number without fraction in the range of integers, otherwise
     * 0.
     */
    int64_t integer;
    /**
     * The value if it is a number, otherwise 0.
     */
    double number;
    /**
     * The value if it is text, otherwise no text.
     */
    struct flagkit_str string;
    /**
     * The variant, if what is served has a name.
     */
    struct flagkit_str variant;
    /**
     * The id of the rule that decided.
     */
    struct flagkit_str rule;
    /**
     * The version of the flag, where its flag management system counts.
     */
    uint64_t flag_version;
    /**
     * The value whatever its type, for `flagkit_value_…`; NULL for `FLAGKIT_TYPE_NONE`.
     */
    const struct flagkit_value *value;
    /**
     * The key of the flag. Of a key that was asked for by name it is the caller's text.
     */
    struct flagkit_str key;
} flagkit_resolution;

/**
 * A number that stands for the key of a flag in this process; 0 stands for none.
 */
typedef uint32_t flagkit_flag_id;

/**
 * Is told one line of the log. `level` is `FLAGKIT_LOG_WARN` or `FLAGKIT_LOG_INFO`; `line` lives during
 * the call and has no line break at its end.
 *
 * It may be called by several threads at the same time, and must return soon. It may evaluate flags;
 * everything else that takes a client answers `FLAGKIT_IN_CALLBACK`.
 */
typedef void (*flagkit_log_fn)(void *user, uint32_t level, struct flagkit_str line);

/**
 * Is called once with the user data of a callback that will not be called again. Any thread of the
 * program may be the one that calls it, also one of the library.
 */
typedef void (*flagkit_drop_fn)(void *user);

/**
 * What an application says when it opens a client. Begin with `flagkit_options_init`.
 *
 * A text that is not there (`ptr` is NULL) and a number that is 0 say nothing: then a variable of the
 * environment that is named here counts, and then the default. Texts and the struct itself are read
 * during the call only.
 */
typedef struct flagkit_options {
    /**
     * `sizeof(flagkit_options)`; set by `flagkit_options_init`.
     */
    uint32_t size;
    /**
     * `FLAGKIT_MODE_…`; the variable `FLAGKIT_MODE`.
     */
    uint32_t mode;
    /**
     * `FLAGKIT_LOG_…`; the variable `FLAGKIT_LOG`.
     */
    uint32_t log_level;
    /**
     * Any of `FLAGKIT_OPTION_…`, added together.
     */
    uint32_t flags;
    /**
     * How long opening waits for the first flags if there is neither a cache nor a document:
     * 2,000 ms by default, `FLAGKIT_NO_TIME` for not at all; the variable `FLAGKIT_START_WAIT`.
     */
    uint32_t start_wait_ms;
    /**
     * How long from one poll to the next, at least 1,000 ms; the variable `FLAGKIT_POLL`.
     */
    uint32_t poll_ms;
    /**
     * A FlagKit server: `https://…`, `http://…`, or `unix:` and the path of a socket; the variable
     * `FLAGKIT_URL`.
     */
    struct flagkit_str url;
    /**
     * A server key of the environment; the variable `FLAGKIT_KEY`.
     */
    struct flagkit_str key;
    /**
     * The file that the key is in, which is read again when it changes; the variable
     * `FLAGKIT_KEY_FILE`.
     */
    struct flagkit_str key_file;
    /**
     * A flag file instead of a server, which is watched: changes arrive within a second. The variable
     * `FLAGKIT_FILE`.
     */
    struct flagkit_str file;
    /**
     * Flags to begin with: the text of a document. Alone it is enough for a client whose flags change
     * by `flagkit_client_replace` only.
     */
    struct flagkit_str document;
    /**
     * The dialect of `file` and `document` by its name, for example `native` or `unleash`; by default
     * it is recognised.
     */
    struct flagkit_str dialect;
    /**
     * The environment that flags are evaluated in; the variable `FLAGKIT_ENVIRONMENT`. A server whose
     * key belongs to another one is refused.
     */
    struct flagkit_str environment;
    /**
     * The folder in which flags outlive this process; the variable `FLAGKIT_CACHE_DIR`.
     */
    struct flagkit_str cache_dir;
    /**
     * The proxy to servers, `off` for none; the variable `FLAGKIT_PROXY`, otherwise `HTTPS_PROXY`,
     * `HTTP_PROXY` and `NO_PROXY`.
     */
    struct flagkit_str proxy;
    /**
     * A file with certificates that are trusted besides the system's, in PEM; the variable
     * `FLAGKIT_CA_FILE`.
     */
    struct flagkit_str ca_file;
    /**
     * A file with the certificate that servers are shown, in PEM; the variable
     * `FLAGKIT_CLIENT_CERT`. Together with `client_key` only.
     */
    struct flagkit_str client_cert;
    /**
     * The file with its key, in PEM; the variable `FLAGKIT_CLIENT_KEY`.
     */
    struct flagkit_str client_key;
    /**
     * What the application calls itself in reports; by default the name of its program.
     */
    struct flagkit_str application;
    /**
     * Servers are told a hash of targeting keys and this salt, not the keys themselves.
     */
    struct flagkit_str hash_salt;
    /**
     * Is told what otherwise goes to the standard error stream, line by line; may be NULL.
     */
    flagkit_log_fn log;
    /**
     * Handed to `log` and `log_drop`.
     */
    void *log_user;
    /**
     * Called once when `log` will not be called again, also if opening fails; may be NULL.
     */
    flagkit_drop_fn log_drop;
} flagkit_options;

/**
 * Why a call failed, in words. The caller provides it and sets `size`; the callee fills it.
 */
typedef struct flagkit_error {
    /**
     * Set by the caller: `sizeof(flagkit_error)`.
     */
    uint32_t size;
    /**
     * What went wrong, as the function returns it. `FLAGKIT_OK` if nothing did.
     */
    flagkit_status status;
    /**
     * What is wrong, where, and how to mend it: UTF-8 with a NUL at its end, cut if it is longer.
     * Never contains keys of servers.
     */
    char text[1024];
} flagkit_error;

/**
 * Numbers of a client for a monitoring system; see `flagkit_client_metrics`.
 */
typedef struct flagkit_metrics {
    /**
     * Set by the caller: `sizeof(flagkit_metrics)`.
     */
    uint32_t size;
    /**
     * 1 while the server is there, otherwise 0.
     */
    uint32_t connected;
    /**
     * Evaluations that were counted.
     */
    uint64_t evaluations;
    /**
     * Those of them that answered the fallback of their caller.
     */
    uint64_t defaults;
    /**
     * Those of them that failed.
     */
    uint64_t errors;
    /**
     * Evaluations that no server has been told of yet.
     */
    uint64_t evaluations_unreported;
    /**
     * Exposures that wait for being told.
     */
    uint64_t exposures_waiting;
    /**
     * Exposures that were dropped because too many waited.
     */
    uint64_t exposures_dropped;
    /**
     * Reports that a server took.
     */
    uint64_t reports_sent;
    /**
     * Attempts that failed.
     */
    uint64_t reports_failed;
    /**
     * Reports that were given up.
     */
    uint64_t reports_lost;
    /**
     * Documents that were published.
     */
    uint64_t publications;
} flagkit_metrics;

/**
 * How a client is doing; see `flagkit_client_read_status`. All texts are UTF-8 with a NUL at their
 * end, cut if they are longer, and empty if there is nothing to say.
 */
typedef struct flagkit_client_status {
    /**
     * Set by the caller: `sizeof(flagkit_client_status)`.
     */
    uint32_t size;
    /**
     * Whether flags have been loaded at all.
     */
    bool ready;
    /**
     * Whether the server is there. Flags are evaluated in any case.
     */
    bool connected;
    /**
     * Where the flags come from: `FLAGKIT_SOURCE_…`.
     */
    uint8_t source;
    /**
     * Whether `revision` says anything.
     */
    bool has_revision;
    /**
     * The revision of the document, where its flag management system counts.
     */
    uint64_t revision;
    /**
     * How many milliseconds ago the server last said that the flags are current or, before it did, how
     * long ago an earlier process kept them. `FLAGKIT_UNKNOWN_TIME` for files and texts.
     */
    uint64_t age_ms;
    /**
     * How many documents have been published.
     */
    uint64_t publications;
    /**
     * How many problems the document has; `flagkit_client_problems` tells them.
     */
    uint64_t problems;
    /**
     * Which state of an environment the flags are, where the source counts.
     */
    char version[64];
    /**
     * The environment, where the source or the application says it.
     */
    char environment[128];
    /**
     * What is wrong with the connection.
     */
    char last_error[512];
    /**
     * Why the last document was refused, if it was.
     */
    char last_problem[512];
} flagkit_client_status;

/**
 * Values of one attribute, one for each row. Read during the call, never copied.
 */
typedef struct flagkit_column {
    /**
     * The name of the attribute; not looked at for targeting keys.
     */
    struct flagkit_str name;
    /**
     * What `rows` is an array of: `FLAGKIT_TYPE_STRING` (`flagkit_str`), `FLAGKIT_TYPE_INTEGER`
     * (`int64_t`), `FLAGKIT_TYPE_DOUBLE` (`double`) or `FLAGKIT_TYPE_BOOLEAN` (`bool`).
     */
    uint32_t kind;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * The values. A text whose `ptr` is NULL is absent.
     */
    const void *rows;
    /**
     * Whether each row has a value; NULL if all have one.
     */
    const bool *present;
} flagkit_column;

/**
 * Where `flagkit_evaluate_column` puts what it finds: arrays with one place for each row, or NULL for
 * what is not wanted.
 */
typedef struct flagkit_column_output {
    /**
     * Set by the caller: `sizeof(flagkit_column_output)`.
     */
    uint32_t size;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Whether the flag is on. Every row is written.
     */
    bool *enabled;
    /**
     * Values that are booleans. All other rows are left as they are: fill the array with the fallback
     * first. So for the next three.
     */
    bool *booleans;
    /**
     * Values that are integers, or numbers without fraction.
     */
    int64_t *integers;
    /**
     * Values that are numbers.
     */
    double *numbers;
    /**
     * Values that are texts, lent by the view until it is closed.
     */
    struct flagkit_str *strings;
    /**
     * The places of the variants in what `flagkit_view_variants` says, or `FLAGKIT_NO_VARIANT`. Every
     * row is written.
     */
    uint32_t *variants;
    /**
     * `FLAGKIT_ERROR_…`. Every row is written.
     */
    uint8_t *errors;
} flagkit_column_output;

/**
 * What changed when a new document was published. Made by the library; it and its texts live during
 * the call.
 */
typedef struct flagkit_change {
    /**
     * How large the struct of the library is: fields at its end are there if this says so.
     */
    uint32_t size;
    /**
     * 1 if `revision` says anything, otherwise 0.
     */
    uint32_t has_revision;
    /**
     * The revision of the new document, where its flag management system counts.
     */
    uint64_t revision;
    /**
     * The keys of flags that are new, different or gone, sorted.
     */
    const struct flagkit_str *keys;
    /**
     * How many there are; at least one.
     */
    size_t count;
} flagkit_change;

/**
 * Is called after a change, on the thread that published it: a thread of the library, or the one that
 * called `flagkit_client_replace`. See the rules for callbacks.
 */
typedef void (*flagkit_change_fn)(void *user, const struct flagkit_change *change);

/**
 * No flag.
 */
#define FLAGKIT_NO_FLAG 0

/**
 * Everything is fine.
 */
#define FLAGKIT_OK 0

/**
 * A pointer is NULL that must not be.
 */
#define FLAGKIT_NULL_PARAMETER 1

/**
 * A text is not UTF-8.
 */
#define FLAGKIT_INVALID_UTF8 2

/**
 * The field `size` of a struct says what cannot be: `struct.size = sizeof struct` is missing.
 */
#define FLAGKIT_INVALID_SIZE 3

/**
 * A number or a name is none of those that there are.
 */
#define FLAGKIT_INVALID_PARAMETER 4

/**
 * There is more of something than there may be; the description of the function says how much.
 */
#define FLAGKIT_LIMIT_EXCEEDED 5

/**
 * No flag has been given this id.
 */
#define FLAGKIT_UNKNOWN_FLAG_ID 6

/**
 * The call is not allowed from inside a callback of the library, where it would wait for itself.
 */
#define FLAGKIT_IN_CALLBACK 7

/**
 * The library has a bug: a panic was caught. Please report it.
 */
#define FLAGKIT_PANIC 8

/**
 * A text is no JSON, or no evaluation context to the flag management system of the flags.
 */
#define FLAGKIT_INVALID_JSON 9

/**
 * Options contradict each other, or say too little.
 */
#define FLAGKIT_INVALID_OPTIONS 10

/**
 * A file could not be read.
 */
#define FLAGKIT_IO 11

/**
 * A text is no flag document at all.
 */
#define FLAGKIT_INVALID_DOCUMENT 12

/**
 * A document was refused: flags in it are malformed, or what is held is newer.
 */
#define FLAGKIT_REFUSED 13

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * What `count` flags serve for this context, in the order of the keys: as `flagkit_resolve` says it for
 * each, and faster, because what several flags ask of the context is asked once.
 *
 * `resolutions` has place for as many structs, each of `resolution_size` bytes: pass
 * `sizeof(flagkit_resolution)`. Their `size` need not be set. Unless the answer is `FLAGKIT_OK`, nothing
 * is written.
 */
flagkit_status flagkit_resolve_many(const struct flagkit_view *view,
                                    const struct flagkit_str *keys,
                                    size_t count,
                                    const struct flagkit_context *context,
                                    struct flagkit_resolution *resolutions,
                                    size_t resolution_size);

/**
 * `flagkit_resolve_many` by the ids of the flags.
 */
flagkit_status flagkit_resolve_many_by_id(const struct flagkit_view *view,
                                          const flagkit_flag_id *ids,
                                          size_t count,
                                          const struct flagkit_context *context,
                                          struct flagkit_resolution *resolutions,
                                          size_t resolution_size);

/**
 * What every flag serves for this context, in no particular order: the first `capacity` of them. How
 * many flags there are; 0 also where something is wrong, which `flagkit_last_status` tells.
 *
 * `resolutions` is an array as for `flagkit_resolve_many`, and may be NULL if `capacity` is 0. The
 * `key` of each says which flag it is about.
 */
size_t flagkit_evaluate_all(const struct flagkit_view *view,
                            const struct flagkit_context *context,
                            struct flagkit_resolution *resolutions,
                            size_t resolution_size,
                            size_t capacity);

/**
 * How many panics were caught on their way out of the library since the process began.
 *
 * It is 0 unless FlagKit has a bug. Please report it; the standard error stream has the place.
 */
uint64_t flagkit_caught_panics(void);

/**
 * Opens a client as the options and the environment say; NULL for what the environment alone says.
 *
 * With a cache or a document it returns at once, otherwise it waits a little (`start_wait_ms`) for the
 * first flags. A server that does not answer is no error: evaluations answer the fallback until it
 * does. Returns NULL for options that cannot work, for a file that cannot be read and for a document
 * that is none; `error`, which may be NULL, tells why. A variable of the environment that begins with
 * `FLAGKIT_` and that nobody knows is such an error. Close it with `flagkit_client_close`.
 */
struct flagkit_client *flagkit_client_open(const struct flagkit_options *options,
                                           struct flagkit_error *error);

/**
 * A client with the flags of this document, JSON or YAML; nothing else is read, neither files nor the
 * environment, and no thread is started.
 *
 * `dialect` is a name such as `native` or `unleash`; with no text, the dialect is recognised. Returns
 * NULL if the text is no flag document; `error`, which may be NULL, tells why. A malformed flag in it
 * is no error: it answers for itself, see `flagkit_client_problems`. Close the client with
 * `flagkit_client_close`.
 */
struct flagkit_client *flagkit_client_from_bytes(struct flagkit_str document,
                                                 struct flagkit_str dialect,
                                                 struct flagkit_error *error);

/**
 * One more owner of a client; returns the same pointer. NULL gives NULL.
 */
struct flagkit_client *flagkit_client_ref(const struct flagkit_client *client);

/**
 * One owner less. NULL is fine.
 *
 * The last owner tells the server what was counted and waits for that at most `flush_ms`
 * milliseconds, then ends the threads of the client, which takes at most two seconds more. Views and
 * flag ids stay good. From inside a callback it does nothing and returns `FLAGKIT_IN_CALLBACK`.
 */
flagkit_status flagkit_client_close(struct flagkit_client *client,
                                    uint32_t flush_ms);

/**
 * Waits for the first flags, at most `ms` milliseconds; whether they are there.
 */
bool flagkit_client_wait(const struct flagkit_client *client, uint32_t ms);

/**
 * Asks the server at once, whatever was planned.
 */
flagkit_status flagkit_client_refresh(const struct flagkit_client *client);

/**
 * Publishes the flags of another document, JSON or YAML, in the dialect of the first.
 *
 * Evaluations that begin after this see the new flags; those that run finish with the old. If the
 * text is no flag document or a flag in it is malformed, the flags stay as they are: what works is
 * never replaced by something broken. `error`, which may be NULL, tells why. In a client that follows
 * a file or a server, they hold until that has other flags. Change callbacks run before it returns;
 * from inside one it is refused with `FLAGKIT_IN_CALLBACK`.
 */
flagkit_status flagkit_client_replace(const struct flagkit_client *client,
                                      struct flagkit_str document,
                                      struct flagkit_error *error);

/**
 * Tells the server what was counted, and waits for that at most `ms` milliseconds; how many
 * evaluations and exposures are left: all of them if there is no server, 0 if nothing is counted.
 */
uint64_t flagkit_client_flush(const struct flagkit_client *client, uint32_t ms);

/**
 * From now on a flag serves this value to everyone, whatever its rules say: for tests.
 *
 * `json` is a value written as JSON: `true`, `"red"`, `3`. With no text (`ptr` is NULL) the flag serves
 * what its rules say again. Views that are open already stay as they are.
 */
flagkit_status flagkit_client_override(const struct flagkit_client *client,
                                       struct flagkit_str key,
                                       struct flagkit_str json);

/**
 * What is wrong with the flags that the client has, one line for each problem: into a buffer as
 * `snprintf` does. The length of the whole text; 0 if nothing is wrong.
 */
size_t flagkit_client_problems(const struct flagkit_client *client, char *buffer, size_t capacity);

/**
 * Fills in the numbers of a client. Clients of a FlagKit server count evaluations by themselves,
 * others after `flagkit_client_count_usage`.
 */
flagkit_status flagkit_client_metrics(const struct flagkit_client *client,
                                      struct flagkit_metrics *metrics);

/**
 * Counts evaluations from now on, for `flagkit_client_metrics`.
 */
flagkit_status flagkit_client_count_usage(const struct flagkit_client *client);

/**
 * Fills in how a client is doing.
 */
flagkit_status flagkit_client_read_status(const struct flagkit_client *client,
                                          struct flagkit_client_status *status);

/**
 * What a flag serves for `rows` contexts, which stand in columns: `keys` has their targeting keys (NULL
 * if they have none), `attributes` points to `attribute_count` columns.
 *
 * The answers are those of single calls, at a fraction of their time. It allocates a few bytes for each
 * row and frees them before it returns. A text that is not UTF-8 counts as absent, and then the
 * answer is `FLAGKIT_INVALID_UTF8` after everything has been written. For any other answer than that
 * and `FLAGKIT_OK`, nothing is written.
 */
flagkit_status flagkit_evaluate_column(const struct flagkit_view *view,
                                       struct flagkit_str key,
                                       size_t rows,
                                       const struct flagkit_column *keys,
                                       const struct flagkit_column *attributes,
                                       size_t attribute_count,
                                       const struct flagkit_column_output *output);

/**
 * `flagkit_evaluate_column` by the id of the flag.
 */
flagkit_status flagkit_evaluate_column_by_id(const struct flagkit_view *view,
                                             flagkit_flag_id id,
                                             size_t rows,
                                             const struct flagkit_column *keys,
                                             const struct flagkit_column *attributes,
                                             size_t attribute_count,
                                             const struct flagkit_column_output *output);

/**
 * The names of all variants of a flag, the first `capacity` of them; how many there are. One without
 * name has no text. `names` may be NULL if `capacity` is 0. The texts are lent until the view is closed.
 */
size_t flagkit_view_variants(const struct flagkit_view *view,
                             struct flagkit_str key,
                             struct flagkit_str *names,
                             size_t capacity);

/**
 * A context for this targeting key, usually the id of a user, a device or an account.
 *
 * With no text (`ptr` is NULL) it has no targeting key: percentages treat all such contexts as one.
 * Returns NULL if the key is not UTF-8 or longer than 16 MiB, and `flagkit_last_status` tells why.
 * Give it back with `flagkit_context_free`.
 */
struct flagkit_context *flagkit_context_new(struct flagkit_str key);

/**
 * A context from JSON, in the words of whoever the client's flags come from.
 *
 * Flags of a vendor expect contexts as the vendor's own SDK takes them: with kinds, traits or subject
 * attributes. Native flags take an object of attributes, with `targetingKey` among them. Attributes
 * can be set afterwards like those of any other context. Returns NULL if the text is no such
 * context; `error`, which may be NULL, tells why. Give it back with `flagkit_context_free`.
 */
struct flagkit_context *flagkit_context_from_json(const struct flagkit_client *client,
                                                  struct flagkit_str json,
                                                  struct flagkit_error *error);

/**
 * Frees a context. NULL is fine. No thread may use it any more.
 */
void flagkit_context_free(struct flagkit_context *context);

/**
 * Empties a context and gives it another targeting key, as if it was new.
 *
 * Its memory is kept: a context that is filled again and again allocates nothing once it has been
 * as large as it gets, except for values that are set as JSON.
 */
flagkit_status flagkit_context_reset(struct flagkit_context *context, struct flagkit_str key);

/**
 * Sets an attribute to a text. A name that is there already gets the new value.
 *
 * All `flagkit_context_set_…` functions return `FLAGKIT_OK`, or what is wrong, and then the attribute
 * is as it was. A context has at most 4,096 attributes with at most 16 MiB of text altogether, and a
 * list at most 65,536 texts of at most 16 MiB.
 */
flagkit_status flagkit_context_set_string(struct flagkit_context *context,
                                          struct flagkit_str name,
                                          struct flagkit_str value);

/**
 * Sets an attribute to a whole number.
 */
flagkit_status flagkit_context_set_integer(struct flagkit_context *context,
                                           struct flagkit_str name,
                                           int64_t value);

/**
 * Sets an attribute to a number.
 */
flagkit_status flagkit_context_set_double(struct flagkit_context *context,
                                          struct flagkit_str name,
                                          double value);

/**
 * Sets an attribute to `true` or `false`.
 */
flagkit_status flagkit_context_set_boolean(struct flagkit_context *context,
                                           struct flagkit_str name,
                                           bool value);

/**
 * Sets an attribute to a list of `count` texts. `values` may be NULL if `count` is 0.
 */
flagkit_status flagkit_context_set_strings(struct flagkit_context *context,
                                           struct flagkit_str name,
                                           const struct flagkit_str *values,
                                           size_t count);

/**
 * Sets an attribute to any value, written as JSON: an object, a list, a number beyond 2^63.
 *
 * `null` takes the attribute away. What is no JSON is `FLAGKIT_INVALID_JSON`.
 */
flagkit_status flagkit_context_set_json(struct flagkit_context *context,
                                        struct flagkit_str name,
                                        struct flagkit_str json);

/**
 * Whether a flag is on for this context; `false` where anything is wrong.
 */
bool flagkit_is_enabled(const struct flagkit_client *client,
                        struct flagkit_str key,
                        const struct flagkit_context *context);

/**
 * `flagkit_is_enabled` by the id of the flag.
 */
bool flagkit_is_enabled_by_id(const struct flagkit_client *client,
                              flagkit_flag_id id,
                              const struct flagkit_context *context);

/**
 * The value of a boolean flag for this context; the fallback where the flag serves none, is of another
 * type, or does not exist, and where anything else is wrong.
 */
bool flagkit_boolean(const struct flagkit_client *client,
                     struct flagkit_str key,
                     const struct flagkit_context *context,
                     bool fallback);

/**
 * `flagkit_boolean` by the id of the flag.
 */
bool flagkit_boolean_by_id(const struct flagkit_client *client,
                           flagkit_flag_id id,
                           const struct flagkit_context *context,
                           bool fallback);

/**
 * The value of an integer flag for this context; a number without fraction counts. Otherwise the
 * fallback, as for `flagkit_boolean`.
 */
int64_t flagkit_integer(const struct flagkit_client *client,
                        struct flagkit_str key,
                        const struct flagkit_context *context,
                        int64_t fallback);

/**
 * `flagkit_integer` by the id of the flag.
 */
int64_t flagkit_integer_by_id(const struct flagkit_client *client,
                              flagkit_flag_id id,
                              const struct flagkit_context *context,
                              int64_t fallback);

/**
 * The value of a number flag for this context, whole or not. Otherwise the fallback, as for
 * `flagkit_boolean`.
 */
double flagkit_double(const struct flagkit_client *client,
                      struct flagkit_str key,
                      const struct flagkit_context *context,
                      double fallback);

/**
 * `flagkit_double` by the id of the flag.
 */
double flagkit_double_by_id(const struct flagkit_client *client,
                            flagkit_flag_id id,
                            const struct flagkit_context *context,
                            double fallback);

/**
 * The value of a text flag for this context: into a buffer as `snprintf` does. The length of the whole
 * text without the NUL that ends it; if that is not less than `capacity`, the text was cut, between
 * two characters. Otherwise the fallback is copied, as for `flagkit_boolean`.
 *
 * `buffer` may be NULL if `capacity` is 0. The text may be another one at the next call: to ask for the
 * length first, use a view, which lends texts without copying them (`flagkit_view_string`).
 */
size_t flagkit_string(const struct flagkit_client *client,
                      struct flagkit_str key,
                      const struct flagkit_context *context,
                      struct flagkit_str fallback,
                      char *buffer,
                      size_t capacity);

/**
 * `flagkit_string` by the id of the flag.
 */
size_t flagkit_string_by_id(const struct flagkit_client *client,
                            flagkit_flag_id id,
                            const struct flagkit_context *context,
                            struct flagkit_str fallback,
                            char *buffer,
                            size_t capacity);

/**
 * The value of a flag of any type for this context, as compact JSON: into a buffer as `snprintf` does,
 * see `flagkit_string`. The fallback is copied as it is, whatever it says.
 */
size_t flagkit_json(const struct flagkit_client *client,
                    struct flagkit_str key,
                    const struct flagkit_context *context,
                    struct flagkit_str fallback,
                    char *buffer,
                    size_t capacity);

/**
 * The id of the flag with this key, for evaluations that need not look for the key again.
 *
 * Ids belong to the process and not to a client. The same key has the same id for as long as the
 * process lives, whether or not there is such a flag, and no id is ever freed: get ids for the keys in
 * your program, not for keys that strangers send. At most 1,048,576 keys of at most 4,096 bytes get
 * one; then, and for a key that is NULL or not UTF-8, the answer is `FLAGKIT_NO_FLAG` and
 * `flagkit_last_status` tells why.
 *
 * Any thread may call it. A known key is found without a lock and without allocating.
 */
flagkit_flag_id flagkit_flag(struct flagkit_str key);

/**
 * The key that an id stands for. Lives as long as the process; no text for an unknown id.
 */
struct flagkit_str flagkit_flag_key(flagkit_flag_id id);

/**
 * Calls `callback` after every change that concerns the flag with this key; with no text (`ptr` is
 * NULL), after every change.
 *
 * Calls of one client never overlap. A change that was published while this function ran may or may
 * not be told. The subscription goes on until `flagkit_unsubscribe`, and if the client is closed
 * first, it is just not called any more. Returns NULL if `client` or `callback` is NULL or the key is
 * not UTF-8; then `drop_user` is not called. `drop_user` may be NULL.
 */
struct flagkit_subscription *flagkit_subscribe(const struct flagkit_client *client,
                                               struct flagkit_str key,
                                               flagkit_change_fn callback,
                                               void *user,
                                               flagkit_drop_fn drop_user);

/**
 * Ends a subscription and gives it back. NULL is fine.
 *
 * After it returns, the callback does not run again and its user data has been dropped: it waits for a
 * call that is running on another thread, so do not hold a lock that the callback takes. From inside
 * that callback it returns at once; the user data is dropped when the running call ends.
 */
flagkit_status flagkit_unsubscribe(struct flagkit_subscription *subscription);

/**
 * Makes options that say nothing. `size` is `sizeof(flagkit_options)`.
 */
flagkit_status flagkit_options_init(struct flagkit_options *options, size_t size);

/**
 * The status of the last call of this thread that was used wrongly.
 *
 * Like `errno` it is set by calls that fail and left alone by those that succeed: set it back with
 * `flagkit_clear_last_status` before the calls that it is asked about. It tells of NULL and of text
 * that is not UTF-8, for example, where evaluations answer the fallback. That a flag does not exist
 * is no wrong use; `flagkit_resolve` tells of it.
 */
flagkit_status flagkit_last_status(void);

/**
 * Sets the last status of this thread back to `FLAGKIT_OK`.
 */
void flagkit_clear_last_status(void);

/**
 * What a status means, in English. Lives for ever; never empty, whatever the number.
 */
struct flagkit_str flagkit_status_text(flagkit_status status);

/**
 * The view of a text that ends with a NUL; NULL gives no text.
 *
 * For literals, `FLAGKIT_STR("…")` knows the length without looking for it. The view lives as long
 * as the text.
 */
struct flagkit_str flagkit_str_from(const char *text);

/**
 * The type of a value: `FLAGKIT_TYPE_…`; `FLAGKIT_TYPE_NONE` for NULL.
 */
uint8_t flagkit_value_type(const struct flagkit_value *value);

/**
 * The boolean; the fallback for values of another type and for NULL.
 */
bool flagkit_value_boolean(const struct flagkit_value *value, bool fallback);

/**
 * The integer; the fallback for numbers with a fraction, for values of another type and for NULL.
 */
int64_t flagkit_value_integer(const struct flagkit_value *value, int64_t fallback);

/**
 * The number; the fallback for values of another type and for NULL.
 */
double flagkit_value_double(const struct flagkit_value *value, double fallback);

/**
 * The text, which lives as long as the value; no text for values of another type and for NULL.
 */
struct flagkit_str flagkit_value_string(const struct flagkit_value *value);

/**
 * How many values are in a list or an object; 0 for anything else.
 */
size_t flagkit_value_count(const struct flagkit_value *value);

/**
 * The value at this place of a list or an object, counted from 0; NULL behind the end.
 */
const struct flagkit_value *flagkit_value_at(const struct flagkit_value *value, size_t place);

/**
 * The name at this place of an object, counted from 0; no text behind the end and for lists. It lives
 * as long as the value.
 */
struct flagkit_str flagkit_value_name(const struct flagkit_value *value,
                                      size_t place);

/**
 * The value under this name of an object; NULL if there is none.
 */
const struct flagkit_value *flagkit_value_get(const struct flagkit_value *value,
                                              struct flagkit_str name);

/**
 * A value as compact JSON: into a buffer as `snprintf` does, see `flagkit_string`. For NULL it is the
 * empty text.
 */
size_t flagkit_value_json(const struct flagkit_value *value,
                          char *buffer,
                          size_t capacity);

/**
 * The version of the interface that the library has. A program works with every library that says
 * at least the `FLAGKIT_ABI_VERSION` that the program was compiled with.
 */
uint32_t flagkit_abi_version(void);

/**
 * The version of the library, for people: `0.1.0`. Lives for ever.
 */
struct flagkit_str flagkit_version(void);

/**
 * A view of the flags of this moment. NULL for NULL. Close it with `flagkit_view_close`.
 */
struct flagkit_view *flagkit_view_open(const struct flagkit_client *client);

/**
 * Closes a view. NULL is fine. No thread may use it any more, nor anything that it has lent.
 */
void flagkit_view_close(struct flagkit_view *view);

/**
 * What a flag serves for this context, and why.
 *
 * `FLAGKIT_OK` says that the question could be asked; what is wrong with the flag, also that it does
 * not exist, stands in `resolution->error`. Otherwise nothing is written.
 */
flagkit_status flagkit_resolve(const struct flagkit_view *view,
                               struct flagkit_str key,
                               const struct flagkit_context *context,
                               struct flagkit_resolution *resolution);

/**
 * `flagkit_resolve` by the id of the flag.
 */
flagkit_status flagkit_resolve_by_id(const struct flagkit_view *view,
                                     flagkit_flag_id id,
                                     const struct flagkit_context *context,
                                     struct flagkit_resolution *resolution);

/**
 * What a flag carries for whoever evaluates it, as a JSON object: into a buffer as `snprintf` does, see
 * `flagkit_string`. The empty text if it carries nothing.
 */
size_t flagkit_view_metadata(const struct flagkit_view *view,
                             struct flagkit_str key,
                             const struct flagkit_context *context,
                             char *buffer,
                             size_t capacity);

/**
 * Every step of an evaluation, for people: into a buffer as `snprintf` does, see `flagkit_string`.
 *
 * The evaluation is not counted.
 */
size_t flagkit_view_explain(const struct flagkit_view *view,
                            struct flagkit_str key,
                            const struct flagkit_context *context,
                            char *buffer,
                            size_t capacity);

/**
 * The revision of the document; `false` if its flag management system does not count, and then
 * `revision` is left alone.
 */
bool flagkit_view_revision(const struct flagkit_view *view, uint64_t *revision);

/**
 * The keys of all flags, in no particular order: the first `capacity` of them. How many there are.
 *
 * `keys` may be NULL if `capacity` is 0. The texts are lent until the view is closed.
 */
size_t flagkit_view_keys(const struct flagkit_view *view,
                         struct flagkit_str *keys,
                         size_t capacity);

/**
 * Whether a flag is on for this context; `false` where anything is wrong. See `flagkit_is_enabled`.
 */
bool flagkit_view_is_enabled(const struct flagkit_view *view,
                             struct flagkit_str key,
                             const struct flagkit_context *context);

/**
 * `flagkit_view_is_enabled` by the id of the flag.
 */
bool flagkit_view_is_enabled_by_id(const struct flagkit_view *view,
                                   flagkit_flag_id id,
                                   const struct flagkit_context *context);

/**
 * The value of a boolean flag, or the fallback. See `flagkit_boolean`.
 */
bool flagkit_view_boolean(const struct flagkit_view *view,
                          struct flagkit_str key,
                          const struct flagkit_context *context,
                          bool fallback);

/**
 * `flagkit_view_boolean` by the id of the flag.
 */
bool flagkit_view_boolean_by_id(const struct flagkit_view *view,
                                flagkit_flag_id id,
                                const struct flagkit_context *context,
                                bool fallback);

/**
 * The value of an integer flag, or the fallback. See `flagkit_integer`.
 */
int64_t flagkit_view_integer(const struct flagkit_view *view,
                             struct flagkit_str key,
                             const struct flagkit_context *context,
                             int64_t fallback);

/**
 * `flagkit_view_integer` by the id of the flag.
 */
int64_t flagkit_view_integer_by_id(const struct flagkit_view *view,
                                   flagkit_flag_id id,
                                   const struct flagkit_context *context,
                                   int64_t fallback);

/**
 * The value of a number flag, or the fallback. See `flagkit_double`.
 */
double flagkit_view_double(const struct flagkit_view *view,
                           struct flagkit_str key,
                           const struct flagkit_context *context,
                           double fallback);

/**
 * `flagkit_view_double` by the id of the flag.
 */
double flagkit_view_double_by_id(const struct flagkit_view *view,
                                 flagkit_flag_id id,
                                 const struct flagkit_context *context,
                                 double fallback);

/**
 * The value of a text flag, or the fallback: lent by the view until it is closed, or the caller's own
 * text. See `flagkit_string`.
 */
struct flagkit_str flagkit_view_string(const struct flagkit_view *view,
                                       struct flagkit_str key,
                                       const struct flagkit_context *context,
                                       struct flagkit_str fallback);

/**
 * `flagkit_view_string` by the id of the flag.
 */
struct flagkit_str flagkit_view_string_by_id(const struct flagkit_view *view,
                                             flagkit_flag_id id,
                                             const struct flagkit_context *context,
                                             struct flagkit_str fallback);

/**
 * The name of a reason as OpenFeature has it: `TARGETING_MATCH`. Lives for ever; `UNKNOWN` for a
 * number that is none.
 */
struct flagkit_str flagkit_reason_name(uint8_t reason);

/**
 * The name of an error as OpenFeature has it: `FLAG_NOT_FOUND`. Lives for ever; no text for
 * `FLAGKIT_ERROR_NONE`, `GENERAL` for a number that is none.
 */
struct flagkit_str flagkit_error_name(uint8_t error);

/**
 * The name of a source of flags: `live`. Lives for ever; no text for a number that is none.
 */
struct flagkit_str flagkit_source_name(uint8_t source);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* FLAGKIT_H */
