// A first program in C++17.
// c++ -std=c++17 first.cpp $(pkg-config --cflags --libs flagkit)
#include <iostream>

#include <flagkit.hpp>

int main()
{
    const flagkit::Client client = flagkit::Client::from_text(R"(
schema: flagkit/1
flags:
  new-checkout:
    enabled: true
    targeting_rules:
      - {id: pros, when: plan == "pro"}
    rollout_percentage: 25
)");
    flagkit::Context user("user-42");
    user.set("plan", "pro").set("age", 37);

    const flagkit::Flag<bool> new_checkout("new-checkout", false);
    std::cout << (new_checkout(client, user) ? "the new checkout\n" : "the old checkout\n");

    const flagkit::View view = client.view();
    std::cout << view.explain("new-checkout", user) << '\n';
    return 0;
}
