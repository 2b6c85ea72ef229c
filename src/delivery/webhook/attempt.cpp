#include "delivery/webhook/attempt.hpp"

#include <fmt/format.h>

#include <utility>

#include "delivery/webhook/signature.hpp"
#include "delivery/webhook/url_template.hpp"

namespace callboard::webhook {

HttpClient::Request request_of(const Webhook& webhook, const Message& message, const std::string& id,
                               Time now, std::chrono::milliseconds deadline) {
    HttpClient::Request request;
    request.method = text_of(webhook.method);
    request.url = filled(webhook.url, message);
    const std::string timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    request.headers = {{"Callboard-Id", id}, {"Callboard-Timestamp", timestamp}};
    if (webhook.method == Webhook::Method::post) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.headers.emplace_back("Callboard-Signature", signature(webhook.secret, webhook.previous_secret,
                                                                      id, timestamp, message.body));
        request.body = message.body;
    }
    request.limits.within = request.limits.connect_within = deadline;
    return request;
}

Reply reply_of(Result<HttpClient::Answer> answer) {
    Reply reply;
    if (!answer) {
        reply.error = answer.error().what;
        return reply;
    }
    reply.status = answer->status;
    reply.answer = answer->body.substr(0, kLongestAnswer);
    if (reply.status >= 200 && reply.status < 300)
        reply.outcome = Schedule::Outcome::delivered;
    else if (reply.status == 410)
        reply.outcome = Schedule::Outcome::gone;
    if (reply.outcome == Schedule::Outcome::gone)
        reply.error = "the receiver answered 410: it wants nothing more, and the webhook is stopped";
    else if (reply.status >= 300 && reply.status < 400)
        reply.error = fmt::format(
            "the receiver answered {}, a redirect, which is not followed: correct the URL", reply.status);
    else if (reply.outcome == Schedule::Outcome::failed)
        reply.error = fmt::format("the receiver answered {}", reply.status);
    return reply;
}

}  // namespace callboard::webhook
