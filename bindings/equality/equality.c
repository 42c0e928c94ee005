/*
 * What FlagKit answers in C to a file of questions: equality CASES ANSWERS.
 *
 * The form of both files is told in src/cases.rs and src/answers.rs beside this file; values are
 * written as JSON.
 */
#include <flagkit.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is left of the questions. */
typedef struct {
    const unsigned char *at;
    const unsigned char *end;
} reader;

static void fail(const char *problem)
{
    fprintf(stderr, "equality: %s\n", problem);
    exit(1);
}

static void *allocated(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL) {
        fail("there is no memory");
    }
    return memory;
}

static const unsigned char *take(reader *cases, size_t count)
{
    const unsigned char *taken = cases->at;
    if ((size_t)(cases->end - cases->at) < count) {
        fail("the file of cases ends too early");
    }
    cases->at += count;
    return taken;
}

static uint64_t number(reader *cases, int bytes)
{
    const unsigned char *taken = take(cases, (size_t)bytes);
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
        value = value << 8 | taken[i];
    }
    return value;
}

static flagkit_str text(reader *cases)
{
    flagkit_str value;
    value.len = (size_t)number(cases, 4);
    value.ptr = (const char *)take(cases, value.len);
    return value;
}

static flagkit_str *texts(reader *cases, size_t *count)
{
    *count = (size_t)number(cases, 4);
    flagkit_str *values = allocated(*count, sizeof *values);
    for (size_t i = 0; i < *count; i++) {
        values[i] = text(cases);
    }
    return values;
}

static double as_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t as_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void attribute(reader *cases, flagkit_context *context)
{
    flagkit_str name = text(cases);
    flagkit_status status = FLAGKIT_OK;
    flagkit_str *values;
    size_t count;
    switch (*take(cases, 1)) {
    case 's':
        status = flagkit_context_set_string(context, name, text(cases));
        break;
    case 'i':
        status = flagkit_context_set_integer(context, name, (int64_t)number(cases, 8));
        break;
    case 'd':
        status = flagkit_context_set_double(context, name, as_double(number(cases, 8)));
        break;
    case 'b':
        status = flagkit_context_set_boolean(context, name, *take(cases, 1) != 0);
        break;
    case 'l':
        values = texts(cases, &count);
        status = flagkit_context_set_strings(context, name, values, count);
        free(values);
        break;
    case 'j':
        status = flagkit_context_set_json(context, name, text(cases));
        break;
    default:
        fail("there is no such kind of attribute");
    }
    if (status != FLAGKIT_OK) {
        flagkit_str problem = flagkit_status_text(status);
        fprintf(stderr, "equality: %.*s\n", (int)problem.len, problem.ptr);
        exit(1);
    }
}

static void write_text(flagkit_str value, FILE *answers)
{
    if (value.ptr == NULL) {
        fputc('-', answers);
    } else {
        fwrite(value.ptr, 1, value.len, answers);
    }
}

static void write_json(const flagkit_value *value, FILE *answers)
{
    char few[256];
    size_t length = flagkit_value_json(value, few, sizeof few);
    if (length < sizeof few) {
        fwrite(few, 1, length, answers);
        return;
    }
    char *many = allocated(length + 1, 1);
    flagkit_value_json(value, many, length + 1);
    fwrite(many, 1, length, answers);
    free(many);
}

static void write_found(const flagkit_resolution *found, FILE *answers)
{
    fprintf(answers, "%s\t", found->enabled ? "on" : "off");
    write_text(flagkit_reason_name(found->reason), answers);
    fputc('\t', answers);
    write_text(flagkit_error_name(found->error), answers);
    fputc('\t', answers);
    write_text(found->variant, answers);
    fputc('\t', answers);
    write_text(found->rule, answers);
    fputc('\t', answers);
    if (found->kind == FLAGKIT_TYPE_NONE) {
        fputs("none", answers);
    } else {
        write_json(found->value, answers);
    }
    fputc('\n', answers);
}

static void answer(const flagkit_client *client, const flagkit_view *view, flagkit_str key,
                   const flagkit_context *context, FILE *answers)
{
    flagkit_flag_id id = flagkit_flag(key);
    bool enabled = flagkit_is_enabled_by_id(client, id, context);
    bool boolean = flagkit_boolean(client, key, context, false);
    int64_t integer = flagkit_integer_by_id(client, id, context, -1);
    uint64_t bits = as_bits(flagkit_double(client, key, context, -1.5));
    fprintf(answers, "%s\t%s\t%" PRId64 "\t%016" PRIx64 "\t", enabled ? "on" : "off",
            boolean ? "true" : "false", integer, bits);
    write_text(flagkit_view_string_by_id(view, id, context, FLAGKIT_STR("-")), answers);
    fputc('\t', answers);
    flagkit_resolution found;
    found.size = sizeof found;
    if (flagkit_resolve(view, key, context, &found) != FLAGKIT_OK) {
        fail("a flag could not be asked");
    }
    write_found(&found, answers);
}

static void answer_case(reader *cases, flagkit_context *context, FILE *answers)
{
    flagkit_error error;
    error.size = sizeof error;
    flagkit_client *client = flagkit_client_from_bytes(text(cases), (flagkit_str){NULL, 0}, &error);
    if (client == NULL) {
        fail(error.text);
    }
    flagkit_view *view = flagkit_view_open(client);
    size_t count;
    flagkit_str *keys = texts(cases, &count);
    for (uint64_t users = number(cases, 4); users > 0; users--) {
        flagkit_context_reset(context, (flagkit_str){NULL, 0});
        for (uint64_t attributes = number(cases, 4); attributes > 0; attributes--) {
            attribute(cases, context);
        }
        for (size_t i = 0; i < count; i++) {
            answer(client, view, keys[i], context, answers);
        }
    }
    free(keys);
    flagkit_view_close(view);
    flagkit_client_close(client, 0);
}

static unsigned char *whole_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fail("the file of cases cannot be read");
    }
    *length = (size_t)ftell(file);
    rewind(file);
    unsigned char *bytes = allocated(*length, 1);
    if (fread(bytes, 1, *length, file) != *length) {
        fail("the file of cases cannot be read");
    }
    fclose(file);
    return bytes;
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fail("say `equality CASES ANSWERS`");
    }
    size_t length;
    unsigned char *bytes = whole_file(arguments[1], &length);
    FILE *answers = fopen(arguments[2], "wb");
    if (answers == NULL) {
        fail("the file of answers cannot be written");
    }
    reader cases = {bytes, bytes + length};
    flagkit_context *context = flagkit_context_new((flagkit_str){NULL, 0});
    while (cases.at < cases.end) {
        answer_case(&cases, context, answers);
    }
    flagkit_context_free(context);
    free(bytes);
    return fclose(answers) == 0 && flagkit_caught_panics() == 0 ? 0 : 1;
}
