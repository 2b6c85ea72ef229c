// What a client sends after an upgrade, at once and in pieces: how it comes must not matter.
#include <string>
#include <vector>

#include "delivery/websocket/frame.hpp"
#include "fuzz.hpp"

using namespace callboard;
using namespace callboard::websocket;

namespace {

constexpr std::size_t kMost = 1'000;

struct Seen {
    std::vector<FrameReader::Message> messages;
    std::uint16_t failure = 0;
};

Seen seen(FrameReader::Sender sender, std::string_view bytes, std::size_t piece) {
    FrameReader reader(sender, kMost);
    Seen seen;
    for (std::size_t begin = 0; begin < bytes.size(); begin += piece) {
        reader.feed(bytes.substr(begin, piece));
        while (auto message = reader.next()) seen.messages.push_back(std::move(*message));
    }
    seen.failure = reader.failure();
    return seen;
}

void check(const FrameReader::Message& message) {
    const bool control =
        message.opcode == Opcode::close || message.opcode == Opcode::ping || message.opcode == Opcode::pong;
    fuzz::check(message.opcode != Opcode::continuation, "a message is whole");
    fuzz::check(message.payload.size() <= (control ? 125 : kMost), "no longer than allowed");
    if (message.opcode == Opcode::close) {
        const Close close = close_of(message.payload);
        fuzz::check(message.payload.empty() || close_payload(close.code, close.reason) == message.payload,
                    "a close frame is what it says");
    }
    std::string again;
    append_frame(again, message.opcode, message.payload);
    const Seen back = seen(FrameReader::Sender::server, again, again.size());
    fuzz::check(back.messages == std::vector{message} && back.failure == 0, "what was read can be sent");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto sender = data[0] % 2 == 0 ? FrameReader::Sender::client : FrameReader::Sender::server;
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    const Seen whole = seen(sender, bytes, std::max<std::size_t>(bytes.size(), 1));
    const Seen pieces = seen(sender, bytes, data[0] / 2 % 64 + 1U);
    fuzz::check(whole.messages == pieces.messages && whole.failure == pieces.failure,
                "messages are the same however they come");
    fuzz::check(whole.failure == 0 || (whole.failure >= 1000 && whole.failure < 1016),
                "a failure has a code");
    for (const auto& message : whole.messages) check(message);
    return 0;
}
