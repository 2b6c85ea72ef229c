#include "api/webhook_json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "delivery/webhook/url_template.hpp"
#include "event/json.hpp"
#include "net/url_template.hpp"

namespace callboard {
namespace {

using webhook::Webhook;

constexpr std::size_t kLongestName = 64, kLongestSecret = 4'096, kMostEvents = 100;

std::string text(std::string_view value) {
    std::string out;
    append_json_string(out, value);
    return out;
}
std::string text_or_null(std::string_view value) { return value.empty() ? "null" : text(value); }

Error wrong(std::string_view member, std::string_view sentence) {
    return {Error::Kind::invalid, fmt::format("\"{}\" {}", member, sentence)};
}

/// The members of one webhook, read one by one.
class Reader {
  public:
    explicit Reader(simdjson::dom::object object) : object_(object) {}

    /// A text of 1 to `most` bytes; empty when it is absent or null.
    Result<std::string> take(std::string_view name, std::size_t most) {
        simdjson::dom::element value;
        if (object_[name].get(value) != simdjson::SUCCESS || value.is_null()) return std::string();
        std::string_view found;
        if (value.get(found) != simdjson::SUCCESS || found.empty() || found.size() > most)
            return wrong(name, fmt::format("has to be a text of 1 to {} bytes", most));
        return std::string(found);
    }
    Result<std::vector<std::string>> events() {
        simdjson::dom::array list;
        if (object_["events"].get(list) != simdjson::SUCCESS || list.size() == 0 || list.size() > kMostEvents)
            return wrong("events",
                         fmt::format("has to be a list of 1 to {} names of events, or [\"*\"]", kMostEvents));
        std::vector<std::string> all;
        for (const auto element : list) {
            std::string_view event;
            if (element.get(event) != simdjson::SUCCESS) return wrong("events", "has to be a list of texts");
            if (const auto bad = webhook::wrong_event(event)) return wrong("events", "is wrong: " + *bad);
            all.emplace_back(event);
        }
        return all;
    }
    /// The first member that is none of a webhook's.
    std::optional<std::string> unknown() const {
        constexpr std::array<std::string_view, 8> kKnown = {"name", "account", "service", "events",
                                                            "url",  "method",  "secret",  "previous_secret"};
        for (const auto member : object_)
            if (std::find(kKnown.begin(), kKnown.end(), member.key) == kKnown.end())
                return std::string(member.key);
        return std::nullopt;
    }

  private:
    simdjson::dom::object object_;
};

std::optional<Error> wrong_scope(const Webhook& webhook, const Directory& directory) {
    if (webhook.account.empty() == webhook.service.empty())
        return wrong("account", "or \"service\" has to be given, one of the two");
    if (!webhook.account.empty() && directory.account(webhook.account) == nullptr)
        return wrong("account", "has to be the id of an account of this installation");
    if (!webhook.service.empty() && directory.by_number(webhook.service) == nullptr)
        return wrong("service", "has to be the number of a line or queue of this installation");
    return std::nullopt;
}

}  // namespace

std::string webhook_json(const webhook::View& view) {
    const Webhook& webhook = view.webhook;
    std::string events;
    for (const std::string& event : webhook.events) {
        if (!events.empty()) events += ',';
        events += text(event);
    }
    return fmt::format(
        R"({{"id":{},"name":{},"account":{},"service":{},"events":[{}],"url":{},"method":"{}","state":"{}",)"
        R"("waiting":{},"failing_since":{},"last_error":{},"configured":{}}})",
        text(webhook.id), text(webhook.name), text_or_null(webhook.account), text_or_null(webhook.service),
        events, text(webhook.url), webhook::text_of(webhook.method), webhook::text_of(view.state),
        view.waiting,
        view.failing_since ? std::to_string(nanoseconds_since_epoch(*view.failing_since)) : "null",
        text_or_null(view.last_error), webhook.configured);
}

std::string delivery_json(const webhook::Attempt& attempt) {
    return fmt::format(
        R"({{"id":"{}","callboard_id":{},"sequence":{},"event":{},"attempt":{},"at":{},"request":{},"status":{},)"
        R"("answer":{},"error":{},"duration_ms":{},"result":"{}"}})",
        attempt.id, text(attempt.callboard_id), attempt.message.sequence, text(attempt.message.event),
        attempt.number, nanoseconds_since_epoch(attempt.at), text(attempt.request),
        attempt.status == 0 ? "null" : std::to_string(attempt.status), text(attempt.answer),
        text_or_null(attempt.error),
        std::chrono::duration_cast<std::chrono::milliseconds>(attempt.took).count(),
        webhook::text_of(attempt.result));
}

std::string deliveries_json(std::span<const webhook::Attempt> attempts, bool more) {
    std::string out = R"({"deliveries":[)";
    for (const auto& attempt : attempts) {
        if (&attempt != attempts.data()) out += ',';
        out += delivery_json(attempt);
    }
    return out += more ? fmt::format(R"(],"next":"{}"}})", attempts.back().id) : R"(],"next":null})";
}

Result<Webhook> parse_webhook(std::string_view body, const Directory& directory) {
    thread_local simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(body.data(), body.size()).get(object) != simdjson::SUCCESS)
        return Error{Error::Kind::invalid, "The body has to be a JSON object"};
    Reader reader(object);
    if (const auto unknown = reader.unknown()) return wrong(*unknown, "is no member of a webhook");
    Webhook made;
    std::string method, secret, previous;
    const std::array<std::pair<std::string_view, std::pair<std::string*, std::size_t>>, 7> texts = {{
        {"name", {&made.name, kLongestName}},
        {"account", {&made.account, kLongestName}},
        {"service", {&made.service, kLongestName}},
        {"url", {&made.url, UrlTemplate::kLongest}},
        {"method", {&method, 4}},
        {"secret", {&secret, kLongestSecret}},
        {"previous_secret", {&previous, kLongestSecret}},
    }};
    for (const auto& [name, place] : texts) {
        auto value = reader.take(name, place.second);
        if (!value) return value.error();
        *place.first = *std::move(value);
    }
    if (made.name.empty()) return wrong("name", "is missing");
    if (const auto scope = wrong_scope(made, directory)) return *scope;
    auto events = reader.events();
    if (!events) return events.error();
    made.events = *std::move(events);
    if (const auto bad = webhook::wrong_template(made.url)) return wrong("url", *bad);
    if (!method.empty() && method != "GET" && method != "POST")
        return wrong("method", "has to be GET or POST");
    if (method == "POST") made.method = Webhook::Method::post;
    if (method == "POST" && secret.empty())
        return wrong("secret", "is missing; what is posted is signed with it");
    made.secret = Secret(std::move(secret));
    made.previous_secret = Secret(std::move(previous));
    return made;
}

}  // namespace callboard
