#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/inquiry.hpp"
#include "api/key_access.hpp"
#include "api/webhook_json.hpp"
#include "base/text.hpp"
#include "delivery/presented_token.hpp"
#include "delivery/refusal.hpp"

namespace callboard {
namespace {

constexpr std::string_view kRule = "* /api/webhooks*";
constexpr std::size_t kDeliveries = 100, kMostDeliveries = 1'000;  // of one page

/// Who reads: a key sees all, a token what its grant covers whole. What was delivered has numbers in it, so a
/// masked token sees none.
struct Visitor {
    std::optional<Grant> grant;  ///< absent: a key

    bool sees(const webhook::Webhook& webhook, const Directory& directory) const {
        if (!grant) return true;
        if (!grant->agent.empty() || grant->masked) return false;
        if (!grant->service.empty()) return webhook.service == grant->service;
        if (webhook.service.empty()) return webhook.account == grant->account;
        const Service* const service = directory.by_number(webhook.service);
        return service != nullptr && service->account == grant->account;
    }
};

/// Nothing: the request is answered.
std::optional<Visitor> visitor(const Api& api, Reactor& reactor, const HttpRequest& request,
                               const Exchange& exchange) {
    const auto key =
        api.api_keys()->check(bearer_token(request.header("Authorization")), "GET", request.path);
    if (key == ApiKeys::Verdict::allowed) return Visitor{};
    const Readers& readers = api.readers;
    if (auto grant = readers.tokens.find(presented_token(request), api.clock.now()))
        return Visitor{std::move(grant)};
    if (key == ApiKeys::Verdict::forbidden)
        exchange->respond(error_answer(
            403, "This key may not call this path: add \"" + std::string(kRule) + "\" to its allow list"));
    else
        refuse(reactor, readers.wrong_tokens, request.peer, exchange, error_answer(403, kTokenRefused));
    return std::nullopt;
}

HttpResponse refusal(const Error& error) {
    switch (error.kind) {
        case Error::Kind::missing:
            return error_answer(404, error.what);
        case Error::Kind::denied:
            return error_answer(409, error.what);
        case Error::Kind::invalid:
            return error_answer(400, error.what);
        case Error::Kind::unavailable:
        case Error::Kind::corrupt:
            break;
    }
    return error_answer(503, error.what);
}

/// Answers on the reactor of the request with what the courier's thread says.
template <typename T, typename Say>
std::function<void(Result<T>)> answering(Reactor& reactor, const Exchange& exchange, Say say) {
    return [&reactor, exchange, say](Result<T> outcome) {
        reactor.post([exchange, response = outcome ? say(*outcome) : refusal(outcome.error())] {
            exchange->respond(response);
        });
    };
}

void or_busy(bool asked, const Exchange& exchange) {
    if (!asked)
        exchange->respond(error_answer(503, "Too many requests for webhooks wait just now: try again"));
}

/// Nothing: it is there and no whole number from 0 on.
std::optional<std::int64_t> number_of(std::string_view text) {
    const auto number = number_in<std::int64_t>(text);
    return number && *number >= 0 ? number : std::nullopt;
}

}  // namespace

void answer_webhooks(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                     const Exchange& exchange) {
    const auto who = visitor(api, reactor, request, exchange);
    if (!who) return;
    const auto directory = api.readers.hub.directory();
    or_busy(api.webhooks.list(
                [&reactor, exchange, who = *who, directory](const std::vector<webhook::View>& views) {
                    std::string body;
                    for (const auto& view : views)
                        if (who.sees(view.webhook, *directory))
                            body += (body.empty() ? "" : ",") + webhook_json(view);
                    reactor.post([exchange, body = R"({"webhooks":[)" + body + "]}"] {
                        exchange->respond(json_answer(200, body));
                    });
                }),
            exchange);
}

void answer_create_webhook(const Api& api, Reactor& reactor, const HttpRequest& request,
                           const PathParameters&, const Exchange& exchange) {
    if (!allowed_by_key(api, reactor, request, exchange, kRule)) return;
    auto webhook = parse_webhook(request.body, *api.readers.hub.directory());
    if (!webhook) return exchange->respond(refusal(webhook.error()));
    or_busy(api.webhooks.create(*std::move(webhook),
                                answering<webhook::View>(reactor, exchange,
                                                         [](const webhook::View& made) {
                                                             return json_answer(201, webhook_json(made));
                                                         })),
            exchange);
}

void answer_delete_webhook(const Api& api, Reactor& reactor, const HttpRequest& request,
                           const PathParameters& path, const Exchange& exchange) {
    if (!allowed_by_key(api, reactor, request, exchange, kRule)) return;
    or_busy(api.webhooks.remove(std::string(path["id"]),
                                [&reactor, exchange](const Result<void>& removed) {
                                    reactor.post([exchange, response = removed ? HttpResponse{204, {}, {}}
                                                                               : refusal(removed.error())] {
                                        exchange->respond(response);
                                    });
                                }),
            exchange);
}

void answer_test_webhook(const Api& api, Reactor& reactor, const HttpRequest& request,
                         const PathParameters& path, const Exchange& exchange) {
    if (!allowed_by_key(api, reactor, request, exchange, kRule)) return;
    or_busy(api.webhooks.test(std::string(path["id"]),
                              answering<webhook::Attempt>(reactor, exchange,
                                                          [](const webhook::Attempt& made) {
                                                              return json_answer(200, delivery_json(made));
                                                          })),
            exchange);
}

void answer_resume_webhook(const Api& api, Reactor& reactor, const HttpRequest& request,
                           const PathParameters& path, const Exchange& exchange) {
    if (!allowed_by_key(api, reactor, request, exchange, kRule)) return;
    or_busy(api.webhooks.resume(std::string(path["id"]),
                                answering<webhook::View>(reactor, exchange,
                                                         [](const webhook::View& view) {
                                                             return json_answer(200, webhook_json(view));
                                                         })),
            exchange);
}

void answer_deliveries(const Api& api, Reactor& reactor, const HttpRequest& request,
                       const PathParameters& path, const Exchange& exchange) {
    const auto who = visitor(api, reactor, request, exchange);
    if (!who) return;
    const auto limit = number_of(request.parameter("limit").value_or(std::to_string(kDeliveries)));
    const auto after = number_of(request.parameter("after").value_or("0"));
    if (!limit || *limit < 1 || *limit > static_cast<std::int64_t>(kMostDeliveries))
        return exchange->respond(error_answer(400, "\"limit\" has to be from 1 to 1000"));
    if (!after) return exchange->respond(error_answer(400, "\"after\" has to be the \"next\" of an answer"));
    const auto most = static_cast<std::size_t>(*limit);
    const Inquiry inquiry(api, request,
                          who->grant ? actor_of(request.peer, presented_token(request), *who->grant)
                                     : actor_with_key(request, {}));
    const auto say = [who = *who, directory = api.readers.hub.directory(), most, inquiry](webhook::Log& log) {
        if (!who.sees(log.webhook, *directory)) return error_answer(404, "There is no such webhook");
        const bool more = log.attempts.size() > most;
        if (more) log.attempts.resize(most);
        inquiry.read("deliveries", log.attempts.size());
        return json_answer(200, deliveries_json(log.attempts, more));
    };
    or_busy(api.webhooks.log(std::string(path["id"]), *after, most + 1,
                             answering<webhook::Log>(reactor, exchange, say)),
            exchange);
}

void answer_replay_delivery(const Api& api, Reactor& reactor, const HttpRequest& request,
                            const PathParameters& path, const Exchange& exchange) {
    if (!allowed_by_key(api, reactor, request, exchange, kRule)) return;
    const auto attempt = number_of(path["delivery"]);
    if (!attempt)
        return exchange->respond(error_answer(404, "There is no such delivery in this webhook's log"));
    or_busy(api.webhooks.replay(std::string(path["id"]), *attempt,
                                answering<webhook::Attempt>(reactor, exchange,
                                                            [](const webhook::Attempt& made) {
                                                                return json_answer(200, delivery_json(made));
                                                            })),
            exchange);
}

}  // namespace callboard
