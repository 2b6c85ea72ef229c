#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "event/event.hpp"
#include "event/time_zone.hpp"

namespace callboard::webhook {

/// What is told of one event: the body of a POST and what placeholders stand for. A value.
struct Message {
    Sequence sequence = 0;  ///< of the event, or of the last one before it; 0 for a test
    std::string event;      ///< its name
    std::string calling, called, dialed, queue, agent, call_id;  ///< empty where it has none
    std::string body;                                            ///< the event in the form of version 2
    friend bool operator==(const Message&, const Message&) = default;
};

/// `token` of the event is empty: nobody read it with one. An event of a queue is about its caller: `called`
/// is the queue, `call_id` the caller's UUID. Pure.
Message message_of(const Record& record, const TimeZone& zone);

/// Stands for what an event is about: a call, a caller in a queue, an agent, a line. Events of one subject
/// are told one after the other; two subjects may by chance be taken for one. The same in every process.
std::uint64_t subject_of(const Message& message);

/// Bytes for the disk, and back. Nothing: they are not those of packed().
std::string packed(const Message& message);
std::optional<Message> unpacked(std::string_view bytes);

/// A made-up event, for the test of a webhook: `webhook.test`, of a call from nobody.
Message test_message(std::string_view ressource, Time now, const TimeZone& zone);

}  // namespace callboard::webhook
