#include "tests/contract/readers.hpp"

#include <simdjson.h>

namespace callboard::test {
namespace {

std::string text_of(const simdjson::dom::element& element) {
    return std::string(std::string_view(element.get_string()));
}

}  // namespace

PollingReader::PollingReader(World& world, std::string token, std::string cursor)
    : world_(world), token_(std::move(token)), cursor_(std::move(cursor)) {}

void PollingReader::ask() {
    if (!client_) client_.emplace(world_.port());
    client_->send_get("/?token=" + token_ + (cursor_.empty() ? "" : "&session=" + cursor_));
    asked_ = true;
}

std::optional<Batch> PollingReader::read(std::chrono::milliseconds within) {
    if (!asked_) ask();
    const auto answer = client_->answer(within);
    if (!answer) {
        client_.reset();
        asked_ = false;
        return std::nullopt;
    }
    asked_ = false;
    if (answer->headers.contains("connection") && answer->headers.at("connection") == "close")
        client_.reset();
    simdjson::dom::parser parser;
    const simdjson::dom::element body = parser.parse(answer->body);
    Batch batch;
    batch.message = text_of(body["Message"]);
    batch.refused = answer->status == 403;
    if (answer->status != 200) return batch;
    cursor_ = text_of(body["Session"]);
    for (const auto event : simdjson::dom::array(body["Events"].get_array())) {
        if (text_of(event["Token"]) != token_) batch.message += "told with another token";
        batch.calls.push_back(text_of(event["Data"]["CallId"]));
    }
    return batch;
}

StreamReader::StreamReader(World& world, std::string token, std::string cursor, std::string_view query,
                           int receive_buffer)
    : seal_(world.seal()), cursor_(std::move(cursor)), client_(world.port(), receive_buffer) {
    client_.send_get("/api/events?x=1" + std::string(query),
                     "Authorization: Bearer " + token + "\r\n" +
                         (cursor_.empty() ? "" : "Last-Event-ID: " + cursor_ + "\r\n"));
    if (const auto head = client_.head()) status_ = head->status;
}

std::optional<Batch> StreamReader::read(std::chrono::milliseconds within) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    for (;;) {
        if (status_ != 200) return Batch{{}, {}, status_ == 403};
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        const auto block = client_.until("\n\n", left);
        if (!block) return std::nullopt;
        std::string name, data;
        for (std::size_t at = 0; at <= block->size();) {
            const auto end = std::min(block->find('\n', at), block->size());
            const std::string line = block->substr(at, end - at);
            if (line.starts_with("id: ")) cursor_ = line.substr(4);
            if (line.starts_with("data: ")) data = line.substr(6);
            if (line.starts_with("event: ")) name = line.substr(7);
            at = end + 1;
        }
        if (data.empty()) continue;
        simdjson::dom::parser parser;
        const simdjson::dom::element body = parser.parse(data);
        if (name.empty()) return Batch{{text_of(body["data"]["CallId"])}, {}, false};
        const std::string message = text_of(body["message"]);
        return Batch{{}, message, name == "end" && message.find("token") != std::string::npos};
    }
}

Sequence PollingReader::place() const { return world_.seal().open(cursor_).value_or(Cursor{}).sequence; }
Sequence StreamReader::place() const { return seal_.open(cursor_).value_or(Cursor{}).sequence; }

std::vector<std::string> calls(int from, int to) {
    std::vector<std::string> all;
    for (int i = from; i <= to; ++i) all.push_back(std::to_string(i));
    return all;
}

}  // namespace callboard::test
