#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "delivery/webhook/message.hpp"
#include "delivery/webhook/schedule.hpp"
#include "delivery/webhook/webhook.hpp"
#include "net/http_client.hpp"

namespace callboard::webhook {

/// One attempt, as the log keeps it. A value.
struct Attempt {
    std::int64_t id = 0;  ///< of the log's entry: the later, the higher
    std::string webhook;
    std::int64_t delivery = 0;  ///< the same over all attempts of one delivery
    std::string callboard_id;   ///< what the receiver knows the delivery by
    unsigned number = 1;        ///< of the delivery, from 1
    Time at{};
    Duration took{};
    int status = 0;  ///< 0: no answer
    Schedule::Verdict result = Schedule::Verdict::delivered;
    std::string request;  ///< method and URL
    std::string answer;   ///< its body's first bytes
    std::string error;    ///< why it failed; empty when it did not
    Message message;
};

/// What came of asking a receiver.
struct Reply {
    Schedule::Outcome outcome = Schedule::Outcome::failed;
    int status = 0;
    std::string answer, error;
};

/// The request of one attempt: GET of the filled URL, or POST of the message to it, signed at `now`. `id`: of
/// the delivery, for the receiver. Pure.
HttpClient::Request request_of(const Webhook& webhook, const Message& message, const std::string& id,
                               Time now, std::chrono::milliseconds deadline);

/// 2xx is delivered, 410 gone; everything else, redirects too, is a failure to be tried again. Pure.
Reply reply_of(Result<HttpClient::Answer> answer);

inline constexpr std::size_t kLongestAnswer = 1'024;  ///< bytes of an answer's body in the log

}  // namespace callboard::webhook
