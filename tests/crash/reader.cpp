#include "tests/crash/reader.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>
#include <optional>
#include <sstream>
#include <thread>

#include "tests/support/http_client.hpp"

namespace callboard::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenConnections{15};
constexpr milliseconds kStreamPatience{200};  // then it looks whether it is to stop
constexpr std::size_t kMostComplaints = 5;

}  // namespace

void Reader::note(std::int64_t timestamp, std::string_view name) {
    if (!timestamps_.empty() && timestamp <= timestamps_.back())
        complain(fmt::format("{} of {} came after that of {}", name, timestamp, timestamps_.back()));
    timestamps_.push_back(timestamp);
    if (name == kTheEnd) --ends_left_;
}

void Reader::complain(std::string what) {
    if (complaints_.size() < kMostComplaints) complaints_.push_back(std::move(what));
}

void LongPollReader::run(std::stop_token stop) {
    std::optional<HttpClient> client;
    while (!stop.stop_requested() && !complete()) {
        if (!client) client.emplace(port_);
        if (!client->connected()) {
            client.reset();
            std::this_thread::sleep_for(kBetweenConnections);
            continue;
        }
        const auto answer = client->get("/?token=" + token_ + "&session=" + cursor_);
        if (!answer) {
            client.reset();
            ++connections_;
        } else if (answer->status == 503) {  // too busy just now: again with the same session
            std::this_thread::sleep_for(kBetweenConnections);
        } else if (answer->status != 200 || !take(answer->body)) {
            return complain(fmt::format("a poll was answered {}: {:.200}", answer->status, answer->body));
        }
    }
}

bool LongPollReader::take(const std::string& body) {
    simdjson::dom::parser parser;
    simdjson::dom::element answer;
    std::string_view session, message;
    simdjson::dom::array events;
    if (parser.parse(body).get(answer) != simdjson::SUCCESS ||
        answer["Session"].get(session) != simdjson::SUCCESS || session.empty() ||
        answer["Message"].get(message) != simdjson::SUCCESS ||
        answer["Events"].get(events) != simdjson::SUCCESS)
        return false;
    for (const auto event : events) {
        std::int64_t timestamp = 0;
        std::string_view name;
        if (event["Timestamp"].get(timestamp) != simdjson::SUCCESS ||
            event["Event"].get(name) != simdjson::SUCCESS)
            return false;
        note(timestamp, name);
    }
    cursor_ = session;
    // A message with events tells of events that are gone.
    return message.empty() || (message == "Timeout, please reconnect" && events.size() == 0);
}

void EventStreamReader::run(std::stop_token stop) {
    while (!stop.stop_requested() && !complete()) {
        HttpClient client(port_);
        if (!client.connected()) {
            std::this_thread::sleep_for(kBetweenConnections);
            continue;
        }
        client.send_get("/api/events?token=" + token_, "Last-Event-ID: " + cursor_ + "\r\n");
        const auto head = client.head();
        if (head && head->status != 200)
            return complain(fmt::format("the stream was answered {}", head->status));
        ++connections_;
        while (head && !stop.stop_requested() && !complete()) {
            const auto frame = client.until("\n\n", kStreamPatience);
            if (!frame && client.ended()) break;
            if (frame && !take(*frame)) return complain(fmt::format("the stream said {:.200}", *frame));
        }
    }
}

bool EventStreamReader::take(const std::string& frame) {
    std::string id, data;
    std::istringstream lines(frame);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("event: gap")) return false;
        if (line.starts_with("event: ")) return true;  // the server says that it stops
        if (line.starts_with("id: ")) id = line.substr(4);
        if (line.starts_with("data: ")) data = line.substr(6);
    }
    if (!data.empty()) {
        simdjson::dom::parser parser;
        simdjson::dom::element event;
        std::int64_t timestamp = 0;
        std::string_view name;
        if (id.empty() || parser.parse(data).get(event) != simdjson::SUCCESS ||
            event["timestamp"].get(timestamp) != simdjson::SUCCESS ||
            event["event"].get(name) != simdjson::SUCCESS)
            return false;
        note(timestamp, name);
    }
    if (!id.empty()) cursor_ = id;
    return true;
}

}  // namespace callboard::test
