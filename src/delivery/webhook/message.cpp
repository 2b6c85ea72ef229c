#include "delivery/webhook/message.hpp"

#include <simdjson.h>

#include <array>
#include <utility>

#include "delivery/packing.hpp"
#include "event/json.hpp"

namespace callboard::webhook {
namespace {

constexpr std::uint64_t kForm = 1;  // of packed(), so that a later one can tell

constexpr std::array<std::string Message::*, 8> kTexts = {
    &Message::event, &Message::calling, &Message::called,  &Message::dialed,
    &Message::queue, &Message::agent,   &Message::call_id, &Message::body};

void read(const simdjson::dom::object& data, std::string_view name, std::string& to) {
    std::string_view text;
    if (data[name].get(text) == simdjson::SUCCESS) to = text;
}

/// FNV-1a: no hash of the standard library is the same in the next process.
std::uint64_t hash_of(std::string_view kind, std::string_view name) {
    std::uint64_t hash = 14695981039346656037U;
    for (const std::string_view part : {kind, name})
        for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return hash;
}

}  // namespace

Message message_of(const Record& record, const TimeZone& zone) {
    Message message;
    message.sequence = record.sequence;
    message.event = record.name;
    const Encoded encoded = encode(record, zone);
    message.body = encoded.v2_before + encoded.v2_after;
    thread_local simdjson::dom::parser parser;
    simdjson::dom::object data;
    if (parser.parse(record.data).get(data) != simdjson::SUCCESS) return message;
    read(data, "Calling", message.calling);
    read(data, "Called", message.called);
    read(data, "Dialed", message.dialed);
    read(data, "CallId", message.call_id);
    if (record.protocol != Protocol::queues) return message;
    message.queue = record.ressource;
    read(data, "Queue", message.queue);
    read(data, "QueueAgent", message.agent);
    read(data, "Agent", message.agent);
    read(data, "QueueMemberUUID", message.call_id);
    if (message.called.empty()) message.called = message.queue;
    if (message.dialed.empty()) message.dialed = message.queue;
    return message;
}

std::uint64_t subject_of(const Message& message) {
    if (!message.call_id.empty()) return hash_of("call ", message.call_id);
    if (!message.agent.empty()) return hash_of("agent ", message.agent);
    return hash_of("number ", message.queue.empty() ? message.called : message.queue);
}

std::string packed(const Message& message) {
    Packer to;
    to.put(kForm);
    to.put(message.sequence);
    for (const auto text : kTexts) to.put(message.*text);
    return to.take();
}

std::optional<Message> unpacked(std::string_view bytes) {
    Unpacker from(bytes);
    if (from.number() != kForm) return std::nullopt;
    Message message;
    message.sequence = from.number();
    for (const auto text : kTexts) message.*text = from.text();
    if (!from.whole() || from.left() > 0) return std::nullopt;
    return message;
}

Message test_message(std::string_view ressource, Time now, const TimeZone& zone) {
    Record record;
    record.timestamp = now;
    record.native = true;
    record.name = "webhook.test";
    record.ressource = ressource;
    record.data = R"({"CallId":"test","Called":"","Calling":"anonymous","Dialed":""})";
    record.details = "{}";
    Message message = message_of(record, zone);
    message.called = message.dialed = ressource;
    return message;
}

}  // namespace callboard::webhook
