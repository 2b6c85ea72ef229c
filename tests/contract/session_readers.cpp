#include "tests/contract/session_readers.hpp"

#include <simdjson.h>

#include <atomic>
#include <stdexcept>

namespace callboard::test {
namespace {

constexpr std::string_view kPoll = "/events/poll", kWebSocket = "/events/websocket";

/// The session that a client that was at `cursor` would have.
std::string made_at(World& world, const std::string& token, const Cursor& cursor) {
    SessionRecord session;
    session.id = random_session_id();
    session.creation = session.last_update = session.last_connection = world.clock.now();
    session.epoch = cursor.epoch;
    session.acknowledged = cursor.sequence;
    session.subscriptions = std::make_shared<const Subscriptions>(Subscriptions{{token, cursor.sequence}});
    world.sessions().restore(session);
    return session.id;
}

}  // namespace

SessionClient::SessionClient(World& world, const std::string& token, const std::string& cursor)
    : world_(world) {
    if (const auto place = world.seal().open(cursor)) {
        id_ = made_at(world, token, *place);
        return;
    }
    HttpClient client(world.port());
    if (const auto known = client.get("/v2/session/" + cursor); known && known->status == 200) {
        id_ = cursor;
        return;
    }
    const auto made = client.post("/v2/session");
    if (!made || made->status != 200) throw std::runtime_error("no session was made");
    simdjson::dom::parser parser;
    id_ = std::string(std::string_view(parser.parse(made->body)["id"]));
    const auto subscribed = client.post(path("/subscribe/" + token));
    refused_ = !subscribed || subscribed->status == 403;
}

Sequence SessionClient::place() const {
    const auto session = world_.sessions().find(id_);
    return session ? session->place() : 0;
}

void read_event(Batch& batch, std::string_view json, std::string_view token) {
    simdjson::dom::parser parser;
    const simdjson::dom::element event = parser.parse(json.data(), json.size());
    if (std::string_view(event["token"]) != token) batch.message += "told with another token";
    batch.calls.emplace_back(std::string_view(event["data"]["CallId"]));
}

SessionPollReader::SessionPollReader(World& world, std::string token, const std::string& cursor)
    : world_(world), token_(std::move(token)), session_(world, token_, cursor) {}

void SessionPollReader::ask() {
    if (!client_) client_.emplace(world_.port());
    client_->send_get(session_.path(kPoll));
    asked_ = true;
}

std::optional<Batch> SessionPollReader::read(std::chrono::milliseconds within) {
    if (session_.refused()) return Batch{{}, {}, true};
    if (!asked_) ask();
    const auto answer = client_->answer(within);
    asked_ = false;
    if (!answer) {
        client_.reset();
        return std::nullopt;
    }
    if (answer->headers.contains("connection")) client_.reset();
    Batch batch;
    if (const auto gap = answer->headers.find("x-callboard-gap"); gap != answer->headers.end())
        batch.message = gap->second;
    batch.refused = answer->status == 403;
    simdjson::dom::parser parser;
    simdjson::dom::array events;
    if (answer->status != 200 || parser.parse(answer->body).get_array().get(events) != simdjson::SUCCESS) {
        batch.message += answer->body;
        return batch;
    }
    for (const auto event : events) read_event(batch, simdjson::minify(event), token_);
    return batch;
}

Batch SessionPollReader::leave() {
    // A poll that waits gets nothing here; one that was answered has to be read, as its client would have.
    Batch rest;
    if (asked_)
        if (const auto batch = read(std::chrono::milliseconds(1))) rest.calls = batch->calls;
    client_.reset();
    return rest;
}

WebSocketReader::WebSocketReader(World& world, std::string token, const std::string& cursor,
                                 WebSocketClient::Options options)
    : world_(world), token_(std::move(token)), options_(std::move(options)), session_(world, token_, cursor) {
    if (!session_.refused()) connect();
}

CompressedWebSocketReader::CompressedWebSocketReader(World& world, std::string token,
                                                     const std::string& cursor)
    : WebSocketReader(world, std::move(token), cursor,
                      {.headers = "Sec-WebSocket-Extensions: permessage-deflate\r\n"}) {
    if (connected() && !client().handshake().headers.contains("sec-websocket-extensions"))
        throw std::runtime_error("compression was not agreed on");
}

void WebSocketReader::connect() {
    client_ = std::make_unique<WebSocketClient>(world_.port(), session_.path(kWebSocket), options_);
}

std::optional<Batch> WebSocketReader::read(std::chrono::milliseconds within) {
    if (session_.refused()) return Batch{{}, {}, true};
    Batch batch;
    while (batch.calls.empty()) {
        const auto said = client_->read(within);
        if (!said) return batch.message.empty() ? std::nullopt : std::optional(batch);
        take(batch, *said);
        if (!said->close) continue;
        if (closed_with_ == websocket::close_code::events_gone) connect();
        return batch;
    }
    return batch;
}

void WebSocketReader::take(Batch& batch, const WebSocketClient::Said& said) {
    if (said.close) {
        closed_with_ = said.close->code;
        batch.message += said.close->reason;
        batch.refused = said.close->code == websocket::close_code::token_refused;
    } else if (said.text.starts_with('{')) {
        read_event(batch, said.text, token_);
    } else {
        batch.message += said.text;
    }
}

Batch WebSocketReader::leave() {
    Batch rest, ignored;
    client_->drop();
    while (const auto said = client_->read(std::chrono::milliseconds(0)))
        take(said->close ? ignored : rest, *said);
    return rest;
}

}  // namespace callboard::test
