#include "tests/crash/poster.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>
#include <optional>
#include <thread>

#include "tests/crash/office.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenBatches{5};
constexpr milliseconds kBetweenConnections{15};

std::string headers() {
    return fmt::format("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", Office::kApiKey);
}

}  // namespace

Poster::Poster(std::uint16_t port, unsigned number, bool of_queue, std::uint64_t seed)
    : port_(port), number_(number), of_queue_(of_queue), random_(seed), lines_(posted_lines()) {}

void Poster::tell(const std::string& name, const Open& of, std::string_view more) {
    body_ += fmt::format(R"({}{{"event":"{}","service":"{}","ressource":"{}","data":{{"{}":"{}"{}}}}})",
                         body_.empty() ? "[" : ",", name, of_queue_ ? "queues" : "sip", of.number,
                         of_queue_ ? "QueueMemberUUID" : "CallId", of.id, more);
    batches_.back().events.push_back(name + " " + of.id);
}

/// Some of those who are there go, and some come.
void Poster::make_batch() {
    batches_.emplace_back();
    body_.clear();
    std::erase_if(open_, [this](const Open& one) {
        if (random_() % 3 == 0) return false;
        if (!of_queue_)
            tell("end_calling", one);
        else if (random_() % 2 == 0)
            tell("bridge-agent-start", one);
        else
            tell("member-queue-end", one, R"(,"QueueCause":"Cancel")");
        return true;
    });
    for (std::uint64_t i = 0; i <= random_() % 4; ++i) {
        open_.push_back({of_queue_ ? std::string(kPostedQueue) : lines_[random_() % lines_.size()],
                         fmt::format("posted-{}-{}-{}", number_, batches_.size(), i)});
        if (of_queue_) {
            tell("member-queue-start", open_.back());
        } else {
            for (const char* name : {"start_ringing", "end_ringing", "start_calling"})
                tell(name, open_.back());
        }
    }
    body_ += ']';
}

/// False: the connection is of no more use.
bool Poster::understand(const HttpAnswer& answer) {
    Batch& batch = batches_.back();
    if (answer.status == 503) {
        batch.refused = true;
        return true;
    }
    simdjson::dom::parser parser;
    simdjson::dom::element body;
    std::uint64_t accepted = 0;
    if (answer.status != 200 || parser.parse(answer.body).get(body) != simdjson::SUCCESS ||
        body["accepted"].get(accepted) != simdjson::SUCCESS ||
        body["first"].get(batch.first) != simdjson::SUCCESS ||
        body["last"].get(batch.last) != simdjson::SUCCESS || accepted != batch.events.size()) {
        complaints_.push_back(fmt::format("a post was answered {}: {}", answer.status, answer.body));
        return false;
    }
    return true;
}

void Poster::run(std::stop_token stop) {
    std::optional<HttpClient> client;
    while (!stop.stop_requested()) {
        if (!client) client.emplace(port_);
        if (!client->connected()) {
            client.reset();
            std::this_thread::sleep_for(kBetweenConnections);
            continue;
        }
        make_batch();
        const auto answer = client->post("/api/ingest", body_, headers());
        if (!answer || !understand(*answer)) client.reset();
        std::this_thread::sleep_for(kBetweenBatches);
    }
}

bool Poster::post_one_each(std::uint16_t port, std::string_view name,
                           const std::vector<std::string>& numbers) {
    std::string body;
    for (const auto& number : numbers)
        body +=
            fmt::format(R"({}{{"event":"{}","service":"{}","ressource":"{}","data":{{}}}})",
                        body.empty() ? "[" : ",", name, number == kPostedQueue ? "queues" : "sip", number);
    HttpClient client(port);
    const auto answer = client.post("/api/ingest", body + "]", headers());
    return answer && answer->status == 200;
}

}  // namespace callboard::test
