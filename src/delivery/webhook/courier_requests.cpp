// What the API asks of the courier; it is done on the courier's thread.
#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "delivery/webhook/courier.hpp"

namespace callboard::webhook {
namespace {

Error unknown() { return {Error::Kind::missing, "There is no such webhook"}; }
Error not_written() {
    return {Error::Kind::unavailable, "The file of webhooks cannot be written just now: try again later"};
}

/// `w` and sixteen hexadecimal digits; empty when OpenSSL has no random bytes.
std::string random_id() {
    std::array<unsigned char, 8> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return {};
    std::string id = "w";
    for (const unsigned char byte : bytes) fmt::format_to(std::back_inserter(id), "{:02x}", byte);
    return id;
}

}  // namespace

bool Courier::ask(std::function<void()> request) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || requests_.size() >= kMostRequests) return false;
        requests_.push_back(std::move(request));
    }
    wake_.notify_one();
    return true;
}

void Courier::use(std::vector<Webhook> configured, Rules rules) {
    {
        const std::lock_guard lock(destinations_mutex_);
        destinations_ = std::make_shared<const Destinations>(rules.allow_private);
    }
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(
            [this, configured = std::move(configured), thresholds = std::move(rules.thresholds)] {
                thresholds_ = thresholds;
                put_in_force(configured);
            });
    }
    wake_.notify_one();
}

bool Courier::list(std::function<void(std::vector<View>)> done) {
    return ask([this, done = std::move(done)] {
        std::vector<View> all;
        for (const auto& [id, endpoint] : endpoints_) all.push_back(view(endpoint));
        done(std::move(all));
    });
}

bool Courier::create(Webhook webhook, std::function<void(Result<View>)> done) {
    return ask([this, webhook = std::move(webhook), done = std::move(done)]() mutable {
        if (endpoints_.size() >= kMostWebhooks)
            return done(Error{
                Error::Kind::invalid,
                fmt::format("There are {} webhooks, and more are not taken: remove one", kMostWebhooks)});
        for (const auto& [id, other] : endpoints_)
            if (other.webhook.name == webhook.name)
                return done(Error{Error::Kind::denied, "There is a webhook of this name already"});
        webhook.id = random_id();
        webhook.configured = false;
        if (webhook.id.empty()) return done(not_written());
        const std::string id = webhook.id;
        const Standing standing = fresh(webhook);
        auto& added = endpoints_.emplace(id, endpoint(std::move(webhook), standing)).first->second;
        added.changed = true;
        if (!flush() || !file_.sync()) {
            forget(id);
            return done(not_written());
        }
        listening_ = true;
        done(view(added));
    });
}

bool Courier::remove(std::string id, std::function<void(Result<void>)> done) {
    return ask([this, id = std::move(id), done = std::move(done)] {
        const auto found = endpoints_.find(id);
        if (found == endpoints_.end()) return done(unknown());
        if (found->second.webhook.configured)
            return done(Error{Error::Kind::denied,
                              "This webhook is in the configuration: remove it there, and reload"});
        forget(id);
        listening_ = !endpoints_.empty();
        done(flush() && file_.sync() ? Result<void>() : not_written());
    });
}

bool Courier::resume(std::string id, std::function<void(Result<View>)> done) {
    return ask([this, id = std::move(id), done = std::move(done)] {
        const auto found = endpoints_.find(id);
        if (found == endpoints_.end()) return done(unknown());
        Endpoint& known = found->second;
        if (known.schedule.state() == Schedule::State::stopped)
            known.feed = endpoint(known.webhook, fresh(known.webhook)).feed;
        known.schedule.resume(clock_.now());
        known.last_error.clear();
        known.changed = true;
        done(view(known));
    });
}

bool Courier::log(std::string id, std::int64_t before, std::size_t limit,
                  std::function<void(Result<Log>)> done) {
    return ask([this, id = std::move(id), before, limit, done = std::move(done)] {
        const auto found = endpoints_.find(id);
        if (found == endpoints_.end()) return done(unknown());
        // What has just happened is in the log as well.
        if (!flush()) return done(not_written());
        auto attempts = file_.attempts(id, before, limit);
        if (!attempts) return done(attempts.error());
        done(Log{found->second.webhook, *std::move(attempts)});
    });
}

bool Courier::test(std::string id, std::function<void(Result<Attempt>)> done) {
    return immediate(
        std::move(id),
        [this](const Endpoint& endpoint) -> Result<std::pair<Message, std::int64_t>> {
            const auto& number = endpoint.webhook.service;
            return std::pair(test_message(number, clock_.now(), hub_.zone()), file_.next_delivery());
        },
        std::move(done));
}

bool Courier::replay(std::string id, std::int64_t attempt, std::function<void(Result<Attempt>)> done) {
    return immediate(
        std::move(id),
        [this, attempt](const Endpoint& endpoint) -> Result<std::pair<Message, std::int64_t>> {
            if (!flush()) return not_written();
            auto logged = file_.attempt(endpoint.webhook.id, attempt);
            if (!logged) return logged.error();
            return std::pair(std::move(logged->message), logged->delivery);
        },
        std::move(done));
}

bool Courier::immediate(std::string id,
                        std::function<Result<std::pair<Message, std::int64_t>>(const Endpoint&)> what,
                        std::function<void(Result<Attempt>)> done) {
    return ask([this, id = std::move(id), what = std::move(what), done = std::move(done)] {
        const auto found = endpoints_.find(id);
        if (found == endpoints_.end()) return done(unknown());
        if (immediate_ >= kMostImmediate)
            return done(
                Error{Error::Kind::unavailable, "Too many tests and replays are under way: try again"});
        auto message = what(found->second);
        if (!message) return done(message.error());
        attempt(found->second, std::move(message->first), message->second, false, done);
    });
}

}  // namespace callboard::webhook
