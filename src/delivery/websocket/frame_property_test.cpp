// Whatever is sent, in whatever fragments, and however the bytes are cut on their way: the same messages
// arrive.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include "delivery/websocket/frame.hpp"

namespace callboard::websocket {
namespace {

using Message = FrameReader::Message;

/// One message of a client, and the fragments that it is sent in.
struct Sent {
    Message message;
    std::vector<std::size_t> cuts;
};

rc::Gen<std::string> any_text(std::size_t most) {
    return rc::gen::map(rc::gen::container<std::string>(rc::gen::inRange(' ', '~')),
                        [most](std::string text) { return text.substr(0, most); });
}

rc::Gen<Sent> any_sent() {
    return rc::gen::exec([] {
        Sent sent;
        sent.message.opcode = *rc::gen::element(Opcode::text, Opcode::binary, Opcode::ping, Opcode::pong);
        const bool control = sent.message.opcode == Opcode::ping || sent.message.opcode == Opcode::pong;
        sent.message.payload = *any_text(control ? 125 : 5'000);
        // Sizes at which a length changes its form.
        if (!control && *rc::gen::inRange(0, 4) == 0)
            sent.message.payload.assign(*rc::gen::element<std::size_t>(125, 126, 127, 65'535, 65'536), 'x');
        if (!control)
            sent.cuts = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 200));
        return sent;
    });
}

void append(std::string& bytes, const Sent& sent) {
    std::string_view rest = sent.message.payload;
    Opcode opcode = sent.message.opcode;
    for (const std::size_t cut : sent.cuts) {
        const std::string_view part = rest.substr(0, std::min(cut, rest.size()));
        append_masked_frame(bytes, opcode, part, *rc::gen::arbitrary<std::uint32_t>(), false);
        rest.remove_prefix(part.size());
        opcode = Opcode::continuation;
    }
    append_masked_frame(bytes, opcode, rest, *rc::gen::arbitrary<std::uint32_t>(), true);
}

/// The same bytes, in pieces.
std::vector<Message> read_in_pieces(std::string_view bytes) {
    FrameReader reader(FrameReader::Sender::client, 65'536);
    std::vector<Message> seen;
    while (!bytes.empty()) {
        const auto size = std::min(*rc::gen::inRange<std::size_t>(1, 4'000), bytes.size());
        reader.feed(bytes.substr(0, size));
        bytes.remove_prefix(size);
        while (auto message = reader.next()) seen.push_back(*message);
    }
    RC_ASSERT(reader.failure() == 0);
    return seen;
}

TEST(FrameReaderProperty, ReadsWhatWasSent) {
    EXPECT_TRUE(rc::check([] {
        std::string bytes;
        std::vector<Message> wanted;
        for (const Sent& sent : *rc::gen::container<std::vector<Sent>>(any_sent())) {
            append(bytes, sent);
            wanted.push_back(sent.message);
        }
        RC_ASSERT(read_in_pieces(bytes) == wanted);
    }));
}

TEST(FrameReaderProperty, AnyBytesGiveMessagesThatAreShortEnough) {
    EXPECT_TRUE(rc::check([](const std::string& bytes) {
        FrameReader reader(FrameReader::Sender::client, 100);
        reader.feed(bytes);
        while (const auto message = reader.next()) RC_ASSERT(message->payload.size() <= 125U);
        RC_ASSERT(reader.failure() == 0 || (reader.failure() >= 1000 && reader.failure() < 1016));
    }));
}

}  // namespace
}  // namespace callboard::websocket
