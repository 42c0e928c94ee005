/* What all test programs share: a check that says where it failed, and flags of every type. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <flagkit.h>

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

/* Whether a borrowed text is this one. */
static inline int is_text(flagkit_str text, const char *expected)
{
    return text.ptr != NULL && text.len == strlen(expected) &&
           memcmp(text.ptr, expected, text.len) == 0;
}

/* A client with the flags of this document. */
static inline flagkit_client *client_of(const char *document)
{
    flagkit_error error;
    flagkit_client *client;
    error.size = sizeof error;
    client = flagkit_client_from_bytes(flagkit_str_from(document), FLAGKIT_STR("native"), &error);
    if (client == NULL) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    return client;
}

#define FLAG(key, variants)                                                                  \
    "\"" key "\": {\"enabled\": true, \"rollout_percentage\": 100, \"variants\": " variants "}"

/* 22 bytes are 20 characters. */
#define COLOR "gr\xc3\xb6\xc3\x9f"                                                           \
              "er than any blue"

#define FLAGS                                                                                \
    "{\"schema\": \"flagkit/1\", \"revision\": 7, \"flags\": {"                              \
    "\"beta\": {\"enabled\": true, \"rollout_percentage\": 100},"                            \
    "\"off\": {\"enabled\": false},"                                                         \
    "\"half\": {\"enabled\": true, \"rollout_percentage\": 50},"                             \
    "\"pros\": {\"enabled\": true, \"targeting_rules\": [{\"id\": \"pro\", \"conditions\": [" \
    "{\"attribute\": \"plan\", \"operator\": \"equals\", \"value\": \"pro\"},"               \
    "{\"attribute\": \"teams\", \"operator\": \"contains\", \"value\": \"red\"}]}]},"        \
    FLAG("limit", "{\"high\": {\"weight\": 1, \"value\": 100}}") ","                         \
    FLAG("ratio", "{\"all\": {\"weight\": 1, \"value\": 0.25}}") ","                         \
    FLAG("color", "{\"long\": {\"weight\": 1, \"value\": \"" COLOR "\"}}") ","               \
    FLAG("layout", "{\"wide\": {\"weight\": 1, \"value\": {\"columns\": 3,"                  \
                   "\"names\": [\"a\", \"b\"], \"on\": true}}}")                             \
    "}}"

#endif
