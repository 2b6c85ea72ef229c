#include "api/ovh/expiration.hpp"

#include <simdjson.h>

#include <array>
#include <chrono>

namespace callboard::ovh_rest {
namespace {

struct Choice {
    std::string_view text;
    std::optional<Duration> lifetime;
};
const std::array<Choice, 5> kChoices = {{{"5 minutes", std::chrono::minutes(5)},
                                         {"1 hour", std::chrono::hours(1)},
                                         {"1 day", std::chrono::hours(24)},
                                         {"30 days", std::chrono::hours(24 * 30)},
                                         {"unlimited", std::nullopt}}};
constexpr std::string_view kWanted = R"(give "5 minutes", "1 hour", "1 day", "30 days" or "unlimited")";

RestError wrong(std::string_view why) {
    return wrong_parameter("expiration", std::string(why) + ": " + std::string(kWanted));
}

}  // namespace

std::variant<std::optional<Duration>, RestError> expiration_of(std::string_view body) {
    thread_local simdjson::dom::parser parser;
    simdjson::dom::element root;
    simdjson::dom::object object;
    if (!body.empty() && (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
                          root.get(object) != simdjson::SUCCESS))
        return wrong_parameter("body", R"(has to be a JSON object, as in {"expiration":"1 day"})");
    simdjson::dom::element given;
    if (body.empty() || object.at_key("expiration").get(given) != simdjson::SUCCESS || given.is_null())
        return wrong("is missing");
    std::string_view text;
    if (given.get(text) != simdjson::SUCCESS) return wrong("has to be a text");
    for (const Choice& choice : kChoices)
        if (choice.text == text) return choice.lifetime;
    return wrong("does not belong to the TokenExpirationEnum enumeration");
}

}  // namespace callboard::ovh_rest
