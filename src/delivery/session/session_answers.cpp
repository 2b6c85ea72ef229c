#include "delivery/session/session_answers.hpp"

#include <utility>
#include <vector>

namespace callboard::session {
namespace {

std::vector<std::pair<std::string, std::string>> headers(std::string_view type) {
    return {{"Content-Type", std::string(type)},
            {"Access-Control-Allow-Origin", "*"},
            {"Cache-Control", "no-store"},
            {"X-Content-Type-Options", "nosniff"}};
}

}  // namespace

HttpResponse text(int status, std::string_view body) {
    return {status, headers("text/plain; charset=utf-8"), std::string(body)};
}

HttpResponse object(const SessionRecord& session, const TimeZone& zone) {
    return {200, headers("application/json"), session_json(session, zone)};
}

HttpResponse refusal(Sessions::Outcome outcome) {
    using Outcome = Sessions::Outcome;
    switch (outcome) {
        case Outcome::too_many:
            return text(503, "There are too many sessions; come back in a few minutes");
        case Outcome::too_many_of_yours:
            return text(429, "Your address has too many sessions; use those that you have, or delete some");
        case Outcome::too_many_tokens:
            return text(400, "A session takes at most 50 tokens; subscribe this one in another session");
        case Outcome::not_kept:
            return text(503, "The session cannot be kept just now; come back in a moment");
        case Outcome::done:
        case Outcome::unknown:
            break;
    }
    return text(404, kNotFound);
}

std::string subscribed(std::string_view token) {
    return std::string("Successfully subscribed on token ").append(token);
}

std::string unsubscribed(std::string_view token) {
    return std::string("Successfully unsubscribed from token ").append(token);
}

SharedBytes events(std::span<const Told> all, std::string_view gap) {
    HttpResponse response{200, headers("application/json"), {}};
    if (!gap.empty()) {
        response.headers.emplace_back(kGapHeader, gap);
        response.headers.emplace_back("Access-Control-Expose-Headers", kGapHeader);
    }
    std::size_t size = 2;
    for (const Told& one : all)
        size += one.encoded().v2_before.size() + one.token->size() + one.encoded().v2_after.size() + 1;
    response.body.reserve(size);
    response.body += '[';
    for (const Told& one : all) {
        if (response.body.size() > 1) response.body += ',';
        response.body.append(one.encoded().v2_before).append(*one.token).append(one.encoded().v2_after);
    }
    response.body += ']';
    return response_bytes(response);
}

}  // namespace callboard::session
