// What FlagKit answers in C++ to a file of questions: equality CASES ANSWERS.
//
// The form of both files is told in src/cases.rs and src/answers.rs beside this file; values are
// written as JSON.
#include <flagkit.hpp>

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

// What is left of the questions.
class Reader {
public:
    explicit Reader(std::string_view cases) : cases_(cases) {}

    bool is_at_end() const { return cases_.empty(); }

    std::string_view take(std::size_t count)
    {
        if (cases_.size() < count) throw std::runtime_error("the file of cases ends too early");
        const std::string_view taken = cases_.substr(0, count);
        cases_.remove_prefix(count);
        return taken;
    }

    template <typename T> T number()
    {
        T value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }

    std::string_view text() { return take(number<std::uint32_t>()); }

    std::vector<std::string_view> texts()
    {
        std::vector<std::string_view> texts(number<std::uint32_t>());
        for (std::string_view &value : texts) value = text();
        return texts;
    }

    void attribute(flagkit::Context &context)
    {
        const std::string_view name = text();
        switch (take(1).front()) {
        case 's': context.set(name, text()); break;
        case 'i': context.set(name, number<std::int64_t>()); break;
        case 'd': context.set(name, number<double>()); break;
        case 'b': context.set(name, take(1).front() != 0); break;
        case 'l': context.set(name, texts()); break;
        case 'j': context.set_json(name, text()); break;
        default: throw std::runtime_error("there is no such kind of attribute");
        }
    }

private:
    std::string_view cases_;
};

// A flag, by its name and by what the program declares.
struct Asked {
    explicit Asked(std::string_view name) : key(name), boolean(name, false), number(name, -1.5) {}

    std::string_view key;
    flagkit::Flag<bool> boolean;
    flagkit::Flag<double> number;
};

const char *on(bool is_enabled)
{
    return is_enabled ? "on" : "off";
}

std::string_view or_dash(flagkit_str text)
{
    return text.ptr == nullptr ? std::string_view("-") : flagkit::view_of(text);
}

void answer(const flagkit::Client &client, const flagkit::View &view, const Asked &flag,
            const flagkit::Context &user, std::ostream &answers)
{
    const double number = flag.number(client, user);
    std::uint64_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016" PRIx64, bits);
    answers << on(view.is_enabled(flag.key, user)) << '\t'
            << (flag.boolean(view, user) ? "true" : "false") << '\t'
            << client.integer(flag.key, user, -1) << '\t' << digits << '\t'
            << client.string(flag.key, user, "-") << '\t';
    const flagkit::Resolution found = view.resolve(flag.key, user);
    answers << on(found.is_enabled()) << '\t'
            << flagkit::view_of(flagkit_reason_name(found.reason())) << '\t'
            << or_dash(flagkit_error_name(found.error())) << '\t' << or_dash(found.get().variant)
            << '\t' << or_dash(found.get().rule) << '\t'
            << (found.kind() == FLAGKIT_TYPE_NONE ? std::string("none") : found.json()) << '\n';
}

void answer_case(Reader &cases, std::ostream &answers)
{
    const flagkit::Client client = flagkit::Client::from_text(cases.text());
    const flagkit::View view = client.view();
    const std::vector<std::string_view> keys = cases.texts();
    const std::vector<Asked> flags(keys.begin(), keys.end());
    for (auto users = cases.number<std::uint32_t>(); users > 0; users--) {
        flagkit::Context user = flagkit::Context::anonymous();
        for (auto attributes = cases.number<std::uint32_t>(); attributes > 0; attributes--) {
            cases.attribute(user);
        }
        for (const Asked &flag : flags) answer(client, view, flag, user, answers);
    }
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 3) {
        std::cerr << "say `equality CASES ANSWERS`\n";
        return 1;
    }
    try {
        std::ifstream file(arguments[1], std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        std::ofstream answers(arguments[2], std::ios::binary);
        for (Reader cases(bytes); !cases.is_at_end();) answer_case(cases, answers);
        answers.flush();
        return answers.good() && flagkit_caught_panics() == 0 ? 0 : 1;
    } catch (const std::exception &problem) {
        std::cerr << "equality: " << problem.what() << '\n';
        return 1;
    }
}
